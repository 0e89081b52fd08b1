"""Beginning an attempt: who may, when, how often, how many at once, and with which variants."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from picrete_gql.models import Assignment, Attempt, AttemptStatus, Variant, WorkKind
from picrete_gql.problems import Code, NotFound
from picrete_gql.resolvers import attempts
from picrete_gql.rules import attempts as rules
from tests.attempts.steps import TEACHER, at_once, class_of, happened, rows
from tests.support.world import World


async def test_a_control_work_runs_for_its_duration_but_not_beyond_the_work(world: World) -> None:
    course, work = await class_of(world, "ada", "bob")
    ada = await world.start("ada", work)
    assert ada.expires_at == ada.started_at + timedelta(minutes=60)
    assert (ada.number, ada.status, ada.submitted_at) == (1, AttemptStatus.ACTIVE, None)
    world.clock.forward(minutes=150)
    assert (await world.start("bob", work)).expires_at == work.ends_at
    homework = await world.work(course, TEACHER, kind=WorkKind.HOMEWORK, duration_minutes=None)
    assert (await world.start("bob", homework)).expires_at == homework.ends_at


async def test_each_refusal_has_its_code(world: World) -> None:
    course, work = await class_of(world, "ada", "bob")
    ada, now = await world.person("ada"), world.clock()
    draft = await world.work(course, TEACHER, publish=False)
    with pytest.raises(NotFound):
        await attempts.start(ada, draft.id)
    with pytest.raises(NotFound):
        await attempts.start(await world.person("stranger"), work.id)
    with pytest.raises(NotFound):
        await attempts.start(await world.person(TEACHER), work.id)
    later = await world.work(course, TEACHER, starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    with pytest.raises(rules.WorkNotStarted) as early:
        await attempts.start(ada, later.id)
    assert early.value.code is Code.WORK_NOT_STARTED and early.value.starts_at == later.starts_at
    await attempts.submit(ada, (await attempts.start(ada, work.id)).id)
    with pytest.raises(rules.AttemptsExhausted) as exhausted:
        await attempts.start(ada, work.id)
    assert exhausted.value.code is Code.ATTEMPTS_EXHAUSTED and exhausted.value.max_attempts == 1
    world.runtime.settings.limits.active_attempts = 0
    with pytest.raises(rules.CapacityReached) as full:
        await world.start("bob", work)
    assert full.value.code is Code.CAPACITY and full.value.retry_after > 0
    world.clock.forward(hours=3)
    with pytest.raises(rules.DeadlinePassed) as late:
        await world.start("bob", work)
    assert late.value.code is Code.DEADLINE_PASSED and late.value.deadline == work.ends_at


async def test_twenty_simultaneous_starts_are_one_attempt(world: World) -> None:
    _, work = await class_of(world, "ada", max_attempts=3)
    ada = await world.person("ada")
    started = await at_once(attempts.start(ada, work.id) for _ in range(20))
    assert {attempt.id for attempt in started} == {started[0].id}
    assert len(await rows(world, select(Attempt))) == 1
    assert await happened(world, "attempt.started") == ["attempt.started"]


async def test_starting_again_comes_back_even_when_nothing_is_left(world: World) -> None:
    _, work = await class_of(world, "ada")
    first = await world.start("ada", work)
    world.runtime.settings.limits.active_attempts = 1
    assert (await world.start("ada", work)).id == first.id


async def test_capacity_is_exact_under_a_race(world: World) -> None:
    names = [f"student{n}" for n in range(8)]
    _, work = await class_of(world, *names)
    world.runtime.settings.limits.active_attempts = 3
    people = [await world.person(name) for name in names]
    results = await at_once(attempts.start(person, work.id) for person in people)
    began = [result for result in results if isinstance(result, Attempt)]
    assert len(began) == 3
    assert sum(isinstance(result, rules.CapacityReached) for result in results) == 5
    owner = next(person for person in people if person.actor.account_id == began[0].student_id)
    await attempts.submit(owner, began[0].id)
    refused = people[next(n for n, result in enumerate(results) if not isinstance(result, Attempt))]
    assert (await attempts.start(refused, work.id)).status is AttemptStatus.ACTIVE


async def test_a_second_attempt_ends_a_first_one_that_nobody_ended(world: World) -> None:
    _, work = await class_of(world, "ada", max_attempts=2)
    first = await world.start("ada", work)
    world.clock.forward(minutes=61)
    second = await world.start("ada", work)
    assert (second.number, second.status) == (2, AttemptStatus.ACTIVE)
    ended = await attempts.get(await world.person("ada"), first.id)
    assert (ended.status, ended.submitted_at) == (AttemptStatus.EXPIRED, first.expires_at)
    assert await happened(world, "attempt.expired") == ["attempt.expired"]
    with pytest.raises(rules.AttemptsExhausted):
        await attempts.submit(await world.person("ada"), second.id)
        await world.start("ada", work)


async def test_every_task_gets_the_variant_that_the_seed_draws(world: World) -> None:
    _, work = await class_of(world, "ada", task_count=3)
    attempt = await world.start("ada", work)
    drawn = await rows(world, select(Assignment).where(Assignment.attempt_id == attempt.id))
    choices: dict[UUID, list[UUID]] = {}
    for variant in await rows(world, select(Variant).order_by(col(Variant.number))):
        choices.setdefault(variant.task_id, []).append(variant.id)
    assert {row.task_id: row.variant_id for row in drawn} == rules.draw(attempt.seed, choices)
    assert sorted(row.number for row in drawn) == [1, 2, 3]


def test_a_seed_draws_the_same_again_and_every_variant_has_its_turn() -> None:
    choices = {uuid4(): [uuid4() for _ in range(3)] for _ in range(2)}
    drawn = [rules.draw(seed, choices) for seed in range(60)]
    assert drawn == [rules.draw(seed, dict(reversed(choices.items()))) for seed in range(60)]
    for task, variants in choices.items():
        assert {draw[task] for draw in drawn} == set(variants)
    assert len({tuple(draw.values()) for draw in drawn}) == 9, "tasks are drawn independently"
