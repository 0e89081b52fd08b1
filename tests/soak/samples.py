"""What each process and each server holds, every few seconds, and whether it grows."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.soak.ledger import Ledger
from tests.soak.site import Child, Site

EVERY = 5.0
# The first part of a life is warming up: pools, caches and the allocator grow to their size.
WARM_SHARE, WARM_LEAST, WARM_MOST = 0.3, 120.0, 600.0
# Allowed after that, fitted over the rest: what the allocator may keep, and a slow rest that no hour would notice.
MEGABYTES, MEGABYTES_PER_MINUTE, DESCRIPTORS = 24.0, 0.5, 12.0
FEWEST = 12


@dataclass
class Samples:
    """`of` holds (seconds, value) by the name of a line, such as `api-0 rss`; a new life is a new line."""

    site: Site
    ledger: Ledger
    of: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            files: dict[str, int] = {}
            for child in self.site.children:
                with suppress(OSError, StopIteration):
                    files[child.command] = files.get(child.command, 0) + self._process(child)
            for command, count in files.items():
                # Of all of a kind together: whoever is cut off at one comes back at the other.
                self._add(f"{command} files", count)
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await self._postgres()
            with suppress(OSError, RedisError):
                await self._redis()
            await asyncio.sleep(EVERY)

    def _add(self, name: str, value: float) -> None:
        self.of.setdefault(name, []).append((self.ledger.now, value))

    def _process(self, child: Child) -> int:
        place = Path(f"/proc/{child.pid}")
        rss = int((place / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        life = f"{child.name}.{child.lives}"
        self._add(f"{life} MB", rss)
        threads = next(line for line in (place / "status").read_text().splitlines() if line.startswith("Threads"))
        self._add(f"{life} threads", int(threads.split()[1]))
        return len(os.listdir(place / "fd"))

    async def _postgres(self) -> None:
        connection = await asyncpg.connect(self.site.settings.database.url, timeout=2)
        try:
            rows = await connection.fetch(
                "SELECT coalesce(state, '-') AS state, count(*) AS n FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1"
            )
        finally:
            await connection.close()
        self._add("postgres connections", sum(row["n"] for row in rows))
        idle = [row["n"] for row in rows if row["state"].startswith("idle in")]
        self._add("postgres idle in transaction", sum(idle))

    async def _redis(self) -> None:
        async with Redis.from_url(self.site.settings.redis.url, socket_timeout=2) as client:
            info: dict[str, Any] = await client.info()
            self._add("redis clients", info["connected_clients"])
            self._add("redis MB", info["used_memory"] / 1e6)
            self._add("redis keys", await client.dbsize())

    def grown(self) -> list[tuple[str, float, float, float, bool]]:
        """For each line of a process: value at the end, fitted growth, what is allowed, whether it fits."""
        found = []
        for name, points in self.of.items():
            kind = name.rsplit(" ", 1)[-1]
            if kind not in ("MB", "files", "threads") or name.startswith("redis"):
                continue
            rest = warm(points)
            if len(rest) < FEWEST:
                continue
            minutes = (rest[-1][0] - rest[0][0]) / 60
            growth = slope(rest) * minutes * 60
            allowed = MEGABYTES + MEGABYTES_PER_MINUTE * minutes if kind == "MB" else DESCRIPTORS
            found.append((name, rest[-1][1], growth, allowed, growth <= allowed))
        return found


def warm(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """The part after the warming up."""
    length = points[-1][0] - points[0][0]
    begin = points[0][0] + min(max(length * WARM_SHARE, WARM_LEAST), WARM_MOST)
    return [point for point in points if point[0] >= begin]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Least squares, per second."""
    count = len(points)
    x, y = sum(one[0] for one in points) / count, sum(one[1] for one in points) / count
    across = sum((one[0] - x) ** 2 for one in points)
    return sum((one[0] - x) * (one[1] - y) for one in points) / across if across else 0.0
