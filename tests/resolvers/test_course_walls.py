"""The walls between courses in the database itself: no row of one course can point into another."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import ForeignKeyConstraint, Table

from picrete_gql.models import METADATA
from picrete_gql.settings import Settings
from tests.schema import campus as places
from tests.support.world import World

# A link of a person, who may be in many courses, to the attempt that they chose.
PERSONAL = {"telegram_link"}


def references() -> Iterator[tuple[Table, ForeignKeyConstraint]]:
    """Every reference to a table of things inside courses."""
    for table in METADATA.sorted_tables:
        for constraint in table.foreign_key_constraints:
            if "course_id" in constraint.referred_table.columns:
                yield table, constraint


def test_every_reference_into_a_course_carries_the_course() -> None:
    found = list(references())
    assert len(found) >= 15
    for table, constraint in found:
        if table.name not in PERSONAL:
            assert set(constraint.column_keys) >= {"course_id"}, f"{table.name}: {constraint.name}"
            assert len(constraint.column_keys) == 2


def test_every_thing_in_a_course_falls_with_it() -> None:
    for table in METADATA.sorted_tables:
        if "course_id" not in table.columns or table.name == "event":
            continue
        to_course = [c for c in table.foreign_key_constraints if c.referred_table.name == "course"]
        assert [c.ondelete for c in to_course] == ["CASCADE"], table.name
        assert not table.columns["course_id"].nullable


@pytest.fixture
async def database(world: World, settings: Settings) -> Any:
    """A connection to a database with two courses full of papers."""
    await places.build(world.runtime)
    connection = await asyncpg.connect(settings.database.url)
    yield connection
    await connection.close()


MAIN = {"attempt", "assignment", "attachment", "criterion", "criterion_score", "issue", "photo", "provider_run"}
MAIN |= {"reading", "regrade", "regrade_message", "review", "score_change", "submission", "task", "variant"}


async def test_no_row_can_point_into_another_course(database: Any) -> None:
    tried = set()
    course = {row["slug"]: row["id"] for row in await database.fetch("SELECT slug, id FROM course")}
    for table, constraint in references():
        if table.name not in MAIN:
            continue
        [column] = set(constraint.column_keys) - {"course_id"}
        parent = constraint.referred_table.name
        here = await database.fetchval(f"SELECT id FROM {table.name} WHERE course_id = $1", course["here"])
        there = await database.fetchval(f"SELECT id FROM {parent} WHERE course_id = $1", course["there"])
        assert here and there, (table.name, parent)
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with database.transaction():
                # So that nothing there has the place already.
                await database.execute(f"DELETE FROM {table.name} WHERE course_id = $1", course["there"])
                await database.execute(f"UPDATE {table.name} SET {column} = $1 WHERE id = $2", there, here)
        tried.add(table.name)
    assert tried == MAIN


async def test_no_row_can_move_to_another_course(database: Any) -> None:
    course = {row["slug"]: row["id"] for row in await database.fetch("SELECT slug, id FROM course")}
    for name in sorted(MAIN | {"work"}):
        statement = f"UPDATE {name} SET course_id = $1 WHERE course_id = $2"
        with pytest.raises((asyncpg.ForeignKeyViolationError, asyncpg.UniqueViolationError)):
            await database.execute(statement, course["there"], course["here"])


async def test_what_the_rules_promise_the_database_promises_too(database: Any) -> None:
    wrong = [
        "UPDATE work SET ends_at = starts_at",
        "UPDATE work SET duration_minutes = NULL",
        "UPDATE work SET duration_minutes = 0",
        "UPDATE work SET kind = 'homework'",
        "UPDATE work SET kind = 'essay', duration_minutes = NULL",
        "UPDATE work SET ocr = false",
        "UPDATE work SET max_attempts = 0",
        "UPDATE work SET status = 'lost'",
        "UPDATE task SET max_points = 0",
        "UPDATE criterion SET max_points = -1",
        "UPDATE criterion_score SET points = -1",
        "UPDATE regrade SET closed_at = NULL",
        "UPDATE regrade SET status = 'lost'",
        "UPDATE membership SET roles = '{}'",
        "UPDATE membership SET roles = '{owner}'",
        "UPDATE membership SET status = 'gone'",
        "UPDATE attempt SET status = 'paused'",
    ]
    for statement in wrong:
        with pytest.raises(asyncpg.CheckViolationError):
            await database.execute(statement)
    twice = [
        "UPDATE account SET username = 'OWNER' WHERE username = 'classmate'",
        "UPDATE course SET slug = 'here' WHERE slug = 'there'",
        "UPDATE photo SET number = 1, attempt_id = a.id FROM (SELECT id, course_id FROM attempt) a"
        " WHERE photo.course_id = a.course_id",
        "INSERT INTO assignment SELECT gen_random_uuid(), created_at, course_id, attempt_id, student_id, task_id,"
        " variant_id, number FROM assignment",
        "UPDATE regrade SET status = 'open', closed_at = NULL",
    ]
    for statement in twice:
        with pytest.raises(asyncpg.UniqueViolationError):
            await database.execute(statement)


async def test_one_active_attempt_per_student_and_work(database: Any) -> None:
    row = await database.fetchrow("SELECT * FROM attempt LIMIT 1")
    await database.execute("UPDATE attempt SET status = 'active' WHERE id = $1", row["id"])
    columns = [name for name, _ in row.items() if name not in ("id", "number")]
    copied = ", ".join(columns)
    insert = (
        f"INSERT INTO attempt (id, number, {copied}) SELECT gen_random_uuid(), $2, {copied} FROM attempt WHERE id = $1"
    )
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_attempt_active"):
        await database.execute(insert, row["id"], 2)
    await database.execute("UPDATE attempt SET status = 'expired' WHERE id = $1", row["id"])
    await database.execute(insert, row["id"], 2)


async def test_a_course_is_deleted_with_everything_in_it(database: Any) -> None:
    here = await database.fetchval("SELECT id FROM course WHERE slug = 'here'")
    await database.execute("DELETE FROM attempt WHERE course_id = $1", here)
    await database.execute("DELETE FROM course WHERE id = $1", here)
    for name in MAIN | {"work", "membership", "invite_code"}:
        assert await database.fetchval(f"SELECT count(*) FROM {name} WHERE course_id = $1", here) == 0
