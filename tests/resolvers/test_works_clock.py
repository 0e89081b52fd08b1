"""Works and time: the clock begins and completes them, a later end moves the attempts that are open."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from picrete_gql.call import SYSTEM, Context
from picrete_gql.main import open_runtime
from picrete_gql.models import AttemptStatus, Course, Work, WorkKind, WorkStatus
from picrete_gql.resolvers import attempts, works
from picrete_gql.settings import Settings
from tests.support.world import World

HOMEWORK: dict[str, Any] = {"kind": WorkKind.HOMEWORK, "duration_minutes": None}


async def status(world: World, work: Work) -> WorkStatus:
    """Where a work stands."""
    return (await works.get(await world.person("teacher"), work.id)).status


async def soon(world: World, course: Course, minutes: int = 10) -> Work:
    """A published work that begins in so many minutes and is open for an hour."""
    start = world.clock() + timedelta(minutes=minutes)
    return await world.work(course, "teacher", starts_at=start, ends_at=start + timedelta(hours=1))


async def events(world: World, name: str) -> int:
    """How often something happened."""
    async with world.runtime.engine.connect() as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM event WHERE name = :name"), {"name": name}) or 0)


async def test_the_clock_begins_and_completes(world: World) -> None:
    course = await world.course("chem", "teacher")
    work, draft = await soon(world, course), await world.work(course, "teacher", publish=False)
    seen = []
    for minutes in (0, 9, 1, 59, 1, 60):
        world.clock.forward(minutes=minutes)
        while await works.tick(world.system):
            pass
        seen.append((await status(world, work)).value)
    assert seen == ["published", "published", "active", "active", "completed", "completed"]
    assert await status(world, draft) is WorkStatus.DRAFT
    assert [await events(world, name) for name in ("work.began", "work.completed")] == [1, 1]


async def test_a_work_whose_whole_time_passed_unseen_is_completed(world: World) -> None:
    course = await world.course("chem", "teacher")
    work = await soon(world, course)
    world.clock.forward(hours=5)
    assert await works.tick(world.system) == 1 and await works.tick(world.system) == 0
    assert await status(world, work) is WorkStatus.COMPLETED
    assert [await events(world, name) for name in ("work.began", "work.completed")] == [0, 1]


async def test_two_workers_turn_every_work_once(world: World, settings: Settings) -> None:
    course = await world.course("chem", "teacher")
    made = [await soon(world, course) for _ in range(12)]
    world.clock.forward(minutes=10)
    other = open_runtime(settings)
    other.now = world.clock
    second = Context(other, SYSTEM, door="job")
    turned = await asyncio.gather(*(works.tick(who) for who in (world.system, second) * 4))
    while rest := await works.tick(world.system):
        turned.append(rest)
    assert sum(turned) == 12 == await events(world, "work.began")
    assert {await status(world, work) for work in made} == {WorkStatus.ACTIVE}
    await other.close()


async def test_a_later_end_moves_open_homework_and_nothing_else(world: World) -> None:
    course = await world.course("chem", "teacher", ["open", "done"])
    work = await world.work(course, "teacher", **HOMEWORK)
    running, done = await world.start("open", work), await world.start("done", work)
    done = await attempts.submit(await world.person("done"), done.id)
    later = work.ends_at + timedelta(hours=2)
    await works.update(await world.person("teacher"), work.id, {"ends_at": later})
    assert (await attempts.get(await world.person("open"), running.id)).expires_at == later
    assert (await attempts.get(await world.person("done"), done.id)).expires_at == work.ends_at
    assert await events(world, "attempt.extended") == 1


async def test_a_later_end_gives_a_control_work_its_duration_back_but_no_more(world: World) -> None:
    course = await world.course("chem", "teacher", ["early", "late"])
    now = world.clock()
    work = await world.work(course, "teacher", ends_at=now + timedelta(minutes=90), duration_minutes=60)
    early = await world.start("early", work)
    world.clock.forward(minutes=50)
    late = await world.start("late", work)
    late = await attempts.extend(await world.person("teacher"), late.id, 5)
    assert early.expires_at == early.started_at + timedelta(minutes=60)
    assert late.expires_at == work.ends_at + timedelta(minutes=5)
    await works.update(await world.person("teacher"), work.id, {"ends_at": work.ends_at + timedelta(hours=3)})
    early = await attempts.get(await world.person("early"), early.id)
    late = await attempts.get(await world.person("late"), late.id)
    assert early.expires_at == early.started_at + timedelta(minutes=60)
    assert late.expires_at == late.started_at + timedelta(minutes=65)


async def test_a_moved_deadline_rings_at_whoever_watches(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    work = await world.work(course, "teacher", **HOMEWORK)
    attempt = await world.start("student", work)
    views = attempts.watch(await world.person("student"), attempt.id)
    assert (await anext(views)).expires_at == work.ends_at
    later = work.ends_at + timedelta(minutes=30)
    await works.update(await world.person("teacher"), work.id, {"ends_at": later})
    async with asyncio.timeout(10):
        async for seen in views:
            if seen.expires_at == later:
                break
    await views.aclose()


async def test_a_due_attempt_gets_no_new_life_by_a_later_end(world: World) -> None:
    """Its time was over when the work still ran, only nobody had noticed."""
    course = await world.course("chem", "teacher", ["student"])
    work = await world.work(course, "teacher", duration_minutes=10)
    attempt = await world.start("student", work)
    world.clock.forward(minutes=20)
    await works.update(await world.person("teacher"), work.id, {"ends_at": work.ends_at + timedelta(hours=1)})
    seen = await attempts.view(await world.person("student"), attempt.id)
    assert seen.status is AttemptStatus.EXPIRED and seen.submitted_at == attempt.expires_at
