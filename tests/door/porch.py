"""The door in this very process, served by uvicorn as in production: real HTTP and sockets, and its insides at hand."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import uvicorn
import websockets

from picrete_gql.call import Context
from picrete_gql.commands.serve import options
from picrete_gql.main import open_runtime, running
from picrete_gql.resolvers import accounts, sign_ins
from picrete_gql.runtime import Runtime
from picrete_gql.schema import application
from picrete_gql.settings import Settings
from tests.support.house import free_port
from tests.support.world import Clock, World

PREFLIGHT = {"graphql-require-preflight": "1"}
PROTOCOL = websockets.Subprotocol("graphql-transport-ws")
GRAPHQL = "application/graphql-response+json"
# Doors that open on one database know the same people.
PEOPLE: dict[str, dict[str, Any]] = {}


@dataclass
class Porch:
    """Where tests stand: the address, the runtime behind it, and people with their tokens."""

    url: str
    world: World
    clock: Clock
    http: httpx2.AsyncClient
    door: Any
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def runtime(self) -> Runtime:
        """What the process holds open."""
        return self.world.runtime

    @property
    def streams(self) -> dict[str, int]:
        """Subscriptions that the door counts now, by person."""
        return self.door.runner.turns.streams

    async def token(self, name: str) -> str:
        """A fresh sign-in of somebody."""
        await self.world.person(name)
        nobody = Context(self.runtime, ip=name)
        return (await sign_ins.sign_in(nobody, name, f"password-of-{name}")).access_token

    async def bearer(self, name: str) -> dict[str, str]:
        """The header of somebody."""
        if name not in self.tokens:
            self.tokens[name] = await self.token(name)
        return {"authorization": f"Bearer {self.tokens[name]}"}

    async def post(self, query: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx2.Response:
        """An operation as JSON."""
        return await self.http.post("/graphql", json={"query": query, **more}, headers=dict(headers or {}))

    async def body(self, content: bytes | str, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """Any body that says it is JSON."""
        given = {"content-type": "application/json", **(headers or {})}
        return await self.http.post("/graphql", content=content, headers=given)

    async def get(self, headers: Mapping[str, str] | None = None, **parameters: str) -> httpx2.Response:
        """An operation in the address."""
        return await self.http.get("/graphql", params=parameters, headers={**PREFLIGHT, **(headers or {})})

    @asynccontextmanager
    async def socket(self, *protocols: str, **more: Any) -> AsyncIterator["Wire"]:
        """A connection that has said nothing yet."""
        address = self.url.replace("http", "ws", 1) + "/graphql"
        asked = [websockets.Subprotocol(one) for one in protocols] or [PROTOCOL]
        async with websockets.connect(address, subprotocols=asked, max_size=None, **more) as connection:
            yield Wire(connection)

    @asynccontextmanager
    async def signed_in(self, name: str | None = None) -> AsyncIterator["Wire"]:
        """A connection that has been acknowledged."""
        async with self.socket() as wire:
            await wire.init(await self.bearer(name) if name else None)
            yield wire


@dataclass
class Wire:
    """One socket, frame by frame."""

    connection: websockets.ClientConnection
    ids: Any = field(default_factory=lambda: itertools.count(1))

    async def say(self, **message: Any) -> None:
        """Send a message."""
        await self.connection.send(json.dumps(message))

    async def hear(self, seconds: float = 10) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(seconds):
            text = await self.connection.recv()
        assert isinstance(text, str), "a frame of text"
        found: dict[str, Any] = json.loads(text)
        return found

    async def hear_of(self, id: str) -> dict[str, Any]:
        """The next message of one operation; those of its neighbours are passed over."""
        while True:
            message = await self.hear()
            if message.get("id") == id:
                return message

    async def init(self, payload: Mapping[str, Any] | None = None) -> None:
        """Up to the acknowledgement."""
        await self.say(type="connection_init", **({"payload": payload} if payload else {}))
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, query: str, id: str = "1", **more: Any) -> None:
        """Begin an operation."""
        await self.say(id=id, type="subscribe", payload={"query": query, **more})

    async def closed(self, seconds: float = 10) -> tuple[int, str]:
        """The code and the reason with which the server closes; whatever it says before is passed over."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.connection.recv()
        except websockets.ConnectionClosed as error:
            assert error.rcvd is not None, "the connection was cut without a close frame"
            return error.rcvd.code, error.rcvd.reason


@asynccontextmanager
async def open_porch(settings: Settings) -> AsyncIterator[Porch]:
    """Serve until the block ends."""
    port = free_port()
    settings = settings.model_copy(update={"http": settings.http.model_copy(update={"port": port})})
    runtime = open_runtime(settings, reads=False)
    clock = Clock()
    runtime.now = clock

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        async with running(runtime):
            yield

    app = application(runtime, lifespan)
    door = next(route.app for route in app.routes if getattr(route, "path", "") == "/graphql")
    config = uvicorn.Config(app, loop="none", **options(settings.http))
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        assert not serving.done(), "the server did not start"
        await asyncio.sleep(0.01)
    url = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
        yield Porch(url, World(runtime, clock, PEOPLE.setdefault(settings.database.url, {})), clock, http, door)
    server.should_exit = True
    await serving


async def ensure_admin(porch: Porch, name: str = "root") -> str:
    """A platform administrator; the name."""
    if name not in porch.world.people:
        plan = accounts.Person(name, f"password-of-{name}", name.title(), porch.world.system.locale)
        porch.world.people[name] = await accounts.add(porch.world.system, plan, is_platform_admin=True)
    return name
