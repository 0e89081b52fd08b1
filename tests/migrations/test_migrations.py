"""From nothing to now, back to nothing, and no difference to what the code believes."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from alembic.util import CommandError
from sqlalchemy import text

from alembic import command
from picrete_gql import migrations
from picrete_gql.main import open_runtime
from picrete_gql.models import METADATA
from picrete_gql.resolvers import accounts, activity
from picrete_gql.settings import Settings
from tests.schema import campus as places
from tests.servers import stack
from tests.support.world import world_of

SHAPE = """
SELECT 'column' AS kind, table_name || '.' || column_name AS name,
       concat_ws(' ', data_type, is_nullable, column_default, character_maximum_length, numeric_scale) AS what
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace
ORDER BY 1, 2
"""
# PostgreSQL 18 keeps NOT NULL as a constraint.
VERSION = "alembic_version_version_num_not_null"


@pytest.fixture
async def empty(servers: stack.Servers) -> Any:
    """The address of an empty database."""
    url = await servers.create()
    yield url
    await servers.drop(url)


async def run(action: Callable[..., Any], url: str, *args: Any) -> None:
    """One of alembic's commands, which bring an event loop of their own."""
    await asyncio.to_thread(action, migrations.config(url), *args)


async def shape(url: str) -> list[tuple[str, str, str]]:
    """Everything that the database knows of its tables."""
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(SHAPE)]
    finally:
        await connection.close()


async def tables(url: str) -> set[str]:
    """The names of all tables."""
    return {name.split(".")[0] for kind, name, _ in await shape(url) if kind == "column"}


async def test_up_down_up_ends_in_the_same_shape(empty: str) -> None:
    await run(command.upgrade, empty, "head")
    first = await shape(empty)
    assert await tables(empty) == {*METADATA.tables, "alembic_version"}
    await run(command.downgrade, empty, "base")
    assert await tables(empty) == {"alembic_version"}
    assert {name for kind, name, _ in await shape(empty) if kind != "column"} <= {"alembic_version_pkc", VERSION}
    await run(command.upgrade, empty, "head")
    assert await shape(empty) == first


async def test_step_by_step_in_both_directions(empty: str) -> None:
    await run(command.upgrade, empty, "head")
    whole = await shape(empty)
    await run(command.downgrade, empty, "-1")
    assert await shape(empty) != whole
    await run(command.upgrade, empty, "+1")
    assert await shape(empty) == whole


async def test_the_code_and_the_database_agree(empty: str) -> None:
    await run(command.upgrade, empty, "head")
    await run(command.check, empty)


async def test_a_difference_would_be_noticed(empty: str) -> None:
    await run(command.upgrade, empty, "head")
    connection = await asyncpg.connect(empty)
    await connection.execute("ALTER TABLE course DROP COLUMN organization")
    await connection.close()
    with pytest.raises(CommandError, match="organization"):
        await run(command.check, empty)


async def test_upgrading_again_changes_nothing(empty: str) -> None:
    await asyncio.to_thread(migrations.upgrade, empty)
    first = await shape(empty)
    await asyncio.to_thread(migrations.upgrade, empty)
    assert await shape(empty) == first


async def test_no_extension_is_needed(empty: str) -> None:
    await asyncio.to_thread(migrations.upgrade, empty)
    connection = await asyncpg.connect(empty)
    found = [row["extname"] for row in await connection.fetch("SELECT extname FROM pg_extension")]
    await connection.close()
    assert found == ["plpgsql"]


async def test_a_full_database_goes_down_and_up(settings: Settings) -> None:
    runtime = open_runtime(settings)
    await places.build(runtime)
    await runtime.engine.dispose()
    await run(command.downgrade, settings.database.url, "base")
    await run(command.upgrade, settings.database.url, "head")
    world = world_of(runtime)
    await world.person("newcomer")
    assert (await accounts.me(await world.person("newcomer"))).username == "newcomer"
    await runtime.close()


async def test_restored_events_become_final(settings: Settings) -> None:
    """After a restore into a new server the old transaction numbers lie in its future."""
    runtime = open_runtime(settings)
    campus = await places.build(runtime)
    async with runtime.engine.begin() as connection:
        await connection.execute(text("UPDATE event SET xid = 4000000000"))
    teacher, course = campus.of("teacher"), campus.here.course.id
    assert (await activity.of_course(teacher, course, None)).entries == []
    await migrations.settle_events(settings.database.url)
    assert len((await activity.of_course(teacher, course, None)).entries) > 0
    await runtime.close()
