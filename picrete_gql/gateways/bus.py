"""News between processes: one Redis connection each, one bell per id. A lost message only delays (`Runtime.tail`)."""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from picrete_gql import metrics

CHANNEL = "picrete:events"
REMEMBERED = 10_000
SENT, HEARD = metrics.BUS_RINGS.labels("sent"), metrics.BUS_RINGS.labels("heard")
log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Bell:
    """Hangs on some ids until it is taken down. Rings melt together while its owner is busy.

    `oldest` is when the first thing happened that its owner has not taken note of (seconds since 1970).
    """

    ids: frozenset[str]
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    times: int = 0
    oldest: float | None = None

    def ring(self, at: float) -> None:
        """Wake its owner because of something that happened at this time."""
        self.times += 1
        if self.oldest is None:
            self.oldest = at
        self.rung.set()

    def note(self) -> float | None:
        """Take note of everything until now: since when it has been waiting for that."""
        oldest, self.oldest = self.oldest, None
        return oldest

    async def wait(self, seconds: float | None = None) -> bool:
        """Until it has rung since the last wait, or for so long at most. Whether it has rung."""
        # Not `wait_for`: before Python 3.12 it loses a cancellation that meets a ring, and then nothing stops it.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.rung.wait()
        rung = self.rung.is_set()
        self.rung.clear()
        return rung


@dataclass(eq=False)
class Pulse:
    """The looks of a view that many share: `begin` is called before each, and `ask` asks for one without any news."""

    begin: Callable[[], None]
    bell: Bell | None = None

    @property
    def news(self) -> int:
        """How often something has happened so far."""
        return self.bell.times if self.bell else 0

    def ask(self) -> None:
        """Look again."""
        if self.bell:
            self.bell.rung.set()


class Bus:
    """Rings bells here and in every other process."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.bells: dict[str, set[Bell]] = defaultdict(set)
        self.name = uuid4().hex
        # The latest events that have rung here, so that one that is heard of twice rings once.
        self.order: deque[int] = deque()
        self.rung: set[int] = set()

    async def publish(self, ids: Iterable[str], events: Iterable[int] = ()) -> None:
        """Ring in this process at once, and in the others through Redis; without Redis they notice by their tail.

        `events` are the numbers of the rows that are the reason.
        """
        ids, events, now = set(ids), list(events), time.time()
        self.remember(events)
        self.ring(ids, now)
        SENT.inc()
        try:
            news = {"by": self.name, "ids": sorted(ids), "events": events, "at": now}
            await self.redis.publish(CHANNEL, json.dumps(news))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("bus.unreachable", error=type(error).__name__)

    async def listen(self) -> None:
        """Run for the life of the process. After a lost connection every bell rings once."""
        while True:
            try:
                async with self.redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    metrics.BUS_CONNECTED.set(1)
                    self.ring(set(self.bells))
                    while True:
                        message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=30)
                        if message is None:
                            await pubsub.ping()
                        elif message["type"] == "message":
                            self._hear(json.loads(message["data"]))
            except (RedisError, OSError, TimeoutError) as error:
                metrics.BUS_CONNECTED.set(0)
                log.warning("bus.lost", error=type(error).__name__)
                await asyncio.sleep(1)

    def _hear(self, news: dict[str, Any]) -> None:
        if news["by"] != self.name:
            HEARD.inc()
            self.remember(news["events"])
            self.ring(set(news["ids"]), news.get("at"))

    def remember(self, events: Iterable[int]) -> list[int]:
        """Note that these events ring now; those that had not rung before."""
        fresh = [event for event in events if event not in self.rung]
        self.order.extend(fresh)
        self.rung.update(fresh)
        while len(self.order) > REMEMBERED:
            self.rung.discard(self.order.popleft())
        return fresh

    def ring(self, ids: set[str], at: float | None = None) -> None:
        """Ring every bell of this process that hangs on one of the ids, because of what happened then, or now."""
        at = time.time() if at is None else at
        for id in ids & self.bells.keys():
            for bell in self.bells[id]:
                bell.ring(at)

    @asynccontextmanager
    async def bell(self, *ids: object) -> AsyncGenerator[Bell]:
        """A bell on some ids, for as long as the block runs."""
        bell = Bell(frozenset(str(id) for id in ids))
        for id in bell.ids:
            self.bells[id].add(bell)
        try:
            yield bell
        finally:
            for id in bell.ids:
                self.bells[id].discard(bell)
                if not self.bells[id]:
                    del self.bells[id]

    async def changes(self, *ids: object) -> AsyncGenerator[None]:
        """Once now, then whenever something about one of the ids happened. A slow reader misses nothing."""
        async with self.bell(*ids) as bell:
            while True:
                yield
                await bell.wait()
