"""The deadline: noticed by whoever comes first, and only once."""

from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from picrete_gql.models import Attempt, AttemptStatus, OcrStatus, PrecheckStatus, SubmissionStatus, WorkKind
from picrete_gql.problems import Invalid, NotFound
from picrete_gql.resolvers import attempts
from picrete_gql.rules import attempts as rules
from tests.attempts.steps import TEACHER, at_once, class_of, happened, seen, submission_of
from tests.servers.datalab import DatalabServer
from tests.support.world import World


async def by_students_read(world: World, attempt_id: UUID) -> None:
    await attempts.view(await world.person("ada"), attempt_id)


async def by_teachers_read(world: World, attempt_id: UUID) -> None:
    await attempts.view(await world.person(TEACHER), attempt_id)


async def by_submit(world: World, attempt_id: UUID) -> None:
    await attempts.submit(await world.person("ada"), attempt_id)


async def by_cron(world: World, attempt_id: UUID) -> None:
    assert await attempts.expire_due(world.system) == 1


@pytest.mark.parametrize("notice", [by_students_read, by_teachers_read, by_submit, by_cron])
async def test_whoever_notices_first_ends_it(world: World, notice: Callable[[World, UUID], Awaitable[None]]) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    await world.photo("ada", attempt.id)
    world.clock.forward(minutes=59)
    assert await attempts.expire_due(world.system) == 0
    world.clock.forward(minutes=1, seconds=1)
    await notice(world, attempt.id)
    ended = await attempts.get(await world.person("ada"), attempt.id)
    assert (ended.status, ended.submitted_at) == (AttemptStatus.EXPIRED, attempt.expires_at)
    for again in (by_students_read, by_teachers_read, by_submit):
        await again(world, attempt.id)
    assert await attempts.expire_due(world.system) == 0
    assert await happened(world, "attempt.expired") == ["attempt.expired"]
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.UPLOADED
    assert await happened(world, "photo.queued") == ["photo.queued"]


