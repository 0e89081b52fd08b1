"""Two API processes, and a small proxy's habits: round robin, kept connections, another try where nginx would try."""

import asyncio
import itertools
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from picrete_gql.settings import Settings
from tests.support.house import House, free_port


def at(settings: Settings, **http: Any) -> Settings:
    """The same settings on a port of its own."""
    changed = settings.http.model_copy(update={"port": free_port(), **http})
    return settings.model_copy(update={"http": changed})


@asynccontextmanager
async def serving(settings: Settings, count: int = 1, **http: Any) -> AsyncIterator[list[House]]:
    """API processes, each in a house of its own."""
    houses = []
    for _ in range(count):
        own = at(settings, **http)
        houses.append(House(own, f"http://127.0.0.1:{own.http.port}"))
        houses[-1].start("api")
    try:
        for house in houses:
            await house.ready("/healthz")
        yield houses
    finally:
        for house in houses:
            for client in house.clients:
                await client.close()
            for process in house.processes:
                process.kill()
                process.wait()


def stop(house: House) -> "subprocess.Popen[bytes]":
    """SIGTERM, as systemd, Docker and Kubernetes ask."""
    house.processes[0].send_signal(signal.SIGTERM)
    return house.processes[0]


async def ended(process: "subprocess.Popen[bytes]", seconds: float = 30) -> int:
    """How it ended."""
    return await asyncio.to_thread(process.wait, seconds)


@dataclass
class Proxy:
    """What nginx does by default: the next server after a failed connect; after anything else only for a GET."""

    urls: list[str]
    lost: list[str] = field(default_factory=list)
    answered: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.turns = itertools.cycle(range(len(self.urls)))
        self.pools = [httpx2.AsyncClient(base_url=url, timeout=60) for url in self.urls]

    async def send(self, method: str, path: str, **request: Any) -> httpx2.Response | None:
        """An answer, or None when it is lost: what a browser would see as 502."""
        first = next(self.turns)
        for place in [first, *(n for n in range(len(self.urls)) if n != first)]:
            try:
                answer = await self.pools[place].request(method, path, **request)
            except httpx2.ConnectError:
                continue
            except httpx2.TransportError as error:
                if method == "GET":
                    continue
                self.lost.append(repr(error))
                return None
            self.answered[self.urls[place]] = self.answered.get(self.urls[place], 0) + 1
            return answer
        self.lost.append("nobody answers")
        return None

    async def close(self) -> None:
        """Let go of the connections."""
        for pool in self.pools:
            await pool.aclose()
