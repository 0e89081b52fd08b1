"""The fast lane: a read that was answered before comes again, byte for byte, and only its answer is looked for.

What a request means depends on a few of its headers and on its body alone, so it is worked out once. Permissions, the
sign-in and whether an answer still holds are asked for each time, and what cannot be read so is executed as usual.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import ReferenceType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from picrete_gql.call import Context
from picrete_gql.problems import Locale
from picrete_gql.rules.tokens import Access
from picrete_gql.schema._plan.splice import Told

from .accept import JSON
from .answers import HEADERS, answer, failure, payload
from .asks import Ask
from .bodies import late
from .documents import Operation

if TYPE_CHECKING:
    from .view import Door

# All headers that the meaning of such a request depends on.
READ = (
    b"accept",
    b"accept-language",
    b"authorization",
    b"content-encoding",
    b"content-length",
    b"content-type",
    b"expect",
)
# So many bytes of a body; so many requests are remembered.
LARGEST, DIGITS, REMEMBERED = 4_000, 4, 5_000
NOTED = "picrete.read"
Heads = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Read:
    """What a request turned out to mean: who reads what, and the media type of the answer.

    The operation is kept by `Documents`, which forgets: a thousand plans would be more than a thousand requests.
    """

    context: Context
    access: Access
    operation: ReferenceType[Operation]
    ask: Ask
    kind: str

    def headers(self, size: int) -> list[tuple[bytes, bytes]]:
        """The headers of the answer."""
        return [
            *((name.encode(), value.encode()) for name, value in HEADERS.items()),
            (b"content-type", f"{self.kind}; charset=utf-8".encode()),
            (b"content-length", b"%d" % size),
        ]


def note(scope: Scope, read: Read) -> None:
    """Say what the request of this scope meant."""
    scope[NOTED] = read


class Lane:
    """Around the ordinary way; `route` is what it is called in metrics."""

    def __init__(self, app: ASGIApp, door: "Door", route: Any) -> None:
        self.app, self.door, self.route = app, door, route
        self.known: OrderedDict[tuple[Heads, bytes], Read] = OrderedDict()
        self.seconds = door.http.body_seconds

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """One request."""
        heads = self._heads(scope)
        return self.app(scope, receive, send) if heads is None else self._take(scope, receive, send, heads)

    async def _take(self, scope: Scope, receive: Receive, send: Send, heads: Heads) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                first = await receive()
        except TimeoutError:
            await failure(late(), JSON, Locale.RU, self.door.most)(scope, receive, send)
            return
        if first.get("more_body"):
            await self.app(scope, _again(first, receive), send)
            return
        meaning = (heads, first.get("body", b""))
        read = self.known.get(meaning)
        if read is None or not await self._answered(scope, receive, send, read):
            await self.app(scope, _again(first, receive), send)
            self._remember(scope, meaning)

    def _heads(self, scope: Scope) -> Heads | None:
        """The headers that count, if this may be such a read: a short body in JSON, sent without waiting for us."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != self.route.path:
            return None
        # All of a name: which of several counts is for the ordinary way to say.
        heads = tuple(pair for pair in scope["headers"] if pair[0] in READ)
        found = dict(heads)
        size = found.get(b"content-length", b"")
        if b"expect" in found or not size.isdigit() or len(size) > DIGITS or int(size) > LARGEST:
            return None
        return heads if found.get(b"content-type") == JSON.encode() else None

    async def _answered(self, scope: Scope, receive: Receive, send: Send, read: Read) -> bool:
        door, context, operation = self.door, _fresh(read.context, scope), read.operation()
        if operation is None or context.runtime.now() >= read.access.expires_at:
            return False
        scope["route"] = self.route
        try:
            result = await door.runner.run(context, operation, read.ask, lambda: door.sure(context))
        except Exception as error:
            await failure(error, read.kind, context.locale, door.most)(scope, receive, send)
            return True
        if not isinstance(result, Told):
            await answer(read.kind, payload(result, context.locale, door.most))(scope, receive, send)
            return True
        body = b'{"data":%b}' % result.text
        await send({"type": "http.response.start", "status": 200, "headers": read.headers(len(body))})
        await send({"type": "http.response.body", "body": body})
        return True

    def _remember(self, scope: Scope, meaning: tuple[Heads, bytes]) -> None:
        read = scope.get(NOTED)
        if read is None:
            return
        self.known[meaning] = read
        # In the order in which they came, which is about that in which their tokens end.
        while self.known and (len(self.known) > REMEMBERED or self._is_over(next(iter(self.known.values())))):
            self.known.popitem(last=False)

    def _is_over(self, read: Read) -> bool:
        return read.operation() is None or self.door.runtime.now() >= read.access.expires_at


def _fresh(context: Context, scope: Scope) -> Context:
    client = scope.get("client")
    return replace(context, ip=client[0] if client else "")


def _again(first: Message, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """The same messages, from the first on."""
    waiting = [first]

    async def next_() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_
