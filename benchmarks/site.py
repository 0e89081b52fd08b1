"""What the benchmarks of a running site share: real servers, the product as processes, people by the thousand."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from sqlmodel import SQLModel

from picrete_gql import migrations
from picrete_gql.call import Actor, Context
from picrete_gql.local import Stack
from picrete_gql.main import open_runtime
from picrete_gql.models import Account, Attempt, Course, Membership, SignIn, Work
from picrete_gql.rules.tokens import sign_access
from picrete_gql.runtime import Runtime
from picrete_gql.settings import Settings
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import environment, free_port, settings_for
from tests.support.world import World, world_of

TREE = Path(__file__).parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
PYTHON = (sys.executable, "-m")


def facts_of(pid: int | str) -> list[str]:
    """What the kernel says of a process, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def family(pid: int) -> float:
    """Seconds of CPU of a process and of its children, also of those that have ended."""
    own, spent = facts_of(pid), 0
    for other in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            facts = facts_of(other.name)
            spent += int(facts[11]) + int(facts[12]) if facts[1] == str(pid) else 0
    return (spent + sum(int(ticks) for ticks in own[11:15])) / TICKS


@dataclass
class Process:
    """A process of the product, and what it has cost so far."""

    popen: subprocess.Popen[bytes]

    @property
    def cpu(self) -> float:
        """Seconds of CPU."""
        facts = facts_of(self.popen.pid)
        return (int(facts[11]) + int(facts[12])) / TICKS

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.popen.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    async def stop(self) -> None:
        """End it."""
        self.popen.terminate()
        try:
            await asyncio.to_thread(self.popen.wait, 15)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


@dataclass
class Site:
    """A database with people in it. `world` is this process; the product runs as processes beside it."""

    settings: Settings
    world: World
    ocr: DatalabServer
    llm: OpenAiServer
    stack: Stack
    processes: list[Process] = field(default_factory=list)

    @property
    def runtime(self) -> Runtime:
        """What this process holds open."""
        return self.world.runtime

    @property
    def database_cpu(self) -> float:
        """Seconds of CPU of PostgreSQL, all its processes together."""
        postgres = self.stack.postgres
        assert postgres and postgres.pid
        return family(postgres.pid)

    def start(self, *command: str, tree: Path = TREE, program: Sequence[str] = PYTHON, **more: str) -> Process:
        """A process of the product, from another tree if told; `program` begins its command."""
        env = {**os.environ, **environment(self.settings), "PICRETE_LOG_LEVEL": "ERROR", **more}
        popen = subprocess.Popen([*program, *command], env=env, cwd=tree)
        self.processes.append(Process(popen))
        return self.processes[-1]

    @asynccontextmanager
    async def api(
        self, *command: str, tree: Path = TREE, program: Sequence[str] = PYTHON, ready: int = 200, **more: str
    ) -> AsyncIterator[tuple[Process, str]]:
        """An API process that answers; with its address. `ready` is the status of its /healthz that says so."""
        self.settings.http.port = free_port()
        process = self.start(*(command or ("picrete_gql", "api")), tree=tree, program=program, **more)
        url = f"http://127.0.0.1:{self.settings.http.port}"
        async with asyncio.timeout(60), httpx2.AsyncClient() as http:
            while True:
                try:
                    if (await http.get(f"{url}/healthz")).status_code == ready:
                        break
                except httpx2.TransportError:
                    assert process.popen.poll() is None, "the process died"
                await asyncio.sleep(0.1)
        try:
            yield process, url
        finally:
            await process.stop()

    async def store(self, rows: Sequence[SQLModel]) -> None:
        """Write rows without ceremony."""
        async with self.runtime.sessions() as session:
            session.add_all(rows)
            await session.commit()

    async def people(self, prefix: str, count: int, course: Course, role: str) -> "list[Person]":
        """So many members of a course, each with a sign-in."""
        now = self.world.clock()
        agreed: dict[str, Any] = {
            **dict.fromkeys(("consent_version", "terms_version", "privacy_version"), "1"),
            **dict.fromkeys(("consented_at", "terms_accepted_at", "privacy_accepted_at", "created_at"), now),
        }
        accounts = [
            Account(username=f"{prefix}{n}", full_name=f"{prefix} {n}", password_hash="-", **agreed)
            for n in range(count)
        ]
        await self.store(accounts)
        ends: dict[str, Any] = {"created_at": now, "used_at": now, "expires_at": now + timedelta(days=1)}
        sign_ins = [SignIn(account_id=account.id, **ends) for account in accounts]
        members = [
            Membership(course_id=course.id, account_id=account.id, roles=[role], created_at=now, joined_at=now)
            for account in accounts
        ]
        await self.store([*sign_ins, *members])
        auth = self.settings.auth
        tokens = [sign_access(auth, one.id, its.id, now)[0] for one, its in zip(accounts, sign_ins, strict=True)]
        return [
            Person(Context(self.runtime, Actor(one.id)), token) for one, token in zip(accounts, tokens, strict=True)
        ]

    async def attempts(self, work: Work, people: "Sequence[Person]", minutes: float = 60) -> list[Attempt]:
        """An open attempt of each."""
        now = self.world.clock()
        ends = now + timedelta(minutes=minutes)
        made = [
            Attempt(
                course_id=work.course_id,
                work_id=work.id,
                student_id=person.context.actor.account_id,
                number=1,
                seed=n,
                started_at=now,
                expires_at=ends,
                created_at=now,
            )
            for n, person in enumerate(people)
        ]
        await self.store(made)
        return made


@dataclass(frozen=True)
class Person:
    """Somebody, inside (a context) and outside (a token)."""

    context: Context
    token: str


@asynccontextmanager
async def site(delay: float = 0, **changes: dict[str, Any]) -> AsyncIterator[Site]:
    """Servers in a temporary folder, a migrated database, providers that take `delay`, `changes` of settings."""
    with stack.session() as servers, DatalabServer(polls=0, delay=delay) as ocr, OpenAiServer(delay=delay) as llm:
        database = await servers.create()
        await asyncio.to_thread(migrations.upgrade, database)
        settings = settings_for(servers, database, await servers.redis(), ocr, llm)
        for group, values in {"database": {"pool_size": 10}, "auth": {"access_minutes": 600}, **changes}.items():
            for name, value in values.items():
                setattr(getattr(settings, group), name, value)
        runtime = open_runtime(settings)
        await runtime.gateways.storage.prepare()
        found = Site(settings, world_of(runtime), ocr, llm, servers.stack)
        try:
            yield found
        finally:
            for process in found.processes:
                if process.popen.poll() is None:
                    await process.stop()
            await runtime.close()
