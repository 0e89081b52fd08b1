"""How a process is watched from outside: what it counts, how it feels, and what waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from picrete_gql.runtime import Runtime

from .exposition import PATH, route
from .listener import serve
from .vitals import look

__all__ = ["PATH", "route", "watched"]
log = structlog.get_logger(__name__)


@asynccontextmanager
async def watched(runtime: Runtime, port: int = 0) -> AsyncIterator[None]:
    """For as long as the block runs: look at how the process feels, and serve `/metrics` on its own port, if any."""
    tasks = [asyncio.create_task(look(runtime)), asyncio.create_task(serve(runtime, port))]
    for task in tasks:
        task.add_done_callback(_tell)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _tell(task: asyncio.Task[None]) -> None:
    """The work goes on unwatched, but not in silence."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("observing.stopped", exc_info=error)
