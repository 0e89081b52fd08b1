"""What goes wrong, in turn, and when: a timeline for the report."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from redis.asyncio import Redis

from tests.servers.telegram import Fault
from tests.soak.ledger import Ledger
from tests.soak.site import Child, Site

SECONDS = 4.0


@dataclass
class Faults:
    """One after the other until told to stop; `timeline` has the beginning, the end and the name of each."""

    site: Site
    ledger: Ledger
    every: float
    chance: random.Random
    timeline: list[tuple[float, float, str]] = field(default_factory=list)

    def all(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        """In this order."""
        return [
            ("worker killed", self.worker),
            ("reader says 429 and 500", self.reader),
            ("Redis flushed", self.flush),
            ("API killed", self.api),
            ("model says 429 and 503", self.model),
            ("PostgreSQL restarted", self.postgres),
            ("bot's connection cut", self.telegram),
            ("Redis restarted", self.redis),
            ("reader and model slow", self.slow),
            ("S3 restarted", self.storage),
            ("PostgreSQL killed", self.postgres_killed),
        ]

    async def run(self) -> None:
        """Until cancelled. A fault that cannot be made is a failure of the soak itself."""
        while True:
            for name, make in self.all():
                await asyncio.sleep(self.every * self.chance.uniform(0.8, 1.2))
                begin = self.ledger.now
                await asyncio.shield(make())
                self.timeline.append((begin, self.ledger.now, name))

    def _victim(self, command: str) -> Child:
        # Always the last: the others live through everything, and their memory can be looked at.
        return self.site.of(command)[-1]

    async def worker(self) -> None:
        """As by the out-of-memory killer."""
        self._victim("worker").kill()

    async def api(self) -> None:
        """With every socket that hung on it."""
        self._victim("api").kill()

    async def flush(self) -> None:
        """Queue, bells, counted tries: all gone."""
        async with Redis.from_url(self.site.settings.redis.url) as client:
            await client.flushall()

    async def redis(self) -> None:
        """Away for a while."""
        await self._away(self.site.stack.valkey)

    async def postgres(self) -> None:
        """Away for a while, politely."""
        await self._away(self.site.stack.postgres)

    async def postgres_killed(self) -> None:
        """Not politely: what was promised is in its log."""
        assert self.site.stack.postgres is not None
        await asyncio.to_thread(self.site.stack.postgres.kill)
        await asyncio.sleep(SECONDS / 4)
        await asyncio.to_thread(self.site.stack.postgres.start)

    async def storage(self) -> None:
        """Away for a while."""
        await self._away(self.site.stack.storage)

    async def _away(self, server: "object") -> None:
        await asyncio.to_thread(server.stop)  # type: ignore[attr-defined]
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(server.start)  # type: ignore[attr-defined]

    async def reader(self) -> None:
        """Refusals that pass."""
        self.site.ocr.script(["429", "500", "503", "429@poll", "500@poll", "503@poll"] * 3)
        await asyncio.sleep(SECONDS)
        self.site.ocr.faults.clear()

    async def model(self) -> None:
        """Refusals that pass, and answers that are none."""
        self.site.llm.script(["429", "503", "500", "reset", "html502"] * 3)
        await asyncio.sleep(SECONDS)
        self.site.llm.faults.clear()

    async def slow(self) -> None:
        """Everything outside takes its time."""
        self.site.ocr.delay = self.site.llm.delay = 3.0
        await asyncio.sleep(SECONDS * 2)
        self.site.ocr.delay = self.site.llm.delay = 0.0

    async def telegram(self) -> None:
        """Cut before anything of a call has happened, at every door."""
        doors = ("getupdates", "sendmessage", "getfile", "download", "editmessagetext")
        self.site.telegram.script(*(Fault(door, "reset") for door in doors for _ in range(3)))
        await asyncio.sleep(SECONDS)
        self.site.telegram.faults.clear()
