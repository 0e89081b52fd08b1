"""arq's worker, woken by Redis instead of sleeping, and its life through Redis coming and going."""

import asyncio
from typing import Any

import structlog
from arq.worker import Worker
from redis.exceptions import RedisError

from picrete_gql.gateways.queue import HEALTH_KEY, WAKE_KEY, deserialize, serialize
from picrete_gql.runtime import Runtime

from ._registry import CRONS, FUNCTIONS

# No job waits for a place at a provider (see _turns), so none can stand in the way of the others.
MAX_JOBS = 200
POLL_SECONDS = 0.5
STOP_SECONDS = 8
log = structlog.get_logger(__name__)


class WokenWorker(Worker):
    """Between two looks at the queue it waits for a token in a list instead of sleeping.

    Every job that is asked for brings one token, which wakes one worker. A lost token costs one poll.
    """

    async def main(self) -> None:
        """The worker's loop; in burst mode (tests) it ends when the queue is empty."""
        self.ctx["redis"] = self.pool
        while True:
            await self._poll_iteration()
            if self.burst:
                if await self.pool.zcard(self.queue_name) == 0:
                    await asyncio.gather(*self.tasks.values())
                    return
                await asyncio.sleep(0.01)
            elif self.job_counter >= self.max_jobs:
                await asyncio.wait(self.tasks.values(), return_when=asyncio.FIRST_COMPLETED, timeout=POLL_SECONDS)
            else:
                await self.pool.brpop([WAKE_KEY], timeout=POLL_SECONDS)  # type: ignore[misc, arg-type]

    @property
    def idle(self) -> bool:
        """Whether nothing of it runs any more."""
        ended = [task for task in self.tasks.values() if task.done()]
        for task in ended:
            # Only Redis can make one fail, and that it was lost has been said.
            if not task.cancelled():
                task.exception()
        return len(ended) == len(self.tasks)

    async def stop(self) -> None:
        """Cancel what runs, so that it is handed back, and wait for it a little."""
        running = list(self.tasks.values())
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=STOP_SECONDS)


def make_worker(runtime: Runtime, **options: Any) -> WokenWorker:
    """A worker with our jobs; `options` are arq's own."""
    return WokenWorker(
        FUNCTIONS,
        cron_jobs=options.pop("cron_jobs", CRONS),
        ctx={"runtime": runtime},
        max_jobs=MAX_JOBS,
        poll_delay=POLL_SECONDS,
        keep_result=0,
        retry_jobs=True,
        job_serializer=serialize,
        job_deserializer=deserialize,
        health_check_key=HEALTH_KEY,
        health_check_interval=5,
        **options,
    )


async def run(runtime: Runtime) -> None:
    """Work until cancelled. Redis may come and go: what runs goes on meanwhile, for its rows need no Redis."""
    workers: list[WokenWorker] = []
    try:
        while True:
            try:
                pool = await runtime.gateways.queue.open()
                workers = [worker for worker in workers if not worker.idle]
                workers.append(make_worker(runtime, redis_pool=pool, handle_signals=False))
                await workers[-1].async_run()
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("worker.lost_redis", error=type(error).__name__)
                await asyncio.sleep(1)
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))
