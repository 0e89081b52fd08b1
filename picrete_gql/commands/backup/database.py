"""The database of a backup: one snapshot for the dump, the counts and the list of objects that rows name."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import func, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.orm import load_only
from sqlalchemy.pool import NullPool
from sqlmodel import col

from picrete_gql.local import CannotStart
from picrete_gql.local.binaries import postgres_client
from picrete_gql.models import (
    Attachment,
    BankImage,
    DataExport,
    DataExportStatus,
    GradeExport,
    Material,
    Photo,
    PhotoStatus,
)
from picrete_gql.runtime import sqlalchemy_url

AT_ONCE = 1000
# Everything that has an object under its `key`, and when it is there: conditions by the column that they need.
KEEPERS: dict[type[Any], dict[str, Any]] = {
    Photo: {
        "status": col(Photo.status) != PhotoStatus.UPLOADING,
        "image_removed_at": col(Photo.image_removed_at).is_(None),
    },
    Material: {},
    BankImage: {},
    Attachment: {},
    DataExport: {"status": col(DataExport.status) == DataExportStatus.READY},
    GradeExport: {"key": col(GradeExport.key).is_not(None)},
}
COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"


@dataclass(frozen=True)
class Facts:
    """What the snapshot holds. `named`: the keys of objects."""

    migration: str
    postgres: str
    rows: dict[str, int]
    named: set[str]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncConnection]:
    """One connection without the limits of the application's own."""
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def major(connection: AsyncConnection) -> int:
    """The server's major version."""
    return int(await connection.scalar(text("SHOW server_version_num")) or 0) // 10_000


async def dump(url: str, into: Path) -> tuple[Facts, str]:
    """Write the dump; what is in it, and the version of the program. Raises CannotStart."""
    async with connected(url) as connection:
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        snapshot = await connection.scalar(text("SELECT pg_export_snapshot()"))
        program = postgres_client("pg_dump", await major(connection))
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={into}"]
        await run(program, options, url)
        return await _facts(connection), await said(program, "--version")


async def _facts(connection: AsyncConnection) -> Facts:
    if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        raise CannotStart("The database is empty: there is nothing to back up.")
    migration = str(await connection.scalar(text("SELECT version_num FROM alembic_version")))
    postgres = str(await connection.scalar(text("SHOW server_version")))
    return Facts(migration, postgres, await counts(connection), await _named(connection))


async def _named(connection: AsyncConnection) -> set[str]:
    """The keys of all objects that rows name. Tables may be older than this code: what they lack is not asked for."""
    there = defaultdict[str, set[str]](set)
    for name, column in (await connection.execute(text(COLUMNS))).all():
        there[name].add(column)
    session, found = AsyncSession(connection), set[str]()
    for model, conditions in KEEPERS.items():
        names = there[model.__tablename__]
        known = [getattr(model, column.name) for column in model.__table__.columns if column.name in names]
        if not known:
            continue
        wanted = select(model).options(load_only(*known))
        wanted = wanted.where(*(condition for name, condition in conditions.items() if name in names))
        async for row in await session.stream_scalars(wanted.execution_options(yield_per=AT_ONCE)):
            found.add(row.key)
        session.expunge_all()
    return found


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """How many rows each table has."""
    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    tables = [table(name) for name in (await connection.scalars(text(names))).all()]
    return {one.name: await connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


async def load(url: str, server: int, dump: Path) -> None:
    """Fill an empty database, whole or not at all. Raises CannotStart."""
    program = postgres_client("pg_restore", server)
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    await run(program, options, url, str(dump))


async def listed(dump: Path, server: int) -> int:
    """How many things a dump holds. Raises CannotStart when it cannot be read."""
    lines = (await said(postgres_client("pg_restore", server), "--list", str(dump))).splitlines()
    return sum(1 for line in lines if line and not line.startswith(";"))


async def run(program: Path, options: Sequence[str], url: str, *files: str) -> None:
    """Run one of PostgreSQL's programs on a database. The password is in its environment, no list shows it."""
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@", 1), scheme="postgresql").geturl()
    secret = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
    await said(program, *options, f"--dbname={bare}", *files, environment=secret)


async def said(program: Path, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """What a program prints. Raises CannotStart with its complaint when it fails."""
    process = await asyncio.create_subprocess_exec(
        str(program),
        *arguments,
        env={**os.environ, **(environment or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, complaint = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if process.returncode:
        raise CannotStart(f"{program.name} failed: {complaint.decode(errors='replace').strip()}")
    return out.decode(errors="replace").strip()
