"""What is kept no longer than the settings say: when a paper is over, what is removed, holds, races."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from picrete_gql.jobs import retention as clock
from picrete_gql.models import Attempt, Criterion, Happening, ImageRemoval, Photo, Release, SignIn, Submission, Work
from picrete_gql.problems import NotFound
from picrete_gql.resolvers import attempts, grades, pages, photos, regrades, retention, sign_ins, works
from picrete_gql.rules.retention import ImageRemoved
from tests.attempts.steps import (
    TEACHER,
    at_once,
    class_of,
    handed_in,
    happened,
    pages_of,
    prechecked,
    rows,
    runs_of,
    submission_of,
)
from tests.support.world import World


@pytest.fixture
def settings(settings: Any) -> Any:
    """Everything is kept for thirty days."""
    for name in ("images_days", "drafts_days", "answers_days", "sign_ins_days"):
        setattr(settings.privacy, name, 30)
    return settings


async def marked(world: World, name: str, work: Work) -> Submission:
    """A submission with its mark."""
    found = await prechecked(world, name, work, pages=2)
    return await grades.approve(await world.person(TEACHER), found.id, found.version)


async def objects(world: World) -> int:
    """How many objects there are."""
    return len(await world.runtime.gateways.storage.list(""))


async def data_of(world: World, name: str) -> list[Any]:
    """What the events of a name say."""
    return await rows(world, select(Happening.data).where(Happening.name == name).order_by(Happening.id))


async def test_images_go_so_long_after_work_and_mark_are_over(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    found = await marked(world, "ada", work)
    attempt = await handed_in(world, "bob", work, pages=2)
    teacher = await world.person(TEACHER)
    world.clock.forward(days=29)
    await works.tick(world.system)
    assert await retention.run(world.system) == 0 and await objects(world) == 4
    # The mark is a month old now, but the work ended three hours later.
    world.clock.forward(days=1, minutes=5)
    assert await retention.remove_images(world.system) == []
    world.clock.forward(hours=4)
    await retention.run(world.system)
    removed = await pages_of(world, found.attempt_id)
    assert [page.image_removed_why for page in removed] == [ImageRemoval.RETENTION] * 2
    assert await photos.view_urls(teacher, [page.id for page in removed]) == [None, None]
    assert await data_of(world, "images.removed") == [{"photos": 2}]
    # Nobody has marked bob's, so nobody's mark loses what it will rest on.
    assert await objects(world) == 2
    assert all(page.image_removed_at is None for page in await pages_of(world, attempt.id))
    with pytest.raises(ImageRemoved):
        await pages.read_again(teacher, removed[0].id)
    # What was read is still there, so a precheck is still possible.
    again = await grades.precheck_again(teacher, found.id, (await submission_of(world, found.attempt_id)).version)
    await world.jobs()
    assert (await submission_of(world, found.attempt_id)).ai_points == found.ai_points, again
    assert await retention.run(world.system) == 0


async def test_the_archive_is_the_end_for_what_was_never_marked(world: World) -> None:
    _, work = await class_of(world, "ada", ocr=False, precheck=False)
    await handed_in(world, "ada", work)
    world.clock.forward(days=40)
    await works.tick(world.system)
    assert await retention.run(world.system) == 0
    await works.archive(await world.person(TEACHER), work.id)
    world.clock.forward(days=29)
    assert await retention.run(world.system) == 0
    world.clock.forward(days=2)
    assert await retention.run(world.system) == 1
    assert await objects(world) == 0


async def test_marks_that_are_not_released_keep_their_images(world: World) -> None:
    _, work = await class_of(world, "ada", release=Release.MANUAL)
    await marked(world, "ada", work)
    world.clock.forward(days=40)
    await works.tick(world.system)
    assert await retention.remove_images(world.system) == []
    await grades.release(await world.person(TEACHER), work.id)
    world.clock.forward(days=31)
    assert len(await retention.remove_images(world.system)) == 2


async def test_a_student_who_waits_for_another_look_keeps_the_pages(world: World) -> None:
    _, work = await class_of(world, "ada")
    found = await marked(world, "ada", work)
    ada = await world.person("ada")
    [criterion, *_] = await rows(world, select(Criterion).where(Criterion.work_id == work.id))
    regrade = await regrades.ask(ada, found.id, criterion.id, "please look again", None)
    world.clock.forward(days=400)
    await works.tick(world.system)
    assert await retention.remove_images(world.system) == []
    await regrades.withdraw(ada, regrade.id)
    assert len(await retention.remove_images(world.system)) == 2


async def test_zero_keeps_for_ever(world: World) -> None:
    of = world.runtime.settings.privacy
    of.images_days = of.drafts_days = of.answers_days = of.sign_ins_days = 0
    _, work = await class_of(world, "ada")
    await marked(world, "ada", work)
    await sign_ins.sign_in(await world.person("ada"), "ada", "password-of-ada")
    world.clock.forward(days=4000)
    await works.tick(world.system)
    assert await retention.run(world.system) == 0


async def test_a_hold_keeps_everything_until_it_is_lifted(world: World) -> None:
    _, work = await class_of(world, "ada")
    found = await marked(world, "ada", work)
    teacher, ada = await world.person(TEACHER), await world.person("ada")
    with pytest.raises(NotFound):
        await retention.hold(ada, work.id, "mine")
    held = await retention.hold(teacher, work.id, "appeal")
    assert held.held_at is not None and held.held_by == world.people[TEACHER].id
    assert await retention.holds_of_works(teacher, [work.id]) == [held]
    assert await retention.holds_of_works(ada, [work.id]) == [None]
    world.clock.forward(days=400)
    await works.tick(world.system)
    assert await retention.run(world.system) == 0
    assert any(run.answer for run in await runs_of(world, found.attempt_id))
    await retention.unhold(teacher, work.id)
    assert await retention.run(world.system) > 0
    assert await objects(world) == 0
    assert {"work.held", "work.unheld"} <= set(await happened(world))


async def test_drafts_answers_and_sign_ins_go_too(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    ada = await world.person("ada")
    await attempts.save(ada, attempt.id, {"text": "secret"})
    await world.photo("ada", attempt.id)
    await sign_ins.sign_in(ada, "ada", "password-of-ada")
    world.clock.forward(hours=4)
    await attempts.expire_due(world.system)
    await world.jobs()
    found = await submission_of(world, attempt.id)
    await grades.override(await world.person(TEACHER), found.id, found.version, found.max_points, "ok", {})
    world.clock.forward(days=31)
    await works.tick(world.system)
    assert (await rows(world, select(SignIn))) != []
    await retention.run(world.system)
    [kept] = await rows(world, select(Attempt))
    assert (kept.draft, kept.draft_saved_at) == ({}, None)
    # A sign-in lives thirty days by itself; it goes thirty days after that.
    assert len(await rows(world, select(SignIn))) == 1
    world.clock.forward(days=31)
    await retention.run(world.system)
    assert await rows(world, select(SignIn)) == []
    assert await data_of(world, "sign_ins.removed") == [{"sign_ins": 1}]
    assert await data_of(world, "drafts.removed") == [{"attempts": 1}]


async def test_raw_answers_go_and_the_ledger_stays(world: World) -> None:
    _, work = await class_of(world, "ada")
    found = await prechecked(world, "ada", work)
    before = await runs_of(world, found.attempt_id)
    assert [bool(run.answer) for run in before].count(True) == 1
    world.clock.forward(days=31)
    assert await retention.remove_answers(world.system) == 1
    after = await runs_of(world, found.attempt_id)
    assert not any(run.answer or run.detail for run in after)
    assert [(run.cost, run.input_tokens, run.evidence) for run in after] == [
        (run.cost, run.input_tokens, run.evidence) for run in before
    ]


async def test_batches_by_many_workers_at_once(world: World) -> None:
    world.runtime.settings.privacy.batch = 1
    names = ("ada", "bob", "cyd")
    _, work = await class_of(world, *names)
    for name in names:
        await marked(world, name, work)
    world.clock.forward(days=40)
    await works.tick(world.system)
    found = await at_once([retention.run(world.system) for _ in range(3)])
    while await retention.run(world.system):
        pass
    assert all(isinstance(count, int) for count in found)
    assert await objects(world) == 0
    assert sum(data["photos"] for data in await data_of(world, "images.removed")) == 6
    assert sum(data["answers"] for data in await data_of(world, "answers.removed")) == 3
    assert all(page.image_removed_at for page in await rows(world, select(Photo)))


async def test_the_clock_runs_it_once_an_hour(world: World) -> None:
    _, work = await class_of(world, "ada")
    await marked(world, "ada", work)
    world.clock.forward(days=40)
    await works.tick(world.system)
    now = world.clock()
    world.clock.forward(minutes=(39 - now.minute) % 60)
    await clock.run(world.system)
    assert await objects(world) == 2
    world.clock.forward(minutes=1)
    await clock.run(world.system)
    assert await objects(world) == 0
    assert timedelta() < world.clock() - now
