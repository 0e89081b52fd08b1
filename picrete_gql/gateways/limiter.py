"""How often something may happen: a window counted in Redis, or in this process alone while Redis is away."""

import time
from collections import OrderedDict

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from picrete_gql import metrics

log = structlog.get_logger(__name__)
COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""
KEPT = 50_000


class Limiter:
    """Fixed windows. Without Redis every process counts by itself, so the limit still holds, once per process."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.count = redis.register_script(COUNT)
        self.local: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def hit(self, key: str, limit: int, seconds: float) -> int | None:
        """Count one. None when it may happen, else the seconds to wait. A key is `what:whom`."""
        try:
            count, left = await self.count(keys=[f"picrete:limit:{key}"], args=[int(seconds * 1000)])
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("limiter.unreachable", error=type(error).__name__)
            count, left = self._hit_locally(key, seconds)
        if count <= limit:
            return None
        metrics.RATE_LIMITED.labels(key.partition(":")[0]).inc()
        return max(1, -(-int(left) // 1000))

    def _hit_locally(self, key: str, seconds: float) -> tuple[int, int]:
        now = time.monotonic()
        count, ends = self.local.pop(key, (0, 0.0))
        if ends <= now:
            count, ends = 0, now + seconds
        self.local[key] = (count + 1, ends)
        while len(self.local) > KEPT:
            self.local.popitem(last=False)
        return count + 1, int((ends - now) * 1000)
