"""Jobs against humans and against each other: a human's mark stands, a dead worker's question is not a new one."""

import asyncio
from decimal import Decimal
from uuid import uuid4

import pytest

from picrete_gql.jobs.grades import wake
from picrete_gql.models import Attempt, PrecheckStatus, RunKind, RunOutcome, SubmissionStatus
from picrete_gql.problems import Unavailable
from picrete_gql.resolvers import attempts, grades, photos, prechecks
from picrete_gql.rules.precheck import Proposal
from tests import images
from tests.attempts.steps import (
    TEACHER,
    at_once,
    class_of,
    eventually,
    finalised,
    happened,
    read,
    runs_of,
    submission_of,
)
from tests.photos.test_photo_presigned import put
from tests.servers.openai_server import OpenAiServer
from tests.support.world import World


async def asked(llm: OpenAiServer, calls: int) -> None:
    """Until the model has been asked so often."""

    async def look() -> bool:
        return len(llm.calls) >= calls

    await eventually(look)


async def ready(world: World) -> Attempt:
    """An attempt whose precheck is queued."""
    _, work = await class_of(world, "ada")
    attempt = await read(world, "ada", work)
    await finalised(world, "ada", attempt)
    return attempt


@pytest.mark.parametrize("how", ["override", "reject"])
@pytest.mark.parametrize("noticed", [False, True], ids=["the answer comes first", "the lease is lost first"])
async def test_a_precheck_that_ends_after_a_humans_mark_changes_nothing(
    world: World, llm: OpenAiServer, how: str, noticed: bool
) -> None:
    attempt = await ready(world)
    llm.script(["hang"])
    job = asyncio.create_task(world.jobs())
    await asked(llm, 1)
    teacher, found = await world.person(TEACHER), await submission_of(world, attempt.id)
    if how == "override":
        marked = await grades.override(teacher, found.id, found.version, Decimal(2), "I have looked", {})
    else:
        marked = await grades.reject(teacher, found.id, found.version, "I have looked")
    if noticed:
        await asyncio.wait_for(job, 30)
    llm.release()
    await asyncio.wait_for(job, 30)
    after = await submission_of(world, attempt.id)
    assert (after.status, after.final_points, after.version) == (marked.status, marked.final_points, marked.version)
    assert (after.ai_points, after.precheck_status, after.lease_owner) == (None, PrecheckStatus.SKIPPED, None)
    [run] = [run for run in await runs_of(world, attempt.id) if run.kind is RunKind.PRECHECK]
    assert run.outcome is RunOutcome.SUPERSEDED and run.finished_at is not None
    assert "grade.proposed" not in await happened(world, attempt_id=attempt.id)
    world.clock.forward(minutes=5)
    assert await prechecks.stalled(world.system) == []
    await world.jobs()
    assert len(llm.calls) == 1


@pytest.mark.parametrize("before", [[], ["wrong_sum"], ["length"]], ids=["first", "second", "doubled"])
async def test_a_stopped_workers_question_is_asked_again_under_the_same_name(
    world: World, llm: OpenAiServer, before: list[str]
) -> None:
    attempt = await ready(world)
    llm.script([*before, "hang", *before])
    worker = asyncio.create_task(prechecks.propose(world.system, attempt.id))
    await asked(llm, len(before) + 1)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert len(llm.calls) == len(before) + 1
    # It has handed its turn back; one that was killed is waited for.
    assert await prechecks.stalled(world.system) == [attempt.id]
    await prechecks.propose(world.system, attempt.id)
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.PRELIMINARY
    questions = {(call.idempotency_key, str(call.body)) for call in llm.calls}
    assert len(llm.calls) == 2 * (len(before) + 1)
    assert len(questions) == len({key for key, _ in questions}) == len(before) + 1
    outcomes = [run.outcome for run in await runs_of(world, attempt.id) if run.kind is RunKind.PRECHECK]
    assert outcomes.count(RunOutcome.LOST) == 1 and outcomes[-1] is RunOutcome.DONE


async def test_a_worker_that_was_thought_dead_changes_nothing(world: World, llm: OpenAiServer) -> None:
    attempt = await ready(world)
    dead = uuid4()
    assert await prechecks.begin(world.system, attempt.id, dead) is not None
    run = await prechecks.ask(world.system, attempt.id, dead, "llm", "m", "", [])
    assert run is not None
    world.clock.forward(seconds=4)
    await prechecks.propose(world.system, attempt.id)
    before = await submission_of(world, attempt.id)
    assert not await prechecks.renew(world.system, attempt.id, dead)
    assert await prechecks.ask(world.system, attempt.id, dead, "llm", "m", "", []) is None
    assert not await prechecks.finish(world.system, run, dead, "late", Proposal((), "", Decimal(1)), None)
    assert await prechecks.postpone(world.system, attempt.id, dead, Unavailable("llm")) is None
    after = await submission_of(world, attempt.id)
    assert (after.version, after.ai_points, after.ai_engine) == (before.version, before.ai_points, before.ai_engine)


async def test_one_submission_is_prechecked_once_however_often_it_is_woken(world: World, llm: OpenAiServer) -> None:
    attempt = await ready(world)
    world.clock.forward(seconds=6)
    await wake(world.system)
    await at_once([*(prechecks.propose(world.system, attempt.id) for _ in range(5)), world.jobs()])

    async def proposed() -> bool:
        return (await submission_of(world, attempt.id)).precheck_status is PrecheckStatus.COMPLETED

    await eventually(proposed)
    assert len(llm.calls) == 1
    assert await happened(world, "grade.proposed") == ["grade.proposed"]


async def test_what_redis_forgot_the_sweeper_wakes(world: World, llm: OpenAiServer) -> None:
    attempt = await ready(world)
    await world.runtime.gateways.redis.flushdb()
    assert await world.jobs() == 0
    await wake(world.system)
    await world.jobs()
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.PRELIMINARY


async def test_a_mark_given_while_a_photo_is_on_its_way_stands_when_it_arrives(world: World) -> None:
    """Also in a work without reading, where the arrival is what ends the hand-in."""
    _, work = await class_of(world, "ada", ocr=False, precheck=False)
    attempt = await world.start("ada", work)
    ada, teacher = await world.person("ada"), await world.person(TEACHER)
    await world.photo("ada", attempt.id)
    ticket = await photos.begin_upload(ada, attempt.id, "slow.jpg")
    await attempts.submit(ada, attempt.id)
    found = await submission_of(world, attempt.id)
    marked = await grades.override(teacher, found.id, found.version, Decimal(7), "enough", {})
    await put(ticket.url, images.jpeg())
    await photos.confirm_upload(ada, ticket.photo.id)
    await world.jobs()
    await attempts.settle(world.system, attempt.id)
    after = await submission_of(world, attempt.id)
    assert (after.status, after.final_points, after.version) == (SubmissionStatus.APPROVED, 7, marked.version)
