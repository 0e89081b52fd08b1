"""Lists of works: filters, order, pages, and how many attempts are where."""

from datetime import timedelta

import pytest

from picrete_gql.models import Course, SubmissionStatus, Work, WorkKind, WorkStatus
from picrete_gql.paging import Ask
from picrete_gql.problems import Invalid
from picrete_gql.resolvers import attempts, grades, submissions, works
from tests.support.world import World


async def shelf(world: World, course: Course) -> dict[str, Work]:
    """A work of every status, the latest start first."""
    now = world.clock()
    past = {"starts_at": now - timedelta(hours=9), "ends_at": now + timedelta(minutes=1)}
    made = {
        "future": await world.work(course, "teacher", title="future", starts_at=now + timedelta(hours=1)),
        "draft": await world.work(course, "teacher", title="draft", publish=False, starts_at=now),
        "active": await world.work(course, "teacher", title="active", starts_at=now - timedelta(minutes=2)),
        "homework": await world.work(
            course,
            "teacher",
            title="homework",
            kind=WorkKind.HOMEWORK,
            duration_minutes=None,
            starts_at=now - timedelta(hours=3),
        ),
        "over": await world.work(course, "teacher", title="over", **past),
        "old": await world.work(course, "teacher", title="old", **past),
    }
    world.clock.forward(minutes=2)
    await works.tick(world.system)
    await works.archive(await world.person("teacher"), made["old"].id)
    return made


async def titles(world: World, name: str, course: Course, ask: Ask | None = None, *args: object) -> list[str]:
    """The titles that a person sees."""
    [page] = await works.of_courses(await world.person(name), [course.id], ask or Ask(), *args)
    return [work.title for work in page.rows]


async def test_filters_and_order(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    await shelf(world, course)
    everything = ["future", "draft", "active", "homework", "old", "over"]
    assert await titles(world, "teacher", course) == everything
    assert await titles(world, "student", course) == [title for title in everything if title != "draft"]
    for statuses, expected in (
        ((WorkStatus.DRAFT,), ["draft"]),
        ((WorkStatus.PUBLISHED,), ["future"]),
        ((WorkStatus.ACTIVE,), ["active", "homework"]),
        ((WorkStatus.COMPLETED, WorkStatus.ARCHIVED), ["old", "over"]),
    ):
        assert await titles(world, "teacher", course, None, statuses) == expected
    assert await titles(world, "teacher", course, None, (), WorkKind.HOMEWORK) == ["homework"]
    assert await titles(world, "student", course, None, (WorkStatus.DRAFT,)) == []
    assert await titles(world, "teacher", course, None, (WorkStatus.DRAFT,), WorkKind.HOMEWORK) == []


async def test_pages_of_works(world: World) -> None:
    course, other = await world.course("chem", "teacher", ["student"]), await world.course("other", "teacher")
    await shelf(world, course)
    teacher = await world.person("teacher")
    seen: list[str] = []
    after = None
    while True:
        page, empty = await works.of_courses(teacher, [course.id, other.id], Ask(4, after, total=True))
        assert page.total == 6 and empty.total == 0 and empty.rows == [] and not empty.has_next
        seen += [work.title for work in page.rows]
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert seen == ["future", "draft", "active", "homework", "old", "over"]
    [counted] = await works.of_courses(await world.person("student"), [course.id], Ask(1, total=True))
    assert counted.total == 5
    for wrong in (0, -1, 201):
        with pytest.raises(Invalid):
            await works.of_courses(teacher, [course.id], Ask(wrong))


async def test_counts_of_attempts_by_where_they_are(world: World) -> None:
    names = ["open", "waiting", "marked", "empty"]
    course = await world.course("chem", "teacher", names)
    work, unused = await world.work(course, "teacher"), await world.work(course, "teacher")
    started = {name: await world.start(name, work) for name in names}
    await world.photo("open", started["open"].id)
    await world.photo("waiting", started["waiting"].id)
    for name in names[1:]:
        await attempts.submit(await world.person(name), started[name].id)
    teacher = await world.person("teacher")
    [submission] = await submissions.of_attempts(teacher, [started["marked"].id])
    assert submission is not None
    await grades.override(teacher, submission.id, submission.version, submission.max_points, "хорошо", {})
    counts, none = await works.counts(teacher, [work.id, unused.id])
    assert counts is not None and none == []
    assert {count.state: count.attempts for count in counts} == {
        "active": 1,
        "uploaded": 1,
        "approved": 1,
        "preliminary": 1,
    }
    assert await works.counts(await world.person("open"), [work.id]) == [None]


async def test_an_open_attempt_without_a_photo_is_counted_as_active(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    work = await world.work(course, "teacher")
    await world.start("student", work)
    [counts] = await works.counts(await world.person("teacher"), [work.id])
    assert [(count.state, count.attempts) for count in counts or []] == [("active", 1)]


async def test_attempts_are_filtered_by_state_and_student(world: World) -> None:
    course = await world.course("chem", "teacher", ["one", "two"])
    work, teacher = await world.work(course, "teacher"), await world.person("teacher")
    one, two = await world.start("one", work), await world.start("two", work)
    await attempts.submit(await world.person("two"), two.id)

    async def ids(filter: attempts.Filter) -> list[object]:
        [page] = await attempts.of_works(teacher, [work.id], Ask(), filter)
        return [row.id for row in page.rows] if page else []

    assert await ids(attempts.Filter()) == [one.id, two.id]
    assert await ids(attempts.Filter((attempts.AttemptStatus.ACTIVE,))) == [one.id]
    assert await ids(attempts.Filter(submission_statuses=(SubmissionStatus.PRELIMINARY,))) == [two.id]
    assert await ids(attempts.Filter(student_id=world.people["one"].id)) == [one.id]
    assert await ids(attempts.Filter(student_id=world.people["teacher"].id)) == []
    assert await attempts.of_works(await world.person("one"), [work.id], Ask(), attempts.Filter()) == [None]
