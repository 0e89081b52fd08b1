"""What waits for workers, read from the rows when somebody scrapes; so it is seen when every worker is dead."""

import asyncio
import time
from collections.abc import Iterable

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from picrete_gql.call import SYSTEM, Context
from picrete_gql.problems import Unavailable
from picrete_gql.resolvers import queues
from picrete_gql.resolvers.queues import Waiting
from picrete_gql.runtime import Runtime

PATIENCE_SECONDS = 3
log = structlog.get_logger(__name__)


class Rows:
    """The numbers of one process, kept for a few seconds: however often it is scraped, the database is asked once."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.seconds = runtime, runtime.settings.metrics.rows_seconds
        self.asked_at = float("-inf")
        self.asking = asyncio.Lock()
        self.waiting: list[Waiting] | None = None
        self.alive: bool | None = None

    async def families(self) -> Iterable[Metric]:
        """What waits, and whether a worker is there; what nobody knows now is left out."""
        async with self.asking:
            if time.monotonic() - self.asked_at >= self.seconds:
                self.waiting, self.alive = await asyncio.gather(self._read(), self._worker())
                self.asked_at = time.monotonic()
        known = GaugeMetricFamily("waiting_jobs_known", "1 when the rows could be read.", float(bool(self.waiting)))
        count = GaugeMetricFamily("waiting_jobs", "What is due and nobody works on.", labels=["kind"])
        oldest = GaugeMetricFamily("oldest_waiting_job_seconds", "Since when the oldest is due.", labels=["kind"])
        for one in self.waiting or ():
            count.add_metric([one.kind], one.count)
            oldest.add_metric([one.kind], one.oldest)
        alive = GaugeMetricFamily("worker_alive", "1 when a worker has reported in time.", labels=[])
        if self.alive is not None:
            alive.add_metric([], float(self.alive))
        return known, count, oldest, alive

    async def _read(self) -> list[Waiting] | None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await queues.lengths(Context(self.runtime, SYSTEM, door="scrape"))
        except (Unavailable, TimeoutError) as problem:
            log.warning("metrics.rows", error=type(problem).__name__)
            return None

    async def _worker(self) -> bool | None:
        try:
            return await self.runtime.gateways.queue.worker_alive()
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("metrics.worker", error=type(error).__name__)
            return None
