"""What waits is read from the rows: it is seen when all workers are dead. A pause or a living worker is no waiting."""

from datetime import timedelta

from pydantic import SecretStr
from uuid_utils.compat import uuid7

from picrete_gql.models import Notice, NoticeKind
from picrete_gql.problems import Unavailable
from picrete_gql.resolvers import prechecks, queues, readings
from picrete_gql.settings import Telegram
from tests.attempts.steps import TEACHER, change, class_of, finalised, handed_in, pages_of, read
from tests.support.world import World

SLOW = 60


async def ensure_waiting(world: World, kind: str, count: int, seconds: float = 0) -> None:
    """So many of a kind wait, the oldest so long; the test itself takes its time too."""
    found = {one.kind: one for one in await queues.lengths(world.system)}[kind]
    assert found.count == count and (seconds <= found.oldest < seconds + SLOW if count else found.oldest == 0), found


async def test_a_page_waits_until_a_worker_takes_it_and_again_when_that_one_dies(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work, pages=2)
    world.clock.forward(seconds=90)
    await ensure_waiting(world, "photo.read", 2, 90)
    page, _ = await pages_of(world, attempt.id)
    assert await readings.begin(world.system, page.id, uuid7(), "datalab", "accurate")
    await ensure_waiting(world, "photo.read", 1, 90)
    world.clock.forward(seconds=13)
    await ensure_waiting(world, "photo.read", 2, 103)
    await world.jobs()
    await ensure_waiting(world, "photo.read", 0)


async def test_a_pause_before_another_try_is_no_waiting(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    owner = uuid7()
    await readings.begin(world.system, page.id, owner, "datalab", "accurate")
    assert await readings.postpone(world.system, page.id, owner, Unavailable("ocr", retry_after=600), 1.0)
    world.clock.forward(seconds=500)
    await ensure_waiting(world, "photo.read", 0)
    world.clock.forward(seconds=130)
    await ensure_waiting(world, "photo.read", 1, 30)


async def test_a_submission_waits_from_when_it_was_queued(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await read(world, "ada", work)
    world.clock.forward(seconds=600)
    await finalised(world, "ada", attempt)
    world.clock.forward(seconds=45)
    await ensure_waiting(world, "grade.propose", 1, 45)
    await prechecks.begin(world.system, attempt.id, uuid7())
    await ensure_waiting(world, "grade.propose", 0)


async def test_what_the_clock_should_have_done_waits_too(world: World) -> None:
    course, work = await class_of(world, "ada", "bob", duration_minutes=10)
    attempt = await world.start("ada", work)
    await world.photo("ada", attempt.id)
    await ensure_waiting(world, "attempt.expire", 0)
    world.clock.forward(minutes=12)
    await ensure_waiting(world, "attempt.expire", 1, 120)
    await read(world, "bob", await world.work(course, TEACHER))
    world.clock.forward(minutes=130)
    await ensure_waiting(world, "review.time-out", 1, 600)


async def test_a_closed_attempt_waits_once_its_grace_is_over(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    # As if the process had died between the end and the sending of the pages.
    await change(world, "UPDATE photo SET queued_at = NULL WHERE attempt_id = :id", id=attempt.id)
    await ensure_waiting(world, "attempt.settle", 0)
    world.clock.forward(seconds=world.runtime.settings.attempts.grace_control_seconds + 20)
    await ensure_waiting(world, "attempt.settle", 1, 20)


async def test_news_wait_for_their_moment_and_then_for_a_worker(world: World) -> None:
    await world.person("ada")
    now = world.clock()
    async with world.runtime.sessions() as session:
        due = now + timedelta(minutes=1)
        facts = {"account_id": world.people["ada"].id, "kind": NoticeKind.MARK, "subject_id": uuid7(), "about": now}
        session.add(Notice(**facts, due_at=due, created_at=now))
        await session.commit()
    assert "notice.send" not in {one.kind for one in await queues.lengths(world.system)}, "there is no bot"
    world.runtime.settings.telegram = Telegram(token=SecretStr("1:a"))
    await ensure_waiting(world, "notice.send", 0)
    world.clock.forward(seconds=75)
    await ensure_waiting(world, "notice.send", 1, 15)
