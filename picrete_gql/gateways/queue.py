"""The alarm clock of jobs: arq on Redis. It may lose everything: the rows say what is pending."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
import structlog
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.constants import default_queue_name, job_key_prefix
from arq.jobs import serialize_job
from redis.exceptions import RedisError

from picrete_gql import settings

log = structlog.get_logger(__name__)
HEALTH_KEY = "picrete:worker:health"
WAKE_KEY = "picrete:wake"
MOST_TOKENS = 1000
KEPT_MS = 86_400_000


def serialize(job: dict[str, Any]) -> bytes:
    """Jobs travel as JSON, so that nothing in Redis can make a worker run foreign code."""
    return orjson.dumps(job, default=str)


def deserialize(raw: bytes) -> dict[str, Any]:
    """The other way round. Raises JSONDecodeError."""
    return orjson.loads(raw)  # type: ignore[no-any-return]


def redis_settings(of: settings.Redis) -> RedisSettings:
    """arq's own form of the Redis address."""
    found = RedisSettings.from_dsn(of.url)
    found.conn_timeout, found.conn_retries, found.retry_on_timeout = int(of.timeout) or 1, 1, False
    return found


@dataclass(frozen=True)
class Alarm:
    """A job that is asked for, about one subject."""

    job: str
    subject: str
    ids: dict[str, str]

    @property
    def id(self) -> str:
        """One name for all who ask for the same."""
        return f"{self.job}:{self.subject}"


class Queue:
    """Wakes jobs by name. The job id is `name:subject`, so a job asked for twice runs once."""

    def __init__(self, of: settings.Redis) -> None:
        self.settings = of
        self.pool: ArqRedis | None = None

    async def open(self) -> ArqRedis:
        """The connection pool; raises RedisError or OSError while Redis is away."""
        if self.pool is None:
            self.pool = await create_pool(
                redis_settings(self.settings), job_serializer=serialize, job_deserializer=deserialize
            )
        return self.pool

    async def wake(self, job: str, subject: str, ids: dict[str, str], *, delay: timedelta | None = None) -> bool:
        """Ask for a job. False when Redis is away: the sweeper will ask again."""
        return await self.wake_all([Alarm(job, subject, ids)], delay=delay)

    async def wake_all(self, alarms: Sequence[Alarm], *, delay: timedelta | None = None) -> bool:
        """Ask for many jobs in one round trip. False when Redis is away."""
        now = time.time_ns() // 1_000_000
        after = int(delay.total_seconds() * 1000) if delay else 0
        try:
            async with asyncio.timeout(self.settings.timeout):
                pool = await self.open()
                async with pool.pipeline(transaction=True) as pipe:
                    for alarm in alarms:
                        # As arq's own `enqueue_job` does it; a job that waits or runs has its key and stays as it is.
                        body = serialize_job(alarm.job, (alarm.ids,), {}, None, now, serializer=serialize)
                        pipe.set(job_key_prefix + alarm.id, body, px=after + KEPT_MS, nx=True)
                        pipe.zadd(default_queue_name, {alarm.id: now + after}, nx=True)
                    # Each token wakes one worker at once. Without a worker they must not pile up.
                    pipe.lpush(WAKE_KEY, *[b"1"] * min(len(alarms), MOST_TOKENS))
                    pipe.ltrim(WAKE_KEY, 0, MOST_TOKENS - 1)
                    await pipe.execute()
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("queue.unreachable", jobs=len(alarms), error=type(error).__name__)
            return False
        return True

    async def worker_alive(self) -> bool:
        """Whether any worker has reported within its interval. Raises RedisError or OSError while Redis is away."""
        async with asyncio.timeout(self.settings.timeout):
            pool = await self.open()
            return bool(await pool.exists(HEALTH_KEY))

    async def close(self) -> None:
        """Let go of the connections."""
        if self.pool is not None:
            await self.pool.aclose()
