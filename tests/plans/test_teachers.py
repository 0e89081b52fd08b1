"""Whoever teaches a course reads it as its seat does: as much as before and no more, and no longer than they may."""

import random
from typing import Any

import pytest
from sqlmodel import col, update

from picrete_gql.models import Account, Membership, MemberStatus
from picrete_gql.reads import Reads
from picrete_gql.resolvers import sign_ins
from picrete_gql.schema._door.runner import Runner
from tests.plans.both import difference, planned, runner_of, same, usual
from tests.plans.selections import selection
from tests.plans.test_levels import LISTS, of_work
from tests.schema.campus import Campus

TITLE = "query($id: ID!) { work(id: $id) { title course { title } attempts { totalCount } } }"


@pytest.fixture
def seats(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each statement that was read by, whether it was a teacher's."""
    found, ordinary = list[bool](), Reads.row

    async def row(self: Reads, sql: str, values: Any) -> Any:
        found.append("viewer.seat" in sql)
        return await ordinary(self, sql, values)

    monkeypatch.setattr(Reads, "row", row)
    return found


def reader(campus: Campus) -> Runner:
    """Plans at once, keeps nothing."""
    runner = runner_of(campus)
    runner.documents.answers.most = 0
    return runner


async def test_it_is_learned_from_the_first_read(campus: Campus, seats: list[bool]) -> None:
    runner, given = reader(campus), {"id": f"work_{campus.here.work.id.hex}"}
    for name, learned in (("teacher", True), ("admin", False), ("owner", False)):
        seats.clear()
        both = [await planned(runner, campus.of(name), TITLE, **given) for _ in range(2)]
        assert both[0] is not None and both[0] == both[1]
        assert seats == [False, learned], name


async def test_an_answer_is_kept_whichever_way_it_was_read(campus: Campus, seats: list[bool]) -> None:
    runner, given = runner_of(campus), {"id": f"work_{campus.here.work.id.hex}"}
    first = await planned(runner, campus.of("teacher"), TITLE, **given)
    seats.clear()
    assert first and first == await planned(runner, campus.of("teacher"), TITLE, **given)
    # The check is no teacher's, and nothing else was asked.
    assert seats == [False]


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_they_select_is_the_same(campus: Campus, seats: list[bool], seed: int) -> None:
    runner, dice, here = reader(campus), random.Random(seed), campus.here
    teacher, paper = campus.of("teacher"), campus.papers["owner"]
    assert await planned(runner, teacher, TITLE, id=f"work_{here.work.id.hex}")
    one = "query($id: ID!) {"
    roots = [
        (f"{one} course(id: $id)", "Course", f"course_{here.course.id.hex}"),
        (f"{one} work(id: $id)", "Work", f"work_{here.work.id.hex}"),
        (f"{one} work(id: $id)", "Work", f"work_{here.draft.id.hex}"),
        (f"{one} attempt(id: $id)", "Attempt", f"attempt_{paper.attempt.id.hex}"),
        (f"{one} photo(id: $id)", "Photo", f"photo_{paper.photos[0].id.hex}"),
    ]
    texts = [(f"{head} {selection(kind, 3, dice)} }}", id) for head, kind, id in roots for _ in range(3)]
    texts += [(of_work(listed), f"work_{here.work.id.hex}") for listed in LISTS]
    seats.clear()
    for text, id in texts:
        quick = await planned(runner, teacher, text, id=id)
        if quick is not None:
            slow = await usual(runner, teacher, text, id=id)
            assert same(quick, slow), f"{text}\n{difference(quick, slow)}"
    assert sum(seats) >= 8


async def test_what_is_not_theirs_is_read_as_anybody_reads_it(campus: Campus, seats: list[bool]) -> None:
    runner, teacher = reader(campus), campus.of("teacher")
    assert await planned(runner, teacher, TITLE, id=f"work_{campus.here.work.id.hex}")
    other = {"id": f"work_{campus.there.work.id.hex}"}
    assert await planned(runner, teacher, TITLE, **other) is None
    assert b"NOT_FOUND" in await usual(runner, teacher, TITLE, **other)
    # As a student of the other course they see what its students see.
    async with campus.runtime.sessions() as session:
        mine = Membership(
            course_id=campus.there.course.id, account_id=campus.people["teacher"].account.id,
            roles=["student"], status=MemberStatus.ACTIVE, created_at=campus.runtime.now(),
        )  # fmt: skip
        session.add(mine)
        await session.commit()
    text = "query($id: ID!) { work(id: $id) { title tasks { title } myAttempts { number } } }"
    quick, slow = await planned(runner, teacher, text, **other), await usual(runner, teacher, text, **other)
    assert quick is not None and same(quick, slow)


async def test_it_ends_at_once(campus: Campus, seats: list[bool]) -> None:
    runner, given = reader(campus), {"id": f"work_{campus.here.work.id.hex}"}
    teacher, account_id = campus.of("teacher"), campus.people["teacher"].account.id
    assert await planned(runner, teacher, TITLE, **given)

    async def suspended(status: MemberStatus) -> None:
        async with campus.runtime.sessions() as session:
            mine = update(Membership).where(col(Membership.account_id) == account_id)
            await session.execute(mine.values(status=status))
            await session.commit()

    await suspended(MemberStatus.SUSPENDED)
    assert await planned(runner, teacher, TITLE, **given) is None
    await suspended(MemberStatus.ACTIVE)
    assert await planned(runner, teacher, TITLE, **given)
    async with campus.runtime.sessions() as session:
        await session.execute(update(Account).where(col(Account.id) == account_id).values(is_active=False))
        await session.commit()
    assert await planned(runner, teacher, TITLE, **given) is None
    async with campus.runtime.sessions() as session:
        await session.execute(update(Account).where(col(Account.id) == account_id).values(is_active=True))
        await session.commit()
    assert await planned(runner, teacher, TITLE, **given) and seats[-1]
    await sign_ins.sign_out(teacher)
    assert await planned(runner, teacher, TITLE, **given) is None
