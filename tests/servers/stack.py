"""Real PostgreSQL, Valkey and S3 for one test session, and a database, a Redis and a bucket of its own for every test.

with session() as servers:                      # once: starts everything in a temporary folder
    empty = await servers.create()              # migrate this one …
    template = await servers.freeze(empty)      # … and make it the mould
    dsn = await servers.clone(template)         # per test, about 0.1 s
    redis_url = await servers.redis()           # per test, empty; lasting=True for the whole session
    bucket = servers.bucket()                   # per test, a name nobody else has
    await servers.drop(dsn)
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from redis.asyncio import Redis

from picrete_gql.local import Stack

# Logical databases: those below LASTING are kept by whatever lives as long as the session.
DATABASES, LASTING = 64, 16


@dataclass
class Servers:
    """The servers of one session. `stack.postgres`, `.valkey` and `.storage` can be stopped, killed, started again."""

    stack: Stack
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _passing: Iterator[int] = field(default_factory=lambda: itertools.cycle(range(LASTING, DATABASES)))
    _lasting: Iterator[int] = field(default_factory=lambda: iter(range(1, LASTING)))

    async def create(self) -> str:
        """A new empty database; its address."""
        return await self._create("template0")

    async def freeze(self, dsn: str) -> str:
        """Make a database a template: nobody connects to it any more. Close your own connections first."""
        name = _name(dsn)
        await self._execute(f"ALTER DATABASE {name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false")
        return name

    async def clone(self, template: str) -> str:
        """A new database just like the template; its address."""
        return await self._create(template)

    async def drop(self, dsn: str) -> None:
        """Remove a database, whoever is still connected to it."""
        await self._execute(f"DROP DATABASE IF EXISTS {_name(dsn)} WITH (FORCE)")

    async def redis(self, *, lasting: bool = False) -> str:
        """The address of an emptied logical database that nobody uses: another's workers would steal the jobs.

        They are handed out in turn; a `lasting` one is never handed out again.
        """
        base = self.stack.redis_url.rsplit("/", 1)[0]
        async with Redis.from_url(base) as client:
            busy = {int(other["db"]) for other in await client.client_list()}
        numbers = self._lasting if lasting else self._passing
        url = f"{base}/{next(number for number in numbers if number not in busy)}"
        async with Redis.from_url(url) as client:
            await client.flushdb()
        return url

    def bucket(self) -> str:
        """A bucket name that is not in use; the bucket itself is made by whoever stores there."""
        return f"test-{os.getpid()}-{next(self._numbers)}"

    async def _create(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return urlsplit(self.stack.database_url)._replace(path=f"/{name}").geturl()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(urlsplit(self.stack.database_url)._replace(path="/postgres").geturl())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def session() -> Iterator[Servers]:
    """Start everything in a temporary folder; stop it and remove the folder at the end."""
    folder = Path(tempfile.mkdtemp(prefix="picrete-test-"))
    try:
        with Stack.start(folder, throwaway=True) as stack:
            yield Servers(stack)
    finally:
        shutil.rmtree(folder)


def _name(dsn: str) -> str:
    return urlsplit(dsn).path.removeprefix("/")
