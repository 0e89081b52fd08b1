"""Every fault of the reading provider, end to end through the job: what is read, what is flagged, what is paid."""

from typing import Any

import pytest

from picrete_gql.gateways.ocr.choose import open_ocr
from picrete_gql.models import OcrStatus, PhotoStatus, RunOutcome, SubmissionStatus
from picrete_gql.resolvers import pages, readings
from tests.attempts.steps import TEACHER, away, class_of, finalised, handed_in, pages_of, read, runs_of, submission_of
from tests.servers.datalab import DatalabServer
from tests.servers.stack import Servers
from tests.support.world import World

DONE, AGAIN, NO = RunOutcome.DONE, RunOutcome.UNAVAILABLE, RunOutcome.REFUSED


async def outcomes(world: World, attempt_id: Any) -> list[RunOutcome]:
    """How each line of the ledger ended."""
    return [run.outcome for run in await runs_of(world, attempt_id)]


@pytest.mark.parametrize(
    "fault",
    [
        "429",
        {"kind": "429", "retry_after": "1"},
        "500",
        "503",
        "529",
        "html502",
        "html200",
        "reset",
        "quota",
    ],
    ids=str,
)
async def test_what_passes_at_the_submit_is_tried_again(world: World, ocr: DatalabServer, fault: Any) -> None:
    _, work = await class_of(world, "ada")
    ocr.script([fault])
    attempt = await read(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.tries, page.failure, page.ticket_id) == (PhotoStatus.READY, 1, "", None)
    assert (await submission_of(world, attempt.id)).ocr_status is OcrStatus.IN_REVIEW
    assert await outcomes(world, attempt.id) == [AGAIN, DONE]
    assert ocr.submits == 1 and ocr.faults == []


async def test_an_answer_that_only_drips_is_not_waited_for(world: World, ocr: DatalabServer) -> None:
    world.runtime.settings.ocr.request_timeout = 1
    world.runtime.gateways.ocr = open_ocr(world.runtime.settings.ocr)
    _, work = await class_of(world, "ada")
    ocr.script([{"kind": "slow_body", "seconds": 30}])
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    assert await readings.read(world.system, page.id) is not None
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.tries) == (PhotoStatus.PENDING, 1)
    [run] = await runs_of(world, attempt.id)
    assert run.outcome is AGAIN and "within 1 s" in run.detail


@pytest.mark.parametrize("fault", ["429", "500", "529", "html502", "html200", "reset"])
async def test_what_passes_while_waiting_costs_only_a_turn(world: World, ocr: DatalabServer, fault: str) -> None:
    _, work = await class_of(world, "ada")
    ocr.script([f"{fault}@poll"] * 2)
    attempt = await read(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.tries) == (PhotoStatus.READY, 0)
    assert await outcomes(world, attempt.id) == [DONE]
    assert ocr.submits == 1 and ocr.faults == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("400", "Unsupported file type"),
        ("401", "Invalid API key"),
        ("403", "subscription"),
        ("413", "File too large"),
        ("422", "Field required"),
        ("redirect", "HTTP 307"),
        ("not_json", "HTTP 200"),
        ("success_false", "could not be opened"),
        ("complete_failed", "Could not read the page"),
        ("foreign_check_url", "key is not sent"),
        ("evil_check_url", "key is not sent"),
        ("403@poll", "subscription"),
    ],
)
async def test_what_will_not_pass_is_flagged_at_once(world: World, ocr: DatalabServer, fault: str, words: str) -> None:
    _, work = await class_of(world, "ada")
    ocr.script([fault])
    attempt = await read(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.lease_owner, page.ticket_id) == (PhotoStatus.FAILED, None, None)
    assert words in page.failure and ocr.key not in page.failure
    found = await submission_of(world, attempt.id)
    assert (found.status, found.ocr_status) == (SubmissionStatus.FLAGGED, OcrStatus.FAILED)
    assert [flag["flag"] for flag in found.flags] == ["ocr_failed"]
    assert await outcomes(world, attempt.id) == [NO]
    assert ocr.submits <= 1 and ocr.faults == []
    assert await pages.failures(await world.person(TEACHER), [page.id]) == [page.failure]
    assert await pages.failures(await world.person("ada"), [page.id]) == [None]


@pytest.mark.parametrize("fault", ["500", "quota", "reset"])
async def test_three_tries_are_all_there_are(world: World, ocr: DatalabServer, fault: str) -> None:
    _, work = await class_of(world, "ada")
    ocr.script([fault] * 5)
    attempt = await read(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.tries) == (PhotoStatus.FAILED, 3)
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.FLAGGED
    assert await outcomes(world, attempt.id) == [AGAIN] * 3
    assert ocr.submits == 0 and len(ocr.faults) == 2


