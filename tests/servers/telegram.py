"""The Bot API server of `picrete_gql.local.telegram`, with faults on command and counters.

Inside a test: `with TelegramServer() as server: anna = server.person("anna"); anna.text("/start")`.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from picrete_gql.local.telegram import BotApi
from picrete_gql.local.telegram.checks import Refusal
from picrete_gql.local.telegram.server import FLOOD, TOKEN
from picrete_gql.local.telegram.state import File, State

__all__ = ["FLOOD", "TOKEN", "Fault", "TelegramServer"]
REASONS = {"401": "Unauthorized", "403": "Forbidden", "404": "Not Found", "500": "Internal Server Error"}


@dataclass
class Fault:
    """What goes wrong at a door (a method in lower case, or "download"), once, perhaps only for one chat.

    Kinds: a status ("429" with `seconds` to wait, "500", "401", "403"), "html502", "slow" (`seconds`), "reset",
    "short" and "drip" for downloads; "call" runs `hook` before anything happens, "after" when all is done but said.
    """

    on: str
    kind: str
    seconds: float = 1
    chat_id: int | None = None
    hook: Callable[[], None] | None = None


class TelegramServer(BotApi):
    """`calls` counts methods, also with a wrong token; `downloads` counts files by path."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.faults: list[Fault] = []
        self.calls: Counter[str] = Counter()
        self.downloads: Counter[str] = Counter()

    def forget(self) -> None:
        """Begin anew, with nobody and nothing; a poll that is still under way sees nothing of it."""
        self.poller += 1
        self.state, self.webhook, self.flood = State(self.state.bot["id"]), "", FLOOD
        self.quiet_until.clear()
        self.calls.clear()
        self.downloads.clear()
        self.faults, self.impatient, self.sent_at = [], [], []

    def script(self, *faults: Fault) -> None:
        """Add faults; each call takes the first that waits at its door."""
        self.faults.extend(faults)

    async def call(self, request: Request) -> Response:
        """Count, then as always."""
        self.calls[request.path_params["method"].lower()] += 1
        return await super().call(request)

    async def perform(self, name: str, given: dict[str, Any], request: Request) -> Response:
        """A method, unless a fault waits there."""
        fault = self.fault(name, given.get("chat_id"))
        spoiled = await self.spoil(fault, request)
        if spoiled is not None:
            return spoiled
        answer = await super().perform(name, given, request)
        if fault is not None and fault.kind == "after" and fault.hook:
            fault.hook()
        return answer

    async def deliver(self, file: File, request: Request) -> Response:
        """A file, unless a fault waits there."""
        fault = self.fault("download")
        self.downloads[file.path] += 1
        spoiled = await self.spoil(fault, request)
        if spoiled is not None:
            return spoiled
        if fault is not None and fault.kind == "short":
            return Response(file.body[: len(file.body) // 2], media_type="application/octet-stream")
        if fault is not None and fault.kind == "drip":
            return StreamingResponse(drip(file.body, fault.seconds), media_type="application/octet-stream")
        return StreamingResponse(whole(file.body, fault), media_type="application/octet-stream")

    def fault(self, door: str, chat_id: Any = None) -> Fault | None:
        """The fault that waits at this door, if any; it is used up."""
        for fault in self.faults:
            if fault.on == door and (fault.chat_id is None or str(fault.chat_id) == str(chat_id)):
                self.faults.remove(fault)
                if fault.kind == "429":
                    until = time.monotonic() + fault.seconds
                    self.quiet_until[int(chat_id or 0)] = max(self.quiet_until[int(chat_id or 0)], until)
                return fault
        return None

    async def spoil(self, fault: Fault | None, request: Request) -> Response | None:
        """The answer of a fault that lets nothing happen; None for the others."""
        if fault is None or fault.kind in ("after", "short", "drip"):
            return None
        if fault.kind == "429":
            seconds = int(fault.seconds)
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind == "html502":
            return HTMLResponse("<html><body><h1>502 Bad Gateway</h1>nginx</body></html>", 502)
        if fault.kind in ("reset", "call"):
            if fault.hook:
                fault.hook()
            request.receive.__self__.transport.abort()  # type: ignore[attr-defined]
            return Response()
        raise Refusal(int(fault.kind), REASONS[fault.kind])


async def whole(body: bytes, fault: Fault | None) -> AsyncIterator[bytes]:
    """The file; the hook of an "after" runs when the last byte has been handed over."""
    yield body
    if fault is not None and fault.kind == "after" and fault.hook:
        fault.hook()


async def drip(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    """The file, a byte at a time, for so long."""
    until = time.monotonic() + seconds
    for byte in body:
        if time.monotonic() > until:
            return
        yield bytes([byte])
        await asyncio.sleep(0.05)
