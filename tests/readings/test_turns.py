"""Three pages at a time: the others wait as rows, and stand in nobody's way."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

from picrete_gql.jobs._turns import in_turn
from picrete_gql.jobs._worker import MAX_JOBS
from picrete_gql.models import OcrStatus, PhotoStatus, SubmissionStatus
from picrete_gql.models.photos import PhotoQueued
from picrete_gql.resolvers import readings
from picrete_gql.runtime import Places
from tests.attempts.steps import class_of, eventually, finalised, handed_in, pages_of, read, submission_of
from tests.servers.datalab import DatalabServer
from tests.support.world import World


async def test_a_crowd_of_pages_holds_up_no_other_job(world: World, ocr: DatalabServer) -> None:
    world.runtime.settings.ocr.max_polls, world.runtime.settings.ocr.lease_seconds = 100_000, 60
    _, work = await class_of(world, "ada", "bob")
    graded = await read(world, "ada", work)
    ocr.delay = 600
    await handed_in(world, "bob", work, pages=3)
    working = asyncio.create_task(world.jobs())

    async def taken() -> bool:
        return ocr.submits == 4

    await eventually(taken)
    for _ in range(MAX_JOBS + 10):
        lost = uuid4()
        await world.runtime.gateways.queue.wake("photo.read", str(lost), PhotoQueued(photo_id=lost).ids())
    await finalised(world, "ada", graded)

    async def prechecked() -> bool:
        return (await submission_of(world, graded.id)).status is SubmissionStatus.PRELIMINARY

    await eventually(prechecked)
    ocr.delay = 0
    await asyncio.wait_for(working, 60)


async def test_nobody_takes_what_another_of_the_same_process_has() -> None:
    """All look at the same list, in which a page stands until somebody has really begun with it."""
    left, taken, places = [uuid4() for _ in range(40)], Counter[UUID](), Places(8)

    async def work(subject: UUID) -> None:
        taken[subject] += 1
        await asyncio.sleep(0.01)
        left.remove(subject)

    async def waiting() -> list[UUID]:
        await asyncio.sleep(0)
        return list(left)

    async def wake(subject: UUID, after: timedelta | None) -> None:
        raise AssertionError("there is nothing to wake")

    await asyncio.gather(*(in_turn(places, subject, work, waiting, wake) for subject in left[:12]))
    assert not left and len(taken) == 40 and set(taken.values()) == {1} and not places.busy


async def test_who_finds_no_place_is_not_forgotten(world: World, ocr: DatalabServer) -> None:
    """All ten jobs are gone at once; the rows are read one after the other all the same, each once."""
    ocr.delay = 0.3
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work, pages=10)
    await world.jobs()
    assert {page.status for page in await pages_of(world, attempt.id)} == {PhotoStatus.READY}
    assert (await submission_of(world, attempt.id)).ocr_status is OcrStatus.IN_REVIEW
    assert ocr.submits == 10 and set(ocr.files.values()) == {1}


async def test_a_page_that_must_wait_does_not_stop_the_others(world: World, ocr: DatalabServer) -> None:
    world.runtime.settings.ocr.backoff_seconds = 30
    ocr.script(["500"])
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work, pages=5)
    working = asyncio.create_task(world.jobs())

    async def the_others() -> bool:
        states = [page.status for page in await pages_of(world, attempt.id)]
        return states.count(PhotoStatus.READY) == 4 and states.count(PhotoStatus.PENDING) == 1

    await eventually(the_others)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    world.clock.forward(seconds=31)
    [left] = await readings.stalled(world.system, quiet=0)
    assert await readings.read(world.system, left) is None
    assert (await submission_of(world, attempt.id)).ocr_status is OcrStatus.IN_REVIEW
