"""The draft that a page saves by itself, and handing in."""

from typing import Any

import pytest

from picrete_gql.models import AttemptStatus
from picrete_gql.problems import Code, Conflict, Invalid, NotFound, RateLimited
from picrete_gql.resolvers import attempts
from picrete_gql.rules import attempts as rules
from tests.attempts.steps import TEACHER, at_once, class_of, happened
from tests.support.world import World

# {"a":"…"} around the text
AROUND = 8


async def test_a_draft_is_kept_once_in_ten_seconds(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    ada = await world.person("ada")
    draft = {"task1": {"text": "2H₂ + O₂", "done": True, "points": [1, 2.5, None]}}
    saved = await attempts.save(ada, attempt.id, draft)
    assert saved.draft == draft and saved.draft_saved_at is not None
    world.clock.forward(seconds=4)
    with pytest.raises(RateLimited) as soon:
        await attempts.save(ada, attempt.id, {"a": 1})
    assert soon.value.code is Code.RATE_LIMITED and 5 <= soon.value.retry_after <= 6
    assert (await attempts.get(ada, attempt.id)).draft == draft
    world.clock.forward(seconds=soon.value.retry_after)
    assert (await attempts.save(ada, attempt.id, {"a": 1})).draft == {"a": 1}
    assert await happened(world, "attempt.saved") == ["attempt.saved"] * 2


async def test_of_ten_drafts_at_once_one_is_kept(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    ada = await world.person("ada")
    results = await at_once(attempts.save(ada, attempt.id, {"n": n}) for n in range(10))
    [kept] = [result for result in results if not isinstance(result, Exception)]
    assert sum(isinstance(result, RateLimited) for result in results) == 9
    assert (await attempts.get(ada, attempt.id)).draft == kept.draft


async def test_a_draft_holds_64_kib_and_no_byte_more(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    ada = await world.person("ada")
    with pytest.raises(Invalid) as large:
        await attempts.save(ada, attempt.id, {"a": "x" * (64 * 1024 - AROUND + 1)})
    assert large.value.field == "draft"
    with pytest.raises(Invalid):
        await attempts.save(ada, attempt.id, {"a": "щ" * (33 * 1024)})
    await attempts.save(ada, attempt.id, {"a": "x" * (64 * 1024 - AROUND)})


@pytest.mark.parametrize(
    "draft",
    [
        {"a": object()},
        {1: 2},
        {"a": "\0"},
        {"a": "\ud800"},
        {"a": float("inf")},
        {"a": float("nan")},
        {"a": 2**70},
        [1],
        "text",
        None,
    ],
    ids=repr,
)
async def test_what_is_no_json_object_is_refused(world: World, draft: Any) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    with pytest.raises(Invalid):
        await attempts.save(await world.person("ada"), attempt.id, draft)
    assert (await attempts.get(await world.person("ada"), attempt.id)).draft == {}


async def test_a_closed_attempt_keeps_no_draft(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    attempt, late = await world.start("ada", work), await world.start("bob", work)
    for name in (TEACHER, "bob", "stranger"):
        with pytest.raises(NotFound):
            await attempts.save(await world.person(name), attempt.id, {})
    await attempts.submit(await world.person("ada"), attempt.id)
    with pytest.raises(rules.AttemptClosed):
        await attempts.save(await world.person("ada"), attempt.id, {})
    world.clock.forward(minutes=61)
    with pytest.raises(rules.DeadlinePassed):
        await attempts.save(await world.person("bob"), late.id, {})


async def test_submitting_again_gives_the_first_answer(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    ada = await world.person("ada")
    results = await at_once(attempts.submit(ada, attempt.id) for _ in range(10))
    assert {result.submitted_at for result in results} == {results[0].submitted_at}
    world.clock.forward(minutes=3)
    again = await attempts.submit(ada, attempt.id)
    assert (again.status, again.submitted_at) == (AttemptStatus.SUBMITTED, results[0].submitted_at)
    world.clock.forward(hours=5)
    assert (await attempts.submit(ada, attempt.id)).submitted_at == results[0].submitted_at
    assert await happened(world, "attempt.submitted") == ["attempt.submitted"]


async def test_only_its_student_hands_in(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    attempt = await world.start("ada", work)
    for name in (TEACHER, "bob", "stranger"):
        with pytest.raises(NotFound):
            await attempts.submit(await world.person(name), attempt.id)
    assert not issubclass(rules.AttemptClosed, Conflict)
    assert (await attempts.get(await world.person("ada"), attempt.id)).status is AttemptStatus.ACTIVE
