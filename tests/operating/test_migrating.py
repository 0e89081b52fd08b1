"""`picrete migrate` beside a product that works: it never makes others wait for long, and says what it would do."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest

from alembic import command
from picrete_gql import migrations
from picrete_gql.commands import migrate
from picrete_gql.local import CannotStart, binaries
from picrete_gql.settings import Settings
from tests.servers.stack import Servers

# The migrations before one that adds a column, and before one that builds an index outside of transactions.
ADDS_A_COLUMN, BUILDS_CONCURRENTLY = "0006", "0007"
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'picrete-migrate' AND wait_event_type = 'Lock'"
)


@pytest.fixture
async def url(servers: Servers) -> AsyncIterator[str]:
    """An empty database."""
    made = await servers.create()
    yield made
    await servers.drop(made)


def on(url: str, **database: float) -> Settings:
    """Settings with this database."""
    return Settings(_env_file=None, database={"url": url, **database})


async def step_back(url: str, to: str = "-1") -> None:
    """As it was before the newest migration, or at an older one."""
    await asyncio.to_thread(migrations.upgrade, url)
    await asyncio.to_thread(command.downgrade, migrations.config(url), to)


async def test_a_lock_is_not_waited_for_in_the_way_of_others(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody reads, the migration comes and goes; whoever comes after it gets through; then it is done."""
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0.2)
    await step_back(url, ADDS_A_COLUMN)
    reader, writer = await asyncpg.connect(url), await asyncpg.connect(url)
    async with reader.transaction():
        await read_everything(reader)
        migrating = asyncio.create_task(asyncio.to_thread(migrations.upgrade, url, 0.3, 100))
        for _ in range(3):
            await waited(writer)
            await asyncio.wait_for(writer.fetchval("SELECT count(*) FROM invite_code"), 10)
        assert not migrating.done()
    await migrating
    assert await writer.fetchval("SELECT version_num FROM alembic_version") == migrations.head()
    await reader.close()
    await writer.close()


async def read_everything(connection: asyncpg.Connection) -> None:
    """Have a look at every table, which holds up whoever would change one, until the transaction ends."""
    for (table,) in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        if table != "alembic_version":
            await connection.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")


async def waited(connection: asyncpg.Connection) -> None:
    """Until a migration waits for a lock."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'picrete-migrate' AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(20):
        while not await connection.fetchval(query):
            await asyncio.sleep(0.01)


async def test_a_lock_that_stays_is_given_up_with_a_sentence(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0.01)
    await step_back(url, ADDS_A_COLUMN)
    reader = await asyncpg.connect(url)
    before = await reader.fetchval("SELECT version_num FROM alembic_version")
    async with reader.transaction():
        await read_everything(reader)
        with pytest.raises(CannotStart, match="lock"):
            await asyncio.to_thread(migrate.run, on(url, migration_lock_seconds=0.05, migration_tries=2))
        assert await reader.fetchval("SELECT version_num FROM alembic_version") == before
    await reader.close()


async def test_many_at_once_do_it_once(url: str) -> None:
    env = {**os.environ, "PICRETE_DATABASE__URL": url, "PICRETE_LOG_LEVEL": "ERROR"}
    several = [subprocess.Popen([sys.executable, "-m", "picrete_gql", "migrate"], env=env) for _ in range(3)]
    assert [await asyncio.to_thread(one.wait, 60) for one in several] == [0, 0, 0]
    assert await migrations.current(url) == migrations.head()


async def test_the_plan_is_what_is_done(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    await asyncio.to_thread(migrate.plan, on(url))
    planned = capsys.readouterr().out
    assert f"From nothing to {migrations.head()}: {len(migrations.known())} migrations" in planned
    assert await migrations.current(url) is None, "it is only a plan"
    psql = [str(binaries.postgres_folder() / "psql"), "--set=ON_ERROR_STOP=1", "--quiet", url]
    await asyncio.to_thread(subprocess.run, psql, input=planned, text=True, check=True)
    await asyncio.to_thread(command.check, migrations.config(url))
    await asyncio.to_thread(migrate.plan, on(url))
    assert capsys.readouterr().out.splitlines() == [
        f"-- From {migrations.head()} to {migrations.head()}: no migrations."
    ]


async def test_a_plan_from_the_middle(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    await step_back(url)
    await asyncio.to_thread(migrate.plan, on(url))
    planned = capsys.readouterr().out
    assert "1 migrations" in planned and "CREATE TABLE account" not in planned
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    with pytest.raises(CannotStart, match="newer version"):
        await asyncio.to_thread(migrate.plan, on(url))


def test_a_plan_needs_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    migrate.plan(on(""))
    assert "CREATE TABLE account" in capsys.readouterr().out
    with pytest.raises(CannotStart, match="does not answer"):
        migrate.plan(on("postgresql://u:p@127.0.0.1:9/x"))


async def test_what_is_built_concurrently_waits_as_long_as_it_takes(url: str) -> None:
    """It is in nobody's way; given up in the middle it would leave a migration that is half done."""
    await step_back(url, BUILDS_CONCURRENTLY)
    reader, other = await asyncpg.connect(url), await asyncpg.connect(url)
    async with reader.transaction(isolation="repeatable_read"):
        await reader.fetchval("SELECT count(*) FROM course")
        migrating = asyncio.create_task(asyncio.to_thread(migrations.upgrade, url, 0.05, 1))
        await waited(other)
        await asyncio.sleep(0.5)
        assert not migrating.done()
    await migrating
    assert await migrations.current(url) == migrations.head()
    assert await other.fetchval("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
    await reader.close()
    await other.close()
