"""How a process feels, looked at once a second: its event loop, its database connections."""

import asyncio

from picrete_gql import metrics
from picrete_gql.runtime import Pool, Runtime

EVERY_SECONDS = 1.0


async def look(runtime: Runtime) -> None:
    """Run for the life of the process."""
    loop, pool = asyncio.get_running_loop(), runtime.engine.pool
    while True:
        if isinstance(pool, Pool):
            metrics.POOL_IN_USE.set(pool.checkedout())
            metrics.POOL_SIZE.set(pool.most)
        due = loop.time() + EVERY_SECONDS
        await asyncio.sleep(EVERY_SECONDS)
        metrics.LOOP_LAG.observe(max(0.0, loop.time() - due))
