"""The two doors of the service over real HTTP: methods and files. Contract: https://core.telegram.org/bots/api."""

import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from . import checks
from .checks import Refusal
from .methods import METHODS
from .people import Person
from .state import Chat, File, State

# Shaped like a real one; @BotFather never gives it.
TOKEN = "123456789:local-token"  # noqa: S105
FLOOD = 30
FIRST_PERSON, FIRST_GROUP = 5_000_000_000, -1_000_000_000_000


class BotApi:
    """Answers like api.telegram.org: `with BotApi() as api: anna = api.person("anna"); anna.text("/start")`.

    `flood` is how many messages a second it takes, `impatient` names those sent within a retry_after.
    """

    def __init__(self, token: str = TOKEN, *, port: int = 0, flood: int = FLOOD) -> None:
        """Takes its port at once; answers within the `with`."""
        self.token, self.flood = token, flood
        self.state = State(int(token.split(":", maxsplit=1)[0]))
        self.impatient: list[str] = []
        self.quiet_until: dict[int, float] = defaultdict(float)
        self.sent_at: list[float] = []
        self.poller = 0
        self.webhook = ""
        self.socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        app = Starlette(routes=self.routes())
        of = uvicorn.Config(app, log_config=None, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(of)
        self._thread = threading.Thread(target=self.serve, name="bot-api", daemon=True)

    def serve(self) -> None:
        """Answer until told to stop (in this thread)."""
        self._server.run(sockets=[self.socket])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self.socket.close()

    @property
    def stopping(self) -> bool:
        """Whether long polls shall end."""
        return self._server.should_exit

    def person(self, username: str, *, language: str = "ru", name: str = "", id: int | None = None) -> Person:
        """Somebody with a phone; the same username is the same person."""
        for chat in self.state.chats.values():
            if chat.user.get("username") == username:
                return Person(self.state, chat)
        number = id or FIRST_PERSON + len(self.state.chats)
        user = {"id": number, "is_bot": False, "first_name": name or username.title(), "username": username}
        chat = self.state.chats[number] = Chat(number, {**user, "language_code": language})
        return Person(self.state, chat)

    def group(self, member: Person) -> Person:
        """The same person, writing in a group with the bot."""
        number = FIRST_GROUP - len(self.state.chats)
        chat = self.state.chats[number] = Chat(number, member.user, kind="supergroup", started=True)
        return Person(self.state, chat, member.user)

    def routes(self) -> Sequence[BaseRoute]:
        """The doors."""
        return [
            Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self.file, methods=["GET"]),
            Route("/{rest:path}", nothing_here, methods=["GET", "POST"]),
        ]

    async def call(self, request: Request) -> Response:
        """One method call."""
        name = request.path_params["method"].lower()
        try:
            self._ensure_token(request)
            if name not in METHODS:
                raise Refusal(404, "Not Found")
            return await self.perform(name, await parameters(request), request)
        except Refusal as refusal:
            return refused(refusal)

    async def perform(self, name: str, given: dict[str, Any], request: Request) -> Response:
        """What a method does. Raises Refusal."""
        self.ensure_calm(name, given)
        result = await METHODS[name](self, given)
        # Escaped, so that even half of a surrogate pair can be said.
        return Response(json.dumps({"ok": True, "result": result}), media_type="application/json")

    async def file(self, request: Request) -> Response:
        """The bytes of a file that getFile has named."""
        path = request.path_params["path"]
        try:
            self._ensure_token(request)
            file = next((file for file in self.state.files.values() if file.path == path), None)
            if file is None:
                raise Refusal(404, "Not Found")
            return await self.deliver(file, request)
        except Refusal as refusal:
            return refused(refusal)

    async def deliver(self, file: File, request: Request) -> Response:
        """A file as it was sent."""
        return Response(file.body, media_type="application/octet-stream")

    def ensure_calm(self, name: str, given: dict[str, Any]) -> None:
        """Nobody calls while they were told to wait, nor more often than Telegram allows. Raises Refusal."""
        if name not in ("sendmessage", "editmessagetext"):
            return
        chat_id, now = checks.integer(given, "chat_id", 0), time.monotonic()
        # A little less, because clocks and sleeps are not exact.
        if now < self.quiet_until[chat_id] - 0.05:
            self.impatient.append(f"{name} to {chat_id}")
        self.sent_at = [at for at in self.sent_at if at > now - 1] + [now]
        if len(self.sent_at) > self.flood:
            self.quiet_until[chat_id] = now + 1
            raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)

    def _ensure_token(self, request: Request) -> None:
        if request.path_params["token"] != self.token:
            raise Refusal(401, "Unauthorized")


async def parameters(request: Request) -> dict[str, Any]:
    """What was given: in the address, as JSON, or as a form."""
    given: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        given |= await request.json()
    elif kind.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        async with request.form() as form:
            given |= dict(form)
    return given


def refused(refusal: Refusal) -> JSONResponse:
    """An answer with `ok: false`."""
    more = {"parameters": refusal.parameters} if refusal.parameters else {}
    about = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    return JSONResponse({**about, **more}, refusal.code)


async def nothing_here(request: Request) -> Response:
    """Any other address."""
    return refused(Refusal(404, "Not Found"))
