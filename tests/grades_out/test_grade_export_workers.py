"""What the worker of an export goes through: progress, death, take-over, deletion, an absent store, expiry."""

import asyncio
import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import col, select

from picrete_gql import forgetting
from picrete_gql.call import Call
from picrete_gql.jobs import REACTIONS
from picrete_gql.jobs.grade_exports import clean, wake
from picrete_gql.models import Criterion, ExportFormat, ExportStatus, GradeExport, Happening, Submission, Task
from picrete_gql.problems import Locale, NotFound, Unavailable
from picrete_gql.resolvers import grade_exports, grades, queues
from picrete_gql.resolvers import grade_exports_writing as writing
from picrete_gql.resolvers.works import remove as remove_work
from picrete_gql.rules import grade_exports as rules
from picrete_gql.settings import Settings
from tests.attempts.steps import TEACHER, away, happened, rows
from tests.grades_out.steps import made, objects, saved, small_class
from tests.servers.stack import Servers
from tests.support.world import World

JSONL = ExportFormat.JSONL


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Each submission on its own, every step told, short pauses, a folder of its own."""
    some = {"batch": 1, "progress_seconds": 0, "backoff_seconds": 0.1, "lease_seconds": 3, "folder": str(tmp_path)}
    settings.grade_exports = settings.grade_exports.model_copy(update=some)
    return settings


async def asked(world: World) -> tuple[Any, Any, GradeExport]:
    """A teacher, their work, and an export that no worker has heard of yet."""
    _, work = await small_class(world)
    teacher = await world.person(TEACHER)
    export = await grade_exports.create(teacher, work.id, JSONL)
    return teacher, work, export


async def stored(world: World) -> list[str]:
    return [one.key for one in await world.runtime.gateways.storage.list("exports/")]


async def test_the_progress_is_seen(world: World) -> None:
    teacher, _, export = await asked(world)
    told: list[tuple[ExportStatus, int, int | None]] = []

    async def look() -> None:
        async for state in grade_exports.watch(teacher, export.id):
            told.append((state.status, state.done, state.total))
            if state.status is ExportStatus.READY:
                return

    watching = asyncio.create_task(look())
    while not told:
        await asyncio.sleep(0.01)
    assert told[0] == (ExportStatus.PENDING, 0, None)
    owner = uuid4()
    taken = await writing.begin(world.system, export.id, owner)
    assert taken is not None
    for done in (1, 2):
        assert await writing.advance(world.system, export.id, owner, done)
        while told[-1][1] != done:
            await asyncio.sleep(0.01)
    await writing.hand_back(world.system, export.id, owner)
    await world.jobs()
    await asyncio.wait_for(watching, 30)
    assert told[-1] == (ExportStatus.READY, 3, 3)
    assert (ExportStatus.PROCESSING, 1, 3) in told and (ExportStatus.PROCESSING, 2, 3) in told
    names = [name for name in await happened(world) if name.startswith("grade_export")]
    assert names[0] == "grade_export.queued" and names[-1] == "grade_export.ready"
    ours = [name for name in await happened(world) if name == "grade_export.advanced"]
    assert len(ours) == 2 + 3


async def test_a_killed_workers_export_is_taken_over(world: World) -> None:
    teacher, _, export = await asked(world)
    dead, key = uuid4(), "exports/late.jsonl"
    assert await writing.begin(world.system, export.id, dead) is not None
    assert await writing.begin(world.system, export.id, uuid4()) is None, "somebody works on it"
    await world.jobs()
    assert (await grade_exports.get(teacher, export.id)).status is ExportStatus.PROCESSING
    assert await writing.stalled(world.system) == []
    world.clock.forward(seconds=20)
    assert [row.id for row in await writing.stalled(world.system)] == [export.id]
    await wake(world.system)
    await world.jobs()
    done = await grade_exports.get(teacher, export.id)
    assert (done.status, done.takes) == (ExportStatus.READY, 2)
    # The dead one was only slow: whatever it says now changes nothing.
    assert not await writing.renew(world.system, export.id, dead)
    assert not await writing.advance(world.system, export.id, dead, 1)
    assert not await writing.finish(world.system, export.id, dead, key, 1)
    assert await writing.postpone(world.system, export.id, dead, Unavailable("storage")) is None
    assert await grade_exports.get(teacher, export.id) == done
    assert len(objects((await saved(teacher, done)).content)) == 3
    assert await writing.finish(world.system, export.id, dead, done.key or "", 1), "said twice is said once"


async def test_it_is_seen_how_long_exports_wait(world: World) -> None:
    async def waits() -> tuple[int, float]:
        [found] = [one for one in await queues.lengths(world.system) if one.kind == "grade_export.make"]
        return found.count, found.oldest

    _, _, export = await asked(world)
    world.clock.forward(seconds=90)
    count, seconds = await waits()
    assert count == 1 and seconds >= 90
    assert await writing.begin(world.system, export.id, uuid4()) is not None
    assert await waits() == (0, 0)
    world.clock.forward(seconds=20)
    assert (await waits())[0] == 1, "the lease of the dead is over"
    await world.jobs()
    await wake(world.system)
    await world.jobs()
    assert await waits() == (0, 0)


async def test_many_deaths_are_enough(world: World) -> None:
    teacher, _, export = await asked(world)
    for _ in range(writing.MOST_TAKES):
        assert await writing.begin(world.system, export.id, uuid4()) is not None
        world.clock.forward(seconds=20)
    await wake(world.system)
    await world.jobs()
    failed = await grade_exports.get(teacher, export.id)
    assert (failed.status, failed.failure) == (ExportStatus.FAILED, "given_up")


async def test_a_worker_that_is_stopped_hands_it_back(world: World, tmp_path: Path) -> None:
    teacher, _, export = await asked(world)
    world.runtime.settings.grade_exports.batch = 1
    making = asyncio.create_task(writing.make(world.system, export.id))
    while (await grade_exports.get(teacher, export.id)).done == 0:
        await asyncio.sleep(0.005)
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)
    row = await grade_exports.get(teacher, export.id)
    if row.status is not ExportStatus.READY:
        assert (row.lease_owner, row.takes) == (None, 0)
        assert await writing.make(world.system, export.id) is None
    assert (await grade_exports.get(teacher, export.id)).status is ExportStatus.READY
    assert os.listdir(tmp_path) == [], "nothing is left on the disk"


async def test_deleted_while_it_is_made(world: World) -> None:
    teacher, work, export = await asked(world)
    owner = uuid4()
    assert await writing.begin(world.system, export.id, owner) is not None
    view = grade_exports.watch(teacher, export.id)
    await anext(view)
    assert (await grade_exports.remove(teacher, export.id)).id == work.id
    with pytest.raises(NotFound):
        await anext(view)
    assert not await writing.renew(world.system, export.id, owner)
    await world.jobs()
    assert await stored(world) == []


async def test_an_end_that_comes_too_late_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher, _, export = await asked(world)
    put = world.runtime.gateways.storage.put_file

    async def slow(*given: Any) -> None:
        await put(*given)
        await grade_exports.remove(teacher, export.id)

    monkeypatch.setattr(world.runtime.gateways.storage, "put_file", slow)
    assert await writing.make(world.system, export.id) is None
    assert await stored(world) == []


async def test_the_store_goes_away(world: World, servers: Servers) -> None:
    teacher, _, export = await asked(world)
    async with away(servers.stack.storage):
        waits = await writing.make(world.system, export.id)
        assert waits == timedelta(seconds=0.1)
        assert (await grade_exports.get(teacher, export.id)).status is ExportStatus.PENDING
    world.clock.forward(seconds=1)
    assert await writing.make(world.system, export.id) is None
    done = await grade_exports.get(teacher, export.id)
    assert (done.status, done.tries, done.takes) == (ExportStatus.READY, 1, 1)


async def test_it_expires_with_its_file(world: World) -> None:
    teacher, work, export = await asked(world)
    await world.jobs()
    kept = await made(world, teacher, work, ExportFormat.CSV)
    assert len(await stored(world)) == 2
    orphan = f"exports/{work.course_id}/{uuid4()}/{uuid4()}.csv"
    await world.runtime.gateways.storage.put(orphan, b"names", "text/csv")
    await clean(world.system)
    assert len(await stored(world)) == 3
    world.clock.forward(hours=23)
    await grade_exports.remove_orphans(world.system)
    assert orphan not in await stored(world) and len(await stored(world)) == 2
    world.clock.forward(hours=2)
    await clean(world.system)
    assert await stored(world) == []
    for gone in (export, kept):
        with pytest.raises(NotFound):
            await grade_exports.get(teacher, gone.id)
    assert await happened(world, "grade_export.expired") == ["grade_export.expired"] * 2


async def test_a_deleted_work_takes_its_exports_along(world: World) -> None:
    teacher, work, export = await asked(world)
    await world.jobs()
    await remove_work(teacher, work.id, force=True)
    with pytest.raises(NotFound):
        await grade_exports.get(teacher, export.id)
    world.clock.forward(hours=1)
    await grade_exports.remove_orphans(world.system)
    assert await stored(world) == []


async def test_who_is_erased_is_gone_from_the_files_too(world: World) -> None:
    teacher, work, _ = await asked(world)
    other = await world.work(await world.course("other", "theo"), "theo")
    await world.jobs()
    theirs = await made(world, await world.person("theo"), other, JSONL)
    for name, left in (("ada", [theirs.id]), ("theo", [])):
        async with world.runtime.sessions() as session:
            call = Call(world.system, session, {})
            keys = await forgetting.objects_of(call, world.people[name].id)
            await forgetting.forget(call, world.people[name].id)
            await session.commit()
        assert len([key for key in keys if key.startswith(grade_exports.PREFIX)]) == 1
        assert await rows(world, select(GradeExport.id)) == left
    assert await made(world, teacher, work, JSONL), "the work can be exported again"


async def test_what_killed_workers_left_on_the_disk_is_removed(world: World, tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in ("picrete-export-old", "picrete-export-young", "else"))
    for folder in (old, young, other):
        folder.mkdir()
        (folder / "grades.csv").write_text("names")
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    await asked(world)
    assert await writing.remove_leftovers(world.system) == 1
    assert sorted(os.listdir(tmp_path)) == ["else", "picrete-export-young"]


async def test_the_event_wakes_the_job_and_the_audit_names_who_asked(world: World) -> None:
    assert [one.job for one in REACTIONS["grade_export.queued"]] == ["grade_export.make"]
    teacher, work, export = await asked(world)
    [event] = await rows(world, select(Happening).where(Happening.name == "grade_export.queued"))
    assert (event.actor_id, event.work_id, event.subject_id) == (teacher.actor.account_id, work.id, export.id)
    assert event.data == {"format": "jsonl"}


async def test_no_mark_is_half_a_mark(world: World) -> None:
    """A teacher changes the points of every criterion again and again while they are read."""
    _, work = await small_class(world)
    teacher = await world.person(TEACHER)
    rubric = await rows(world, select(Criterion).where(Criterion.work_id == work.id))
    [submission, *_] = await rows(world, select(Submission).order_by(col(Submission.id)))
    [task] = await rows(world, select(Task))
    head = rules.Head("work", "Europe/Moscow", Locale.EN, [(task, rubric)])
    reading, torn = True, []

    async def read() -> None:
        while reading:
            [entry] = await writing.batch(world.system, head, [submission.id])
            given = sum((line.teacher.points for line in entry.lines if line.teacher), Decimal(0))
            torn.append((entry.submission.final_points, given))

    readers = [asyncio.create_task(read()) for _ in range(2)]
    version = submission.version
    for n in range(25):
        marks = {row.id: grades.Mark(Decimal(n % 5), "") for row in rubric}
        done = await grades.override(teacher, submission.id, version, Decimal(2 * (n % 5)), "again", marks)
        version = done.version
    reading = False
    await asyncio.gather(*readers)
    assert len(torn) > 10 and all(whole == parts for whole, parts in torn), torn
