"""The activity feed: every event once and in order, whatever order they were committed in, resumable anywhere."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from picrete_gql.models import Work
from picrete_gql.problems import Invalid
from picrete_gql.resolvers import activity, attempts
from tests.attempts.steps import TEACHER, at_once, class_of, prechecked
from tests.support.world import World

INSERT = text(
    "INSERT INTO event (name, at, door, course_id, work_id, data)"
    " SELECT :name, now(), 'test', course_id, id, '{}' FROM work WHERE id = :work"
)


async def heard(world: World, work: Work, count: int, after: str | None = None) -> list[activity.Entry]:
    """So many entries of the feed, from a cursor or from the beginning."""
    from_start = after if after is not None else START
    feed = activity.watch_work(await world.person(TEACHER), work.id, from_start)
    found = []
    async with asyncio.timeout(20):
        while len(found) < count:
            found.append(await anext(feed))
    await feed.aclose()
    return found


START = "WzAsMF0"  # [0,0]


async def all_events(world: World, work_id: UUID) -> list[str]:
    """The names in the order in which they can be final."""
    async with world.runtime.sessions() as session:
        rows = await session.execute(
            text("SELECT name FROM event WHERE work_id = :id ORDER BY xid, id").bindparams(id=work_id)
        )
        return [row.name for row in rows]


async def test_the_feed_is_complete_and_can_be_resumed_at_every_place(world: World) -> None:
    _, work = await class_of(world, "ada")
    await prechecked(world, "ada", work, pages=2)
    names = await all_events(world, work.id)
    assert len(names) > 12
    whole = await heard(world, work, len(names))
    assert [entry.happening.name for entry in whole] == names
    assert len({entry.cursor for entry in whole}) == len(names)
    for place in (0, 5, len(names) - 2):
        rest = await heard(world, work, len(names) - place - 1, after=whole[place].cursor)
        assert [entry.cursor for entry in rest] == [entry.cursor for entry in whole[place + 1 :]]


async def test_without_a_cursor_it_begins_now(world: World) -> None:
    _, work = await class_of(world, "ada")
    feed = activity.watch_work(await world.person(TEACHER), work.id, None)
    first = asyncio.create_task(anext(feed))
    while str(work.id) not in world.runtime.gateways.bus.bells:
        await asyncio.sleep(0.01)
    attempt = await world.start("ada", work)
    entry = await asyncio.wait_for(first, 20)
    assert (entry.happening.name, entry.happening.attempt_id) == ("attempt.started", attempt.id)
    await feed.aclose()


async def test_a_slow_transaction_is_waited_for_and_not_missed(world: World) -> None:
    _, work = await class_of(world, "ada")
    start = await activity.end_of_work(await world.person(TEACHER), work.id)
    feed = activity.watch_work(await world.person(TEACHER), work.id, start)

    async with world.runtime.sessions() as slow:
        await slow.execute(INSERT, {"name": "slow", "work": work.id})
        async with world.runtime.sessions() as quick:
            await quick.execute(INSERT, {"name": "quick", "work": work.id})
            await quick.commit()
        first = asyncio.create_task(anext(feed))
        await asyncio.sleep(0.5)
        assert not first.done(), "the quick one must not overtake: the slow one would be missed for ever"
        await slow.commit()
    names = [(await asyncio.wait_for(first, 20)).happening.name, (await anext(feed)).happening.name]
    assert names == ["slow", "quick"]
    await feed.aclose()


async def test_many_writers_at_once_are_all_heard_once(world: World) -> None:
    names = [f"student{n}" for n in range(12)]
    _, work = await class_of(world, *names)
    teacher = await world.person(TEACHER)
    start = await activity.end_of_work(teacher, work.id)
    feed = activity.watch_work(teacher, work.id, start)
    found: list[Any] = []

    async def listen() -> None:
        async for entry in feed:
            found.append(entry)
            if len(found) == 24:
                return

    listening = asyncio.create_task(listen())
    made = await at_once(world.start(name, work) for name in names)
    people = [await world.person(name) for name in names]
    await at_once(attempts.submit(who, attempt.id) for who, attempt in zip(people, made, strict=True))
    await asyncio.wait_for(listening, 30)
    heard_of = [(entry.happening.name, entry.happening.attempt_id) for entry in found]
    assert len(set(heard_of)) == 24
    assert {name for name, _ in heard_of} == {"attempt.started", "attempt.submitted"}
    for attempt in made:
        places = [heard_of.index((name, attempt.id)) for name in ("attempt.started", "attempt.submitted")]
        assert places == sorted(places)


@pytest.mark.parametrize("cursor", ["", "x", "W10", "WzEsMl0x", "WyJhIiwiYiJd", "WzEsMiwzXQ", "bnVsbA"])
async def test_a_forged_cursor_is_refused(world: World, cursor: str) -> None:
    _, work = await class_of(world, "ada")
    with pytest.raises(Invalid):
        await anext(activity.watch_work(await world.person(TEACHER), work.id, cursor))
