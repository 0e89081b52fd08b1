"""Works: what they must be, when they may be published, and what may still change then."""

from datetime import timedelta
from typing import Any

import pytest

from picrete_gql.models import Course, Release, Work, WorkKind, WorkStatus
from picrete_gql.problems import Conflict, Invalid, NotFound, Problem
from picrete_gql.resolvers import attempts, tasks, works
from picrete_gql.rules.attempts import DeadlinePassed, WorkNotStarted
from picrete_gql.rules.works import WorkFrozen, WorkHasAttempts, WorkIncomplete
from tests.support.world import World, task_plan

HOMEWORK: dict[str, Any] = {"kind": WorkKind.HOMEWORK, "duration_minutes": None}


async def draft(world: World, course: Course, **changes: Any) -> Work:
    """A draft with one task."""
    return await world.work(course, "teacher", publish=False, **changes)


async def test_what_a_work_must_be(world: World) -> None:
    course, now = await world.course("chem", "teacher"), world.clock()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"description": "x" * 20_001}, "description"),
        ({"ends_at": now - timedelta(minutes=1), "starts_at": now}, "endsAt"),
        ({"ends_at": now, "starts_at": now}, "endsAt"),
        ({"duration_minutes": None}, "durationMinutes"),
        ({"duration_minutes": 0}, "durationMinutes"),
        ({"duration_minutes": -5}, "durationMinutes"),
        ({"duration_minutes": 1441}, "durationMinutes"),
        ({"kind": WorkKind.HOMEWORK}, "durationMinutes"),
        ({"time_zone": "Mars/Olympus"}, "timeZone"),
        ({"time_zone": ""}, "timeZone"),
        ({"time_zone": "../../etc/passwd"}, "timeZone"),
        ({"max_attempts": 0}, "maxAttempts"),
        ({"max_attempts": 101}, "maxAttempts"),
        ({"ocr": False, "precheck": True}, "precheck"),
    ]
    for changes, field in wrong:
        with pytest.raises(Invalid) as caught:
            await world.work(course, "teacher", publish=False, task_count=0, **changes)
        assert caught.value.field == field, changes
    good: list[dict[str, Any]] = [
        HOMEWORK,
        {"title": "  Название  ", "duration_minutes": 1440, "max_attempts": 100},
        {"ocr": True, "precheck": False},
        {"ocr": False, "precheck": False, "time_zone": "Asia/Vladivostok"},
    ]
    for changes in good:
        made = await world.work(course, "teacher", publish=False, task_count=0, **changes)
        assert made.status is WorkStatus.DRAFT and made.title == made.title.strip()