@pytest.mark.parametrize("fault", ["no_geometry", "no_blocks", "no_page_info", "odd_geometry", "relative_check_url"])
async def test_an_odd_answer_is_still_a_reading(world: World, ocr: DatalabServer, fault: str) -> None:
    _, work = await class_of(world, "ada")
    ocr.script([fault])
    attempt = await read(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    [reading] = await pages.of_photos(await world.person("ada"), [page.id])
    assert reading is not None and "2H2 + O2 = 2H2O" in reading.text
    for block in reading.blocks:
        assert all(0 <= value <= 1 for point in block["polygon"] for value in point)
    assert bool(reading.blocks) is (fault != "no_blocks")
    await finalised(world, "ada", attempt)
    await world.jobs()
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.PRELIMINARY


async def test_the_wait_that_the_provider_asks_for_is_kept(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    ocr.script([{"kind": "429", "retry_after": "90"}, {"kind": "429", "retry_after": "999999"}])
    wait = await readings.read(world.system, page.id)
    assert wait is not None and wait.total_seconds() == 90
    world.clock.forward(seconds=89)
    assert await readings.read(world.system, page.id) is None
    assert await readings.stalled(world.system) == [], "nobody wakes it before its time"
    assert len(ocr.faults) == 1
    world.clock.forward(seconds=2)
    wait = await readings.read(world.system, page.id)
    assert wait is not None and wait.total_seconds() == world.runtime.settings.ocr.retry_after_most
    world.clock.forward(seconds=wait.total_seconds() + 6)
    assert await readings.stalled(world.system) == [page.id], "Redis may have forgotten it"
    assert await readings.read(world.system, page.id) is None
    assert [photo.status for photo in await pages_of(world, attempt.id)] == [PhotoStatus.READY]


async def test_without_a_wait_asked_for_the_tries_back_off(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    ocr.script(["500", "500", "500"])
    waits = []
    for _ in range(3):
        waits.append(await readings.read(world.system, page.id))
        world.clock.forward(seconds=10)
    assert [wait and wait.total_seconds() for wait in waits] == [0.2, 0.4, None]


@pytest.mark.parametrize("fault", ["404@poll", "gone@poll"])
async def test_a_lost_ticket_is_handed_in_again_once(world: World, ocr: DatalabServer, fault: str) -> None:
    _, work = await class_of(world, "ada")
    ocr.script([fault])
    attempt = await read(world, "ada", work)
    assert [page.status for page in await pages_of(world, attempt.id)] == [PhotoStatus.READY]
    assert ocr.submits == 2
    assert await outcomes(world, attempt.id) == [DONE]


async def test_a_provider_that_forgets_everything_is_given_up(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    ocr.script(["gone@poll"] * 20)
    attempt = await read(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.tries, page.ticket_id) == (PhotoStatus.FAILED, 3, None)
    assert ocr.submits == 6


async def test_a_page_that_takes_long_is_polled_on_and_not_paid_again(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    ocr.delay = 2
    attempt = await read(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    assert page.status is PhotoStatus.READY and page.tries >= 1
    assert ocr.submits == 1
    assert (await outcomes(world, attempt.id))[-2:] == [AGAIN, DONE]


async def test_a_page_that_never_ends_is_given_up_and_was_paid_once(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    ocr.script(["never"])
    attempt = await read(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.tries) == (PhotoStatus.FAILED, 3)
    assert "20 polls" in page.failure
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.FLAGGED
    assert ocr.submits == 1


async def test_a_quota_at_the_end_spends_the_ticket_and_waits(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    ocr.script(["complete_quota"])
    wait = await readings.read(world.system, page.id)
    assert wait is not None, "handing in at once would meet the same quota"
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.tries, page.ticket_id) == (PhotoStatus.PENDING, 1, None)
    assert ocr.submits == 1
    [run] = await runs_of(world, attempt.id)
    assert run.outcome is AGAIN and "Page rate limit exceeded" in run.detail
    world.clock.forward(seconds=1)
    assert await readings.read(world.system, page.id) is None
    assert [photo.status for photo in await pages_of(world, attempt.id)] == [PhotoStatus.READY]
    assert ocr.submits == 2, "a new ticket, not the dead one"


async def test_a_quota_that_stays_ends_after_three_tries(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    ocr.script(["complete_quota"] * 5)
    attempt = await read(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.tries, ocr.submits) == (PhotoStatus.FAILED, 3, 3)
    assert "Page rate limit exceeded" in page.failure


async def test_one_bad_page_flags_the_whole_but_the_others_are_read(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    ocr.script(["complete_failed"])
    attempt = await read(world, "ada", work, pages=3)
    states = [page.status for page in await pages_of(world, attempt.id)]
    assert sorted(states) == [PhotoStatus.FAILED, PhotoStatus.READY, PhotoStatus.READY]
    found = await submission_of(world, attempt.id)
    assert (found.status, found.ocr_status) == (SubmissionStatus.FLAGGED, OcrStatus.FAILED)


async def test_an_object_that_vanished_fails_the_page(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    await world.runtime.gateways.storage.remove(page.key)
    await world.jobs()
    [page] = await pages_of(world, attempt.id)
    assert page.status is PhotoStatus.FAILED and page.failure
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.FLAGGED
    assert ocr.requests == 0


async def test_our_own_store_may_be_away_for_longer_than_three_tries(
    world: World, ocr: DatalabServer, servers: Servers
) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    async with away(servers.stack.storage):
        for _ in range(5):
            assert await readings.read(world.system, page.id) is not None
            world.clock.forward(seconds=10)
    [page] = await pages_of(world, attempt.id)
    assert (page.status, page.tries, page.takes) == (PhotoStatus.PENDING, 0, 0)
    assert await readings.read(world.system, page.id) is None
    assert [photo.status for photo in await pages_of(world, attempt.id)] == [PhotoStatus.READY]
    assert await outcomes(world, attempt.id) == [AGAIN] * 5 + [DONE]
    assert ocr.submits == 1
