"""Working under a lease: the row says who works, a heartbeat says that they live, and a lost lease stops the work."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog

from picrete_gql.problems import Problem

T = TypeVar("T")
log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another worker has taken over, or a human made the work needless."""


async def under_lease(work: Coroutine[Any, Any, T], renew: Callable[[], Awaitable[bool]], seconds: float) -> T:
    """Do the work and renew the lease three times within its length. Raises LeaseLost, having stopped the work."""
    task = asyncio.create_task(work)
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=seconds / 3)
            if done:
                return task.result()
            try:
                held = await renew()
            except Problem as problem:
                # The database is away for a moment: the work goes on, and its end decides whether it still counts.
                log.warning("lease.not_renewed", error=str(problem))
                continue
            if not held:
                raise LeaseLost
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