async def test_drafts_are_for_teachers(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    work, student = await draft(world, course), await world.person("student")
    for call in (lambda: works.get(student, work.id), lambda: attempts.start(student, work.id)):
        with pytest.raises(NotFound):
            await call()
    assert await works.of_ids(student, [work.id]) == [None]
    assert (await works.get(await world.person("teacher"), work.id)).id == work.id


async def test_publishing_needs_tasks_with_variants_and_time_left(world: World) -> None:
    course, teacher = await world.course("chem", "teacher"), await world.person("teacher")
    work = await world.work(course, "teacher", publish=False, task_count=0)
    with pytest.raises(WorkIncomplete) as caught:
        await works.publish(teacher, work.id)
    assert caught.value.task_number is None
    await tasks.add(teacher, work.id, task_plan())
    empty = await tasks.add(teacher, work.id, task_plan(variants=0))
    with pytest.raises(WorkIncomplete) as caught:
        await works.publish(teacher, work.id)
    assert caught.value.task_number == 2
    await tasks.replace(teacher, empty.id, task_plan())
    assert (await works.publish(teacher, work.id)).status is WorkStatus.ACTIVE
    with pytest.raises(Conflict):
        await works.publish(teacher, work.id)
    late = await draft(world, course)
    world.clock.forward(hours=4)
    with pytest.raises(DeadlinePassed):
        await works.publish(teacher, late.id)


async def test_a_draft_changes_freely_but_stays_valid(world: World) -> None:
    course, teacher = await world.course("chem", "teacher"), await world.person("teacher")
    work = await draft(world, course)
    start = world.clock() + timedelta(days=1)
    changed = await works.update(
        teacher, work.id, {"starts_at": start, "ends_at": start + timedelta(hours=1), "max_attempts": 3, **HOMEWORK}
    )
    assert (changed.kind, changed.duration_minutes, changed.max_attempts) == (WorkKind.HOMEWORK, None, 3)
    for wrong in (
        {"duration_minutes": 5},
        {"kind": WorkKind.CONTROL},
        {"ends_at": start},
        {"title": " "},
        {"ocr": False},
        {"time_zone": "x"},
        {"max_attempts": -1},
    ):
        with pytest.raises(Invalid):
            await works.update(teacher, work.id, wrong)
    assert (await works.get(teacher, work.id)).title == "Контрольная"


async def test_after_publishing_only_what_cannot_hurt(world: World) -> None:
    course, teacher = await world.course("chem", "teacher"), await world.person("teacher")
    work = await world.work(course, "teacher", max_attempts=2)
    for field, value in {
        "starts_at": work.starts_at - timedelta(hours=1),
        "ends_at": work.ends_at - timedelta(seconds=1),
        "duration_minutes": 61,
        "max_attempts": 1,
        "ocr": False,
        "precheck": False,
        "kind": WorkKind.HOMEWORK,
        "time_zone": "UTC",
    }.items():
        with pytest.raises(WorkFrozen) as caught:
            await works.update(teacher, work.id, {field: value, "title": "Changed"})
        assert caught.value.field == field
    changes = {"title": "Иначе", "description": "…", "ends_at": work.ends_at + timedelta(hours=1), "max_attempts": 3}
    changed = await works.update(teacher, work.id, {**changes, "release": Release.MANUAL, "ocr": True})
    assert {key: getattr(changed, key) for key in changes} == changes
    assert changed.release is Release.MANUAL
    for frozen in (
        lambda: tasks.add(teacher, work.id, task_plan()),
        lambda: _first_task(world, work, lambda id: tasks.replace(teacher, id, task_plan())),
        lambda: _first_task(world, work, lambda id: tasks.remove(teacher, id)),
    ):
        with pytest.raises(WorkFrozen):
            await frozen()


async def _first_task(world: World, work: Work, act: Any) -> Any:
    [found] = await tasks.of_works(await world.person("teacher"), [work.id])
    assert found
    return await act(found[0].id)


async def test_a_finished_work_gets_no_later_end(world: World) -> None:
    course, teacher = await world.course("chem", "teacher"), await world.person("teacher")
    work = await world.work(course, "teacher")
    world.clock.forward(hours=4)
    with pytest.raises(WorkFrozen):
        await works.update(teacher, work.id, {"ends_at": world.clock() + timedelta(hours=1)})
    assert (await works.update(teacher, work.id, {"title": "Still"})).title == "Still"


async def test_unpublishing_while_nobody_has_begun(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    teacher = await world.person("teacher")
    work = await world.work(course, "teacher")
    assert (await works.unpublish(teacher, work.id)).status is WorkStatus.DRAFT
    with pytest.raises(Conflict):
        await works.unpublish(teacher, work.id)
    await works.publish(teacher, work.id)
    await world.start("student", work)
    with pytest.raises(WorkHasAttempts) as caught:
        await works.unpublish(teacher, work.id)
    assert caught.value.attempts == 1


async def test_archiving_a_finished_work(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    teacher, work = await world.person("teacher"), await world.work(course, "teacher")
    with pytest.raises(Conflict):
        await works.archive(teacher, work.id)
    world.clock.forward(hours=4)
    assert (await works.archive(teacher, work.id)).status is WorkStatus.ARCHIVED
    with pytest.raises(Conflict):
        await works.archive(teacher, work.id)
    with pytest.raises(Conflict):
        await works.unpublish(teacher, work.id)
    assert (await works.get(await world.person("student"), work.id)).status is WorkStatus.ARCHIVED


async def test_deleting_with_and_without_force(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    teacher = await world.person("teacher")
    plain = await world.work(course, "teacher")
    assert await works.remove(teacher, plain.id, force=False) == plain.id
    work = await world.work(course, "teacher")
    attempt = await world.start("student", work)
    await world.photo("student", attempt.id)
    await attempts.submit(await world.person("student"), attempt.id)
    with pytest.raises(WorkHasAttempts) as caught:
        await works.remove(teacher, work.id, force=False)
    assert caught.value.attempts == 1
    assert (await attempts.get(teacher, attempt.id)).id == attempt.id
    await works.remove(teacher, work.id, force=True)
    for call in (
        lambda: works.get(teacher, work.id),
        lambda: attempts.get(teacher, attempt.id),
        lambda: works.remove(teacher, work.id, force=True),
    ):
        with pytest.raises(NotFound):
            await call()
    # What was waiting for it finds nothing and fails nothing.
    await world.jobs()


async def test_starting_obeys_the_clock(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    now = world.clock()
    work = await world.work(course, "teacher", starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    assert work.status is WorkStatus.PUBLISHED
    with pytest.raises(WorkNotStarted):
        await world.start("student", work)
    world.clock.forward(hours=1)
    assert await world.start("student", work)
    world.clock.forward(hours=2)
    with pytest.raises(Problem):
        await world.start("student", work)
