"""How a process is watched from outside: what it counts, how it feels, and what waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from picrete_gql.runtime import Runtime

from .exposition import PATH, route
from .listener import serve
from .vitals import look

__all__ = ["PATH", "route", "watched"]


@asynccontextmanager
async def watched(runtime: Runtime, port: int = 0) -> AsyncIterator[None]:
    """For as long as the block runs: look at how the process feels, and serve `/metrics` on its own port, if any."""
    tasks = [asyncio.create_task(look(runtime)), asyncio.create_task(serve(runtime, port))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
