"""uvicorn's server, which is stopped without losing anybody's request (docs/operating/stopping.md)."""

import asyncio
import socket
import sys
import time
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
        await self._pause(self.of.drain_seconds)
        ends = time.monotonic() + self.of.stop_seconds
        # Whoever the kernel has let in already is taken over before the door closes, or their connection is reset.
        await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        parting = asyncio.create_task(self._part())
        await self._pause(LINGER_SECONDS)
        await parting
        self.config.timeout_graceful_shutdown = max(1, round(ends - time.monotonic()))
        await super().shutdown(sockets)

    async def _part(self) -> None:
        try:
            async with asyncio.timeout(self.of.stop_seconds):
                await self.leaving.part()
        except TimeoutError:
            log.warning("stop.sockets_busy", seconds=self.of.stop_seconds)

    async def _pause(self, seconds: float) -> None:
        """So long, unless nobody is connected any more, or somebody is in haste."""
        ends = time.monotonic() + seconds
        while self.server_state.connections and not self.force_exit and time.monotonic() < ends:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)


def serve(served: Any, of: Http, options: dict[str, Any]) -> None:
    """Serve until told to stop."""
    server = Server(uvicorn.Config(served, **options), served.state.leaving, of)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
