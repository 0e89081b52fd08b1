"""The outside world, opened once per process."""

from dataclasses import dataclass

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from picrete_gql import settings

from .bus import Bus
from .limiter import Limiter
from .llm import Llm
from .ocr import Ocr
from .queue import Queue
from .storage import Storage
from .telegram import Telegram


@dataclass
class Gateways:
    """What a process reaches outside of itself. `llm` is None without a key, `telegram` without a token."""

    redis: Redis
    bus: Bus
    limiter: Limiter
    queue: Queue
    storage: Storage
    ocr: Ocr
    llm: Llm | None
    telegram: Telegram | None = None

    async def close(self) -> None:
        """Let go of everything."""
        await self.queue.close()
        await self.storage.close()
        await self.ocr.close()
        if self.llm:
            await self.llm.close()
        if self.telegram:
            await self.telegram.close()
        await self.redis.aclose()


def open_redis(of: settings.Redis) -> Redis:
    """A client that answers or gives up within the time-out, without hidden retries."""
    return Redis.from_url(  # type: ignore[no-any-return]
        of.url,
        decode_responses=True,
        socket_connect_timeout=of.timeout,
        socket_timeout=of.timeout,
        health_check_interval=15,
        retry=Retry(NoBackoff(), 0),
    )
