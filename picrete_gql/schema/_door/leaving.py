"""Being stopped without loss: who is here is told to go elsewhere, and what was begun is finished."""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from .sockets import SocketHandler

# RFC 6455's registry: "Service Restart". Clients of graphql-ws come back by themselves and ask again for what was open.
RESTART = (1012, "Service restart")
# So many sockets are told at a time, so that they do not all come to the others in the same moment.
CROWD, PAUSE_SECONDS = 100, 0.05


class Leaving:
    """Whether one API process is being stopped, and whom it has to tell."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.told = asyncio.Event()
        self.sockets: set[SocketHandler] = set()

    @property
    def is_begun(self) -> bool:
        """Whether balancers should look for another process."""
        return self.begun.is_set()

    def begin(self) -> None:
        """From now on `/readyz` says no, and every answer asks for a new connection."""
        self.begun.set()

    async def part(self) -> None:
        """End the event streams, and each socket as soon as its queries and mutations are answered."""
        self.told.set()
        parting = []
        for place, socket in enumerate(list(self.sockets)):
            parting.append(asyncio.create_task(socket.part()))
            if place % CROWD == CROWD - 1:
                await asyncio.sleep(PAUSE_SECONDS)
        await asyncio.gather(*parting, return_exceptions=True)


class Farewell:
    """Answers of a process that is being stopped carry `Connection: close`: the next request goes elsewhere."""

    def __init__(self, app: ASGIApp, leaving: Leaving) -> None:
        self.app, self.leaving = app, leaving

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """One request."""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and self.leaving.is_begun:
                MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        return self.app(scope, receive, tell if scope["type"] == "http" else send)
