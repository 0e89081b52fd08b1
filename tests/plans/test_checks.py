"""Kept answers are asked for together: whoever waits gets their own answer, whatever becomes of the others."""

import asyncio
from typing import Any

import pytest
from sqlmodel import col, update

from picrete_gql.models import Attempt, AttemptStatus
from picrete_gql.models.activity import PEOPLE
from picrete_gql.reads import Reads
from picrete_gql.resolvers import sign_ins, works
from picrete_gql.schema._plan.checks import STATEMENT
from tests.plans.both import planned, runner_of
from tests.schema.campus import Campus

TITLE = "query($id: ID!) { work(id: $id) { title } }"
OWN = "query($id: ID!) { attempt(id: $id) { status number } }"
MINE = "{ courses { nodes { title } } }"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that were read by, and how large the checks were."""
    found, ordinary = list[str](), Reads.row

    async def row(self: Reads, sql: str, values: Any) -> Any:
        found.append(sql)
        return await ordinary(self, sql, values)

    monkeypatch.setattr(Reads, "row", row)
    return found


def test_the_last_event_of_an_account_is_found_by_its_index() -> None:
    assert f"WHERE {PEOPLE}\n" in STATEMENT


async def test_many_at_once_share_statements_and_get_their_own_answers(campus: Campus, asked: list[str]) -> None:
    runner, id = runner_of(campus), f"work_{campus.here.work.id.hex}"
    names = ("teacher", "admin", "owner", "classmate")
    alone = {name: [await planned(runner, campus.of(name), text, **given) for text, given in questions(id)]
             for name in names}  # fmt: skip
    asked.clear()
    again = await asyncio.gather(*(
        planned(runner, campus.of(name), text, **given)
        for _ in range(4) for name in names for text, given in questions(id)
    ))  # fmt: skip
    assert again == [answer for _ in range(4) for name in names for answer in alone[name]]
    # A platform admin sees courses in which they have never been: their list is read each time.
    others = [sql for sql in asked if sql != STATEMENT]
    assert len(others) == 4 and 1 <= asked.count(STATEMENT) <= 8


def questions(id: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """What everybody asks."""
    return (TITLE, {"id": id}), (MINE, {})


async def test_among_those_who_wait_one_is_signed_out_and_one_gives_up(campus: Campus, asked: list[str]) -> None:
    runner, id = runner_of(campus), f"work_{campus.here.work.id.hex}"
    for name in ("teacher", "owner", "classmate"):
        assert await planned(runner, campus.of(name), TITLE, id=id)
    await sign_ins.sign_out(campus.of("classmate"))
    tasks = [
        asyncio.create_task(planned(runner, campus.of(name), TITLE, id=id))
        for name in ("teacher", "classmate", "owner", "teacher")
    ]
    await asyncio.sleep(0)
    tasks[0].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError) and found[1] is None and found[2] and found[3]
    await works.update(campus.of("admin"), campus.here.work.id, {"title": "Теперь иначе"})
    assert "Теперь иначе".encode() in (await planned(runner, campus.of("owner"), TITLE, id=id) or b"")


async def test_an_attempt_is_not_given_again_after_its_end(campus: Campus, asked: list[str]) -> None:
    runner, paper = runner_of(campus), campus.papers["owner"]
    id, owner = f"attempt_{paper.attempt.id.hex}", campus.of("owner")
    async with campus.runtime.sessions() as session:
        ends = campus.runtime.now().replace(year=campus.runtime.now().year + 1)
        mine = update(Attempt).where(col(Attempt.id) == paper.attempt.id)
        await session.execute(mine.values(status=AttemptStatus.ACTIVE, submitted_at=None, expires_at=ends))
        await session.commit()
    first = await planned(runner, owner, OWN, id=id)
    asked.clear()
    assert first and await planned(runner, owner, OWN, id=id) == first and asked == [STATEMENT]
    later, ordinary = ends.replace(microsecond=ends.microsecond), campus.runtime.now
    campus.runtime.now = lambda: later
    try:
        asked.clear()
        assert await planned(runner, owner, OWN, id=id) is None and STATEMENT not in asked
    finally:
        campus.runtime.now = ordinary
