"""The alarm clock of jobs: arq on Redis. It may lose everything: the rows say what is pending."""

import asyncio
from datetime import timedelta
from typing import Any

import orjson
import structlog
from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError

from picrete_gql import settings

log = structlog.get_logger(__name__)
HEALTH_KEY = "picrete:worker:health"
WAKE_KEY = "picrete:wake"
MOST_TOKENS = 1000


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
        try:
            async with asyncio.timeout(self.settings.timeout):
                pool = await self.open()
                await pool.enqueue_job(job, ids, _job_id=f"{job}:{subject}", _defer_by=delay)
                # A token wakes one worker at once. Without a worker they must not pile up.
                async with pool.pipeline(transaction=False) as pipe:
                    pipe.lpush(WAKE_KEY, b"1")
                    pipe.ltrim(WAKE_KEY, 0, MOST_TOKENS - 1)
                    await pipe.execute()
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("queue.unreachable", job=job, error=type(error).__name__)
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
