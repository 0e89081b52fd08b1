"""The product as processes: what the tests talk to over HTTP and WebSocket, and kill."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2

from picrete_gql.commands.client import Client
from picrete_gql.commands.environment import variables
from picrete_gql.settings import Settings
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.servers.stack import Servers

ADMIN, PASSWORD = "admin", "admin-password"


def settings_for(servers: Servers, database: str, redis: str, ocr: DatalabServer, llm: OpenAiServer) -> Settings:
    """Everything real and its own; cheap password hashing, short waits."""
    stack = servers.stack
    return Settings(
        _env_file=None,
        database={"url": database, "pool_size": 5},
        redis={"url": redis},
        storage={
            "endpoint": stack.storage_endpoint,
            "access_key": stack.access_key,
            "secret_key": stack.secret_key,
            "bucket": servers.bucket(),
        },
        auth={
            "secret_key": "a-secret-of-the-tests-that-is-long-enough",
            "argon2_time_cost": 1,
            "argon2_memory_kib": 8,
            "bootstrap_username": ADMIN,
            "bootstrap_password": PASSWORD,
        },
        limits={"sign_in_tries": 1000, "sign_in_tries_per_ip": 1000},
        ocr={
            "provider": "datalab",
            "url": ocr.url,
            "key": ocr.key,
            "poll_seconds": 0.05,
            "backoff_seconds": 0.2,
            "lease_seconds": 3,
        },
        llm={
            "url": llm.url,
            "key": llm.key,
            "model": "gpt-test",
            "backoff_seconds": 0.2,
            "lease_seconds": 3,
            "timeout": 30,
        },
    )


def environment(settings: Settings) -> dict[str, str]:
    """The same settings for a process."""
    return variables(settings)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass
class House:
    """One API process and any number of workers."""

    settings: Settings
    url: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, workers: int = 1) -> AsyncIterator["House"]:
        """Start, wait until it answers, stop."""
        port = free_port()
        settings = settings.model_copy(update={"http": settings.http.model_copy(update={"port": port})})
        house = cls(settings, f"http://127.0.0.1:{port}")
        house.start("api")
        for _ in range(workers):
            house.start("worker")
        try:
            await house.ready()
            yield house
        finally:
            for client in house.clients:
                await client.close()
            for process in house.processes:
                process.terminate()
            for process in house.processes:
                await asyncio.to_thread(process.wait, 20)

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """One more process."""
        env = {**os.environ, **environment(self.settings), "PICRETE_LOG_LEVEL": os.environ.get("TEST_LOG", "ERROR")}
        process = subprocess.Popen([sys.executable, "-m", "picrete_gql", command], env=env)
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As the out-of-memory killer does it."""
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.processes.remove(process)

    async def ready(self, path: str = "/readyz", seconds: float = 60) -> None:
        """Until everything answers."""
        async with asyncio.timeout(seconds), httpx2.AsyncClient() as http:
            while True:
                try:
                    if (await http.get(self.url + path)).status_code == 200:
                        return
                except httpx2.TransportError:
                    assert all(process.poll() is None for process in self.processes), "a process died"
                await asyncio.sleep(0.1)

    def client(self) -> Client:
        """A client that nobody is signed in at."""
        made = Client(self.url)
        self.clients.append(made)
        return made

    async def person(self, username: str) -> Client:
        """A signed-up and signed-in person."""
        client = self.client()
        await client.sign_up(username, "password-of-" + username, username.title())
        return client

    async def admin(self) -> Client:
        """The bootstrap administrator."""
        client = self.client()
        await client.sign_in(ADMIN, PASSWORD)
        return client
