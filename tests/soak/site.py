"""Durable servers in a temporary folder, providers in this process, and ours as processes that somebody restarts."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from picrete_gql import migrations
from picrete_gql.local import Stack
from picrete_gql.local.telegram.server import TOKEN
from picrete_gql.settings import Settings
from picrete_gql.settings import Telegram as TelegramSettings
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.servers.stack import Servers
from tests.servers.telegram import TelegramServer
from tests.support.house import environment, free_port, settings_for

APIS, WORKERS = 2, 2
# As a supervisor waits before it starts again what has died.
PAUSE = 1.0


@dataclass
class Child:
    """One of our processes; `lives` counts how often it was started."""

    name: str
    command: str
    env: dict[str, str]
    log: Path
    popen: subprocess.Popen[bytes] | None = None
    lives: int = 0
    born: float = 0

    def start(self) -> None:
        """Start it, once more."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "picrete_gql", self.command]
            self.popen = subprocess.Popen(command, env=self.env, stdout=log, stderr=log)
        self.lives, self.born = self.lives + 1, time.monotonic()

    @property
    def pid(self) -> int | None:
        """While it lives."""
        return self.popen.pid if self.popen and self.popen.poll() is None else None

    def kill(self) -> None:
        """As the out-of-memory killer does it."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)


@dataclass
class Site:
    """What the clients, the faults and the samples look at."""

    settings: Settings
    stack: Stack
    ocr: DatalabServer
    llm: OpenAiServer
    telegram: TelegramServer
    folder: Path
    urls: list[str] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)

    def add(self, command: str, number: int, port: int | None = None) -> None:
        """One of ours, with its log in the folder."""
        env = {**os.environ, **environment(self.settings), "PICRETE_LOG_LEVEL": "WARNING"}
        if port is not None:
            env["PICRETE_HTTP__PORT"] = str(port)
            self.urls.append(f"http://127.0.0.1:{port}")
        name = f"{command}-{number}"
        self.children.append(Child(name, command, env, self.folder / f"{name}.log"))
        self.children[-1].start()

    def of(self, command: str) -> list[Child]:
        """Our processes of a kind."""
        return [child for child in self.children if child.command == command]

    def url(self) -> str:
        """As a balancer would choose."""
        return random.choice(self.urls)

    async def keep(self) -> None:
        """Start again what has died, for ever."""
        while True:
            for child in self.children:
                if child.pid is None:
                    await asyncio.sleep(PAUSE)
                    child.start()
            await asyncio.sleep(0.2)

    async def ready(self, seconds: float = 120) -> None:
        """Until every API says that all it needs is there."""
        async with asyncio.timeout(seconds), httpx2.AsyncClient(timeout=5) as http:
            for url in self.urls:
                while not await _says_yes(http, url):
                    await asyncio.sleep(0.2)

    def stop(self) -> None:
        """End our processes."""
        for child in self.children:
            if child.popen and child.pid:
                child.popen.terminate()
        for child in self.children:
            if child.popen:
                try:
                    child.popen.wait(20)
                except subprocess.TimeoutExpired:
                    child.popen.kill()

    def faults(self) -> list[str]:
        """What our processes logged as faults of their own."""
        told = []
        for child in self.children:
            lines = child.log.read_text(errors="replace").splitlines()
            for number, line in enumerate(lines):
                if '"level": "error"' in line or '"level": "critical"' in line:
                    told.append(f"{child.name}: {line[:2000]}")
                elif line.startswith("Traceback"):
                    told.append(f"{child.name}: {' | '.join(lines[number : number + 60])[-2000:]}")
        return told


async def _says_yes(http: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/readyz")).status_code == 200
    except httpx2.TransportError:
        return False


def _settings(servers: Servers, database: str, redis: str, ocr: DatalabServer, llm: OpenAiServer, bot: str) -> Settings:
    settings = settings_for(servers, database, redis, ocr, llm)
    settings.limits.active_attempts = 10_000
    for provider in (settings.ocr, settings.llm):
        provider.tries, provider.lease_seconds, provider.backoff_seconds = 12, 6, 0.5
    settings.llm.timeout = 60
    settings.telegram = TelegramSettings(
        token=TOKEN,
        url=bot,
        poll_seconds=5,
        backoff_seconds=0.2,
        backoff_most=2,
        album_seconds=0.5,
        standby_seconds=0.5,
    )
    return settings


@asynccontextmanager
async def open_site() -> AsyncIterator[Site]:
    """Everything up and answering; all of it gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="picrete-soak-"))
    try:
        with (
            Stack.start(folder / "servers") as stack,
            DatalabServer(polls=1) as ocr,
            OpenAiServer() as llm,
            TelegramServer() as telegram,
        ):
            servers = Servers(stack)
            database = await servers.create()
            await asyncio.to_thread(migrations.upgrade, database)
            of = _settings(servers, database, await servers.redis(lasting=True), ocr, llm, telegram.url)
            site = Site(of, stack, ocr, llm, telegram, folder)
            for number in range(APIS):
                site.add("api", number, free_port())
            for number in range(WORKERS):
                site.add("worker", number)
            site.add("bot", 0)
            try:
                await site.ready()
                yield site
            finally:
                await asyncio.to_thread(site.stop)
    finally:
        shutil.rmtree(folder)