async def test_twenty_reads_two_crons_and_a_submit_end_it_once(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    await world.photo("ada", attempt.id)
    world.clock.forward(minutes=61)
    ada = await world.person("ada")
    reads = [attempts.view(ada, attempt.id) for _ in range(20)]
    results = await at_once(
        [*reads, attempts.expire_due(world.system), attempts.submit(ada, attempt.id), attempts.expire_due(world.system)]
    )
    answers = [result for result in results if isinstance(result, Attempt)]
    assert len(answers) == 21
    assert {(answer.status, answer.submitted_at) for answer in answers} == {(AttemptStatus.EXPIRED, attempt.expires_at)}
    assert await happened(world, "attempt.expired") == ["attempt.expired"]
    assert await happened(world, "photo.queued") == ["photo.queued"]


async def test_two_crons_share_the_work(world: World) -> None:
    names = [f"student{n}" for n in range(7)]
    _, work = await class_of(world, *names)
    for name in names:
        await world.start(name, work)
    world.clock.forward(minutes=61)
    ended = await at_once(attempts.expire_due(world.system) for _ in range(4))
    assert sum(ended) + await attempts.expire_due(world.system) == 7
    assert len(await happened(world, "attempt.expired")) == 7


async def test_submit_against_the_cron_has_one_winner(world: World) -> None:
    names = [f"student{n}" for n in range(8)]
    _, work = await class_of(world, *names)
    made = {name: await world.start(name, work) for name in names}
    for name, attempt in made.items():
        await world.photo(name, attempt.id)
    early, late = copy(world.runtime), copy(world.runtime)
    early.now = lambda: min(attempt.expires_at for attempt in made.values()) - timedelta(milliseconds=1)
    late.now = lambda: max(attempt.expires_at for attempt in made.values())
    people = {name: replace(await world.person(name), runtime=early) for name in names}
    system = replace(world.system, runtime=late)
    submits = [attempts.submit(people[name], attempt.id) for name, attempt in made.items()]
    *answers, ended, also = await at_once([*submits, attempts.expire_due(system), attempts.expire_due(system)])
    assert {answer.status for answer in answers} <= {AttemptStatus.SUBMITTED, AttemptStatus.EXPIRED}
    submitted = await happened(world, "attempt.submitted")
    expired = await happened(world, "attempt.expired")
    assert len(submitted) == [answer.status for answer in answers].count(AttemptStatus.SUBMITTED)
    assert len(expired) == ended + also == 8 - len(submitted)
    assert len(await happened(world, "photo.queued")) == 8
    for name, attempt in made.items():
        stored = await attempts.get(await world.person(name), attempt.id)
        by_student = stored.status is AttemptStatus.SUBMITTED
        assert stored.submitted_at == (early.now() if by_student else attempt.expires_at)


async def test_the_deadline_of_a_submitted_attempt_changes_nothing(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    submitted = await attempts.submit(await world.person("ada"), attempt.id)
    world.clock.forward(hours=2)
    assert await attempts.expire_due(world.system) == 0
    assert not await attempts.expire(world.system, attempt.id)
    after = await attempts.view(await world.person("ada"), attempt.id)
    assert (after.status, after.submitted_at) == (AttemptStatus.SUBMITTED, submitted.submitted_at)
    assert await happened(world, "attempt.expired") == []


@pytest.mark.parametrize("by_deadline", [True, False])
async def test_without_a_photo_zero_points_are_proposed_and_nothing_is_read(
    world: World, ocr: DatalabServer, by_deadline: bool
) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    if by_deadline:
        world.clock.forward(minutes=61)
        await attempts.expire_due(world.system)
    else:
        await attempts.submit(await world.person("ada"), attempt.id)
    await world.jobs()
    found = await submission_of(world, attempt.id)
    assert (found.status, found.ocr_status) == (SubmissionStatus.PRELIMINARY, OcrStatus.NOT_REQUIRED)
    assert (found.precheck_status, found.ai_points, found.final_points) == (PrecheckStatus.SKIPPED, Decimal(0), None)
    assert [flag["flag"] for flag in found.flags] == ["empty"]
    assert ocr.requests == 0
    assert await happened(world, "photo.queued") == []


@pytest.mark.parametrize(("kind", "grace"), [(WorkKind.CONTROL, 300), (WorkKind.HOMEWORK, 0)])
async def test_the_grace_forgives_the_network_for_so_long(world: World, kind: WorkKind, grace: int) -> None:
    minutes = 60 if kind is WorkKind.CONTROL else None
    _, work = await class_of(world, "ada", kind=kind, duration_minutes=minutes)
    attempt = await world.start("ada", work)
    ada = await world.person("ada")
    ends = attempt.expires_at
    if grace:
        world.clock.shift += ends - world.clock() + timedelta(seconds=grace - 5)
        answer = await attempts.submit(ada, attempt.id)
        assert (answer.status, answer.submitted_at) == (AttemptStatus.EXPIRED, ends)
    world.clock.shift += ends - world.clock() + timedelta(seconds=grace + 0.001)
    with pytest.raises(rules.DeadlinePassed) as late:
        await attempts.submit(ada, attempt.id)
    assert late.value.deadline == ends
    assert (await attempts.get(ada, attempt.id)).status is AttemptStatus.EXPIRED


async def test_more_time_moves_the_deadline_and_is_seen_live(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    attempt, other = await world.start("ada", work), await world.start("bob", work)
    teacher, ada = await world.person(TEACHER), await world.person("ada")
    live = attempts.watch(ada, attempt.id)
    assert (await anext(live)).expires_at == attempt.expires_at
    await attempts.extend(teacher, attempt.id, 10)
    await attempts.extend(teacher, attempt.id, 5)
    longer = attempt.expires_at + timedelta(minutes=15)
    assert (await seen(live, lambda now: now.extra_minutes == 15)).expires_at == longer
    await live.aclose()
    world.clock.forward(minutes=74)
    assert await attempts.expire_due(world.system) == 1, "only the other student's time is over"
    assert (await attempts.view(ada, attempt.id)).status is AttemptStatus.ACTIVE
    assert (await attempts.view(teacher, other.id)).status is AttemptStatus.EXPIRED
    world.clock.forward(minutes=2)
    assert (await attempts.view(ada, attempt.id)).submitted_at == longer


async def test_more_time_has_its_limits(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    teacher = await world.person(TEACHER)
    for minutes in (0, -5, 1441):
        with pytest.raises(Invalid):
            await attempts.extend(teacher, attempt.id, minutes)
    await attempts.extend(teacher, attempt.id, 1440)
    with pytest.raises(Invalid):
        await attempts.extend(teacher, attempt.id, 1)
    for name in ("ada", "stranger"):
        with pytest.raises(NotFound):
            await attempts.extend(await world.person(name), attempt.id, 1)
    await attempts.submit(await world.person("ada"), attempt.id)
    with pytest.raises(rules.AttemptClosed):
        await attempts.extend(teacher, attempt.id, 1)
