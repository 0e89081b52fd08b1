"""Who reads a page: one worker at a time, another one when it has died, nobody once a human has marked."""

import asyncio
from decimal import Decimal
from uuid import UUID

from uuid_utils.compat import uuid7

from picrete_gql.gateways.ocr import Recognition, Ticket
from picrete_gql.jobs.readings import wake
from picrete_gql.models import OcrStatus, PhotoStatus, RunOutcome, SubmissionStatus
from picrete_gql.problems import Unavailable
from picrete_gql.resolvers import grades, pages, photos, readings
from tests.attempts.steps import (
    TEACHER,
    at_once,
    class_of,
    eventually,
    handed_in,
    happened,
    pages_of,
    runs_of,
    submission_of,
)
from tests.servers.datalab import DatalabServer
from tests.support.world import World

FOUND = Recognition("text", "text", (), "late", "late")


async def taken(world: World, photo_id: UUID) -> tuple[UUID, readings.Taken | None]:
    """A worker takes a page; its name and what it got."""
    owner = uuid7()
    return owner, await readings.begin(world.system, photo_id, owner, "datalab", "accurate")


async def test_a_page_has_one_reader_also_when_ten_want_it(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    results = [got for _, got in await at_once(taken(world, page.id) for _ in range(10))]
    assert sum(got is not None for got in results) == 1
    assert len(await happened(world, "photo.started")) == 1


async def test_a_dead_worker_is_followed_by_one_that_resumes(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    dead, first = await taken(world, page.id)
    assert first is not None and first.ticket is None
    ticket = await world.runtime.gateways.ocr.submit(await world.runtime.gateways.storage.get(page.key))
    assert ticket is not None and await readings.keep_ticket(world.system, page.id, dead, ticket)
    world.clock.forward(seconds=2)
    assert await readings.renew(world.system, page.id, dead), "alive until here"
    world.clock.forward(seconds=2)
    assert (await taken(world, page.id))[1] is None, "its lease still holds"
    assert await readings.stalled(world.system) == []
    world.clock.forward(seconds=2)
    assert await readings.stalled(world.system) == [page.id]
    assert await readings.read(world.system, page.id) is None
    assert ocr.submits == 1, "the ticket was resumed"
    assert [run.outcome for run in await runs_of(world, attempt.id)] == [RunOutcome.LOST, RunOutcome.DONE]
    await nothing_counts(world, page.id, dead)


async def nothing_counts(world: World, photo_id: UUID, dead: UUID) -> None:
    """A worker that was thought dead comes back and reports."""
    before = await photos.get(world.system, photo_id)
    assert not await readings.renew(world.system, photo_id, dead)
    assert not await readings.keep_ticket(world.system, photo_id, dead, Ticket("x", "y"))
    assert not await readings.finish(world.system, photo_id, dead, FOUND, 1.0)
    assert not await readings.fail(world.system, photo_id, dead, "no", 1.0)
    assert await readings.postpone(world.system, photo_id, dead, Unavailable("ocr"), 1.0) is None
    after = await photos.get(world.system, photo_id)
    assert (after.status, after.tries, after.ticket_id) == (PhotoStatus.READY, before.tries, None)
    [reading] = await pages.of_photos(world.system, [photo_id])
    assert reading is not None and (reading.engine, reading.number) == ("datalab", 1)


async def test_pages_that_kill_their_workers_are_given_up(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    for _ in range(readings.MOST_TAKES):
        assert (await taken(world, page.id))[1] is not None
        world.clock.forward(seconds=4)
    assert (await taken(world, page.id))[1] is None
    [page] = await pages_of(world, attempt.id)
    assert page.status is PhotoStatus.FAILED and "died" in page.failure
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.FLAGGED
    assert await readings.stalled(world.system) == []


async def test_a_humans_mark_ends_the_reading_of_what_is_left(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work, pages=2)
    pages = await pages_of(world, attempt.id)
    owner, got = await taken(world, pages[0].id)
    assert got is not None
    found = await submission_of(world, attempt.id)
    await grades.override(await world.person(TEACHER), found.id, found.version, Decimal(3), "seen", {})
    assert await readings.finish(world.system, pages[0].id, owner, FOUND, 1.0), "what was read is kept"
    await world.jobs()
    marked = await submission_of(world, attempt.id)
    assert (marked.status, marked.final_points) == (SubmissionStatus.APPROVED, Decimal(3))
    assert ocr.requests == 0
    world.clock.forward(minutes=5)
    assert await readings.stalled(world.system) == [], "nobody is woken for it again and again"
    assert (await taken(world, pages[1].id))[1] is None


async def test_pages_are_read_three_at_a_time(world: World, ocr: DatalabServer) -> None:
    world.runtime.settings.ocr.max_polls, world.runtime.settings.ocr.lease_seconds = 100_000, 60
    _, work = await class_of(world, "ada")
    ocr.delay = 600
    attempt = await handed_in(world, "ada", work, pages=5)
    working = asyncio.create_task(world.jobs())

    async def three() -> bool:
        return ocr.submits == 3

    await eventually(three)
    await asyncio.sleep(0.3)
    assert await happened(world, "photo.started") == ["photo.started"] * 3
    ocr.delay = 0
    await asyncio.wait_for(working, 60)
    steps = [name for name in await happened(world, attempt_id=attempt.id) if name in ("photo.started", "photo.read")]
    running = [steps[:n].count("photo.started") - steps[:n].count("photo.read") for n in range(len(steps) + 1)]
    assert max(running) == 3 and steps.count("photo.read") == 5
    assert (await submission_of(world, attempt.id)).ocr_status is OcrStatus.IN_REVIEW


async def test_what_redis_forgot_the_sweeper_wakes(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work, pages=2)
    await world.runtime.gateways.redis.flushdb()
    assert await world.jobs() == 0
    world.clock.forward(seconds=6)
    await wake(world.system)
    await wake(world.system)
    assert await world.jobs() > 0
    assert {page.status for page in await pages_of(world, attempt.id)} == {PhotoStatus.READY}
    assert ocr.submits == 2, "each page once, however often the clock ticks"


async def test_the_same_page_woken_twice_is_read_once(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    await at_once(readings.read(world.system, page.id) for _ in range(5))

    async def ready() -> bool:
        return (await pages_of(world, attempt.id))[0].status is PhotoStatus.READY

    await eventually(ready)
    await world.jobs()
    assert ocr.submits == 1
    assert await happened(world, "photo.read") == ["photo.read"]
