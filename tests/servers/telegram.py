"""A stand-in for the Telegram Bot API on loopback: its rules over real HTTP, with people, faults and counters.

Inside a test: `with TelegramServer() as server: anna = server.person("anna"); anna.text("/start")`.
As a process: `python -m tests.servers.telegram --port 8702` prints its address; people are moved by `/_control/…`.
"""

import argparse
import asyncio
import json
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.servers import telegram_methods as methods
from tests.servers.telegram_checks import Refusal
from tests.servers.telegram_control import routes as control_routes
from tests.servers.telegram_people import Person
from tests.servers.telegram_state import Chat, State

TOKEN = "123456789:test-token"
FLOOD = 30
FILE_LIMIT = 20 * 1024 * 1024


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


class TelegramServer:
    """Answers like api.telegram.org. `calls` counts methods, `impatient` calls within a retry_after."""

    def __init__(self, token: str = TOKEN, *, port: int = 0, flood: int = FLOOD) -> None:
        self.token, self.flood = token, flood
        self.state = State(int(token.split(":", maxsplit=1)[0]))
        self.faults: list[Fault] = []
        self.calls: Counter[str] = Counter()
        self.downloads: Counter[str] = Counter()
        self.impatient: list[str] = []
        self.quiet_until: dict[int, float] = defaultdict(float)
        self.sent_at: list[float] = []
        self.poller = 0
        self.webhook = ""
        self.socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        config = uvicorn.Config(self.app(), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        """Serve until told to stop (in this thread)."""
        self._server.run(sockets=[self.socket])

    def __enter__(self) -> "TelegramServer":
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

    def person(self, username: str, *, language: str = "ru", id: int | None = None) -> Person:
        """Somebody with a phone; the same name is the same person."""
        for chat in self.state.chats.values():
            if chat.user.get("username") == username:
                return Person(self.state, chat)
        number = id or 5_000_000_000 + len(self.state.chats)
        user = {"id": number, "is_bot": False, "first_name": username.title(), "username": username}
        chat = self.state.chats[number] = Chat(number, {**user, "language_code": language})
        return Person(self.state, chat)

    def group(self, member: Person) -> Person:
        """The same person, writing in a group with the bot."""
        number = -1_000_000_000_000 - len(self.state.chats)
        chat = self.state.chats[number] = Chat(number, member.user, kind="supergroup", started=True)
        return Person(self.state, chat, member.user)

    def script(self, *faults: Fault) -> None:
        """Add faults; each call takes the first that waits at its door."""
        self.faults.extend(faults)

    def app(self) -> Starlette:
        """The two doors of the service, and ours."""
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self.file, methods=["GET"]),
                *control_routes(self),
                Route("/{rest:path}", lambda request: refused(Refusal(404, "Not Found")), methods=["GET", "POST"]),
            ]
        )

    async def call(self, request: Request) -> Response:
        """One method call: token, parameters, faults, then the method itself."""
        name = request.path_params["method"].lower()
        self.calls[name] += 1
        try:
            if request.path_params["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            method = methods.METHODS.get(name)
            if method is None:
                raise Refusal(404, "Not Found")
            given = await parameters(request)
            fault = self.fault(name, given.get("chat_id"))
            spoiled = await self.spoil(fault, request)
            if spoiled is not None:
                return spoiled
            self.ensure_calm(name, given)
            result = await method(self, given)
            if fault is not None and fault.kind == "after" and fault.hook:
                fault.hook()
            # Escaped, so that even half of a surrogate pair can be said.
            return Response(json.dumps({"ok": True, "result": result}), media_type="application/json")
        except Refusal as refusal:
            return refused(refusal)

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
        raise Refusal(
            int(fault.kind), {"500": "Internal Server Error", "403": "Forbidden"}.get(fault.kind, "Unauthorized")
        )

    def ensure_calm(self, name: str, given: dict[str, Any]) -> None:
        """Nobody calls while they were told to wait, nor more often than Telegram allows. Raises Refusal."""
        if name not in ("sendmessage", "editmessagetext"):
            return
        chat_id, now = int(given.get("chat_id") or 0), time.monotonic()
        # A little less, because clocks and sleeps are not exact.
        if now < self.quiet_until[chat_id] - 0.05:
            self.impatient.append(f"{name} to {chat_id}")
        self.sent_at = [at for at in self.sent_at if at > now - 1] + [now]
        if len(self.sent_at) > self.flood:
            self.quiet_until[chat_id] = now + 1
            raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)

    async def file(self, request: Request) -> Response:
        """The bytes of a file that getFile has named."""
        path = request.path_params["path"]
        file = next((file for file in self.state.files.values() if file.path == path), None)
        if request.path_params["token"] != self.token or file is None:
            return refused(Refusal(404, "Not Found"))
        fault = self.fault("download")
        self.downloads[path] += 1
        spoiled = await self.spoil(fault, request)
        if spoiled is not None:
            return spoiled
        if fault is not None and fault.kind == "short":
            return Response(file.body[: len(file.body) // 2], media_type="application/octet-stream")
        if fault is not None and fault.kind == "drip":
            return StreamingResponse(drip(file.body, fault.seconds), media_type="application/octet-stream")
        return StreamingResponse(whole(file.body, fault), media_type="application/octet-stream")


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


def main() -> None:
    """Serve as a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    given = parser.parse_args()
    server = TelegramServer(given.token, port=given.port)
    print(server.url, flush=True)
    server.run()


if __name__ == "__main__":
    main()
