"""The API in this very process, over real sockets: what a client sees, and what the server holds."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import uvicorn
import websockets
from starlette.applications import Starlette

from picrete_gql.commands.client import PROTOCOL, Client
from picrete_gql.commands.serve import options
from picrete_gql.rules.tokens import sign_access
from picrete_gql.schema import application
from tests.support.world import World


@dataclass
class Site:
    """A world with an HTTP address. Nothing stands between the client and the product but the network."""

    world: World
    url: str
    clients: list[Client] = field(default_factory=list)

    async def client(self, name: str) -> Client:
        """Somebody at the door, signed in."""
        await self.world.person(name)
        made = Client(self.url)
        self.clients.append(made)
        await made.sign_in(name, "password-of-" + name)
        return made

    async def token(self, name: str, seconds: float) -> str:
        """A token of a new sign-in of somebody, that holds for so long."""
        client = await self.client(name)
        sign_in = (await client.run("{ signIns { id } }"))["signIns"][-1]["id"]
        auth = self.world.runtime.settings.auth
        issued = self.world.clock() - timedelta(minutes=auth.access_minutes) + timedelta(seconds=seconds)
        return sign_access(auth, self.world.people[name].id, UUID(sign_in.rpartition("_")[2]), issued)[0]

    @asynccontextmanager
    async def raw(self, *, protocol: str = PROTOCOL) -> AsyncGenerator["Raw"]:
        """A socket that says what it is told and nothing else."""
        address = self.url.replace("http", "ws", 1) + "/graphql"
        async with websockets.connect(address, subprotocols=[websockets.Subprotocol(protocol)]) as connection:
            yield Raw(connection)

    def bells(self) -> dict[str, int]:
        """How many watchers hang on which id."""
        return {id: len(found) for id, found in self.world.runtime.gateways.bus.bells.items()}


@dataclass
class Raw:
    """One socket, frame by frame."""

    connection: websockets.ClientConnection

    async def say(self, message: Any) -> None:
        """A frame: JSON, or text as it is."""
        await self.connection.send(message if isinstance(message, str) else json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """The next frame."""
        async with asyncio.timeout(20):
            found: dict[str, Any] = json.loads(await self.connection.recv())
            return found

    async def sign_in(self, token: str | None = None) -> None:
        """connection_init, acknowledged."""
        payload = {} if token is None else {"authorization": f"Bearer {token}"}
        await self.say({"type": "connection_init", "payload": payload})
        assert (await self.hear())["type"] == "connection_ack"

    async def watch(self, operation: str, query: str, **variables: Any) -> None:
        """subscribe."""
        await self.say({"id": operation, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def closed(self, seconds: float = 20) -> tuple[int, str]:
        """Code and reason with which the server closes."""
        async with asyncio.timeout(seconds):
            await self.connection.wait_closed()
        return self.connection.close_code or 0, self.connection.close_reason or ""


@pytest.fixture
async def site(world: World) -> AsyncGenerator[Site]:
    """The world of a test with a door."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        yield

    listening = socket.create_server(("127.0.0.1", 0))
    http = world.runtime.settings.http
    http.port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(application(world.runtime, lifespan), loop="none", **options(http)))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    found = Site(world, f"http://127.0.0.1:{http.port}")
    yield found
    for client in found.clients:
        await client.close()
    server.should_exit = True
    await serving
