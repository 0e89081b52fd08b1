"""uvicorn's server, which is stopped without losing anybody's request (docs/operating/stopping.md)."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import structlog
import uvicorn

from picrete_gql.settings import Http

log = structlog.get_logger(__name__)
# As uvicorn itself has it.
STARTUP_FAILURE = 3
LOOK_SECONDS = 0.05
# A proxy keeps idle connections and may send a request into one just as we close it. Those that are used meanwhile are
# closed after their answer; after so long nobody has anything to say on the others.
LINGER_SECONDS = 2


class Leaving(Protocol):
    """Whoever has to be told that a process is being stopped."""

    def begin(self) -> None:
        """Say so where it is asked."""

    async def part(self) -> None:
        """Send away whoever would stay."""


class Server(uvicorn.Server):
    """Says no at `/readyz`, closes the door, sends sockets and streams away, answers what was asked, then ends."""

    def __init__(self, config: uvicorn.Config, leaving: Leaving, of: Http) -> None:
        super().__init__(config)
        self.leaving, self.of = leaving, of

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """All of it in order. A second Ctrl-C cuts it short."""
        self.leaving.begin()
        await self._pause(self.of.drain_seconds, lambda: True)
        ends = time.monotonic() + self.of.stop_seconds
        await self._close_door()
        parting = asyncio.create_task(self._part())
        await self._pause(LINGER_SECONDS, lambda: bool(self.server_state.connections))
        await parting
        self.config.timeout_graceful_shutdown = max(1, round(ends - time.monotonic()))
        await super().shutdown(sockets)

    async def _close_door(self) -> None:
        """Refuse newcomers, and take over whoever the kernel has let in already: they would be cut off unheard."""
        for server in self.servers:
            ours = [socket.socket(fileno=os.dup(one.fileno())) for one in server.sockets]
            server.close()
            for one in ours:
                with one:
                    one.setblocking(False)
                    waiting = list(_waiting(one))
                for newcomer in waiting:
                    await asyncio.get_running_loop().connect_accepted_socket(self._protocol, newcomer)

    def _protocol(self) -> asyncio.Protocol:
        made: Any = self.config.http_protocol_class
        opened: asyncio.Protocol = made(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return opened

    async def _part(self) -> None:
        try:
            async with asyncio.timeout(self.of.stop_seconds):
                await self.leaving.part()
        except TimeoutError:
            log.warning("stop.sockets_busy", seconds=self.of.stop_seconds)

    async def _pause(self, seconds: float, needed: Callable[[], bool]) -> None:
        """So long, unless it is not needed any more, or somebody is in haste."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self.force_exit and needed():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)


def _waiting(listening: socket.socket) -> Iterator[socket.socket]:
    """Connections that are made, and that nobody has taken."""
    while True:
        try:
            yield listening.accept()[0]
        except OSError:
            return


def serve(served: Any, of: Http, options: dict[str, Any]) -> None:
    """Serve until told to stop."""
    server = Server(uvicorn.Config(served, **options), served.state.leaving, of)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
