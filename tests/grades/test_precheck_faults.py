"""Every fault of the language model, end to end through the job: what is asked again, what is flagged, what is kept."""

from decimal import Decimal
from typing import Any

import pytest

from picrete_gql.models import PrecheckStatus, RunKind, RunOutcome, Submission, SubmissionStatus
from tests.attempts.steps import class_of, finalised, prechecked, read, runs_of, submission_of
from tests.servers.openai_server import OpenAiServer
from tests.support.world import World

DONE, AGAIN, NO, BAD = RunOutcome.DONE, RunOutcome.UNAVAILABLE, RunOutcome.REFUSED, RunOutcome.INADMISSIBLE


async def graded(world: World, llm: OpenAiServer, faults: list[Any]) -> tuple[Submission, list[RunOutcome]]:
    """A submission after a precheck by a model that does all this, and how each line of its ledger ended."""
    _, work = await class_of(world, "ada")
    llm.script(faults)
    found = await prechecked(world, "ada", work)
    runs = [run for run in await runs_of(world, found.attempt_id) if run.kind is RunKind.PRECHECK]
    return found, [run.outcome for run in runs]


def is_proposed(found: Submission) -> bool:
    """Ready for a teacher, with the points of the model (80 % of everything)."""
    return (
        (found.status, found.precheck_status) == (SubmissionStatus.PRELIMINARY, PrecheckStatus.COMPLETED)
        and found.ai_points == Decimal("8.00")
        and found.flags == []
        and found.lease_owner is None
    )


def flags(found: Submission) -> list[str]:
    """The flags of a submission that was given up, and nothing proposed."""
    assert (found.status, found.precheck_status) == (SubmissionStatus.FLAGGED, PrecheckStatus.FAILED)
    assert found.ai_points is None and found.final_points is None and found.lease_owner is None
    return [flag["flag"] for flag in found.flags]


@pytest.mark.parametrize(
    "fault",
    [
        "408",
        "409",
        "429",
        {"kind": "429", "retry_after": "1"},
        {"kind": "503", "retry_after_ms": "300"},
        "500",
        "error200",
        "html502",
        "html200",
        "text500",
        "not_json",
        "no_choices",
        "choice_error",
        "reset",
        "hang",
        {"kind": "slow_body", "seconds": 30},
    ],
    ids=str,
)
async def test_what_passes_is_asked_again(world: World, llm: OpenAiServer, fault: Any) -> None:
    if fault == "hang" or "seconds" in fault:
        world.runtime.settings.llm.timeout = 3
    found, outcomes = await graded(world, llm, [fault])
    assert is_proposed(found) and outcomes == [AGAIN, DONE]
    assert len(llm.calls) == 2 and found.tries == 1
    assert len({call.idempotency_key for call in llm.calls}) == 1, "the same question under the same name"
    assert llm.calls[0].body == llm.calls[1].body


@pytest.mark.parametrize(
    "fault", ["400", "401", "403", "404", "413", "422", "insufficient_quota", "billing", "html403", "redirect"]
)
async def test_what_will_not_pass_is_flagged_at_once(world: World, llm: OpenAiServer, fault: str) -> None:
    found, outcomes = await graded(world, llm, [fault])
    assert flags(found) == ["precheck_failed"] and outcomes == [NO]
    assert len(llm.calls) == 1
    [run] = [run for run in await runs_of(world, found.attempt_id) if run.kind is RunKind.PRECHECK]
    assert "HTTP" in run.detail and llm.key not in run.detail
    assert found.flags[0]["reason"] == run.detail


async def test_four_tries_are_all_there_are(world: World, llm: OpenAiServer) -> None:
    found, outcomes = await graded(world, llm, ["500"] * 6)
    assert flags(found) == ["precheck_failed"] and outcomes == [AGAIN] * 4
    assert len(llm.calls) == 4 and "HTTP 500" in found.flags[0]["reason"]


BROKEN = [
    "wrong_sum",
    "invented_quote",
    "missing_criterion",
    "extra_criterion",
    "over_max",
    "negative",
    "nan",
    "wrong_block",
    "wrong_page",
    "points_in_words",
    "cut",
    "null",
    "empty",
    "tool_calls",
]


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_answer_gets_one_second_question(world: World, llm: OpenAiServer, fault: str) -> None:
    found, outcomes = await graded(world, llm, [fault])
    assert is_proposed(found) and outcomes == [BAD, DONE]
    first, second = (call.body["messages"] for call in llm.calls)
    assert second[: len(first)] == first and "was not accepted" in second[-1]["content"]
    assert len({call.idempotency_key for call in llm.calls}) == 2, "another question has another name"
    bad = next(run for run in await runs_of(world, found.attempt_id) if run.outcome is BAD)
    assert bad.detail in second[-1]["content"], "the model is told what was wrong"
    assert bad.input_tokens > 0 and bad.cost > 0, "a useless answer was paid all the same"


@pytest.mark.parametrize("fault", ["wrong_sum", "invented_quote", "nan", "cut", "null"])
async def test_a_second_broken_answer_is_flagged(world: World, llm: OpenAiServer, fault: str) -> None:
    found, outcomes = await graded(world, llm, [fault, fault])
    assert flags(found) == ["precheck_failed"] and outcomes == [BAD, BAD]
    assert len(llm.calls) == 2


@pytest.mark.parametrize("fault", ["length", "length_null"])
async def test_a_cut_answer_gets_twice_the_room_once(world: World, llm: OpenAiServer, fault: str) -> None:
    found, outcomes = await graded(world, llm, [fault])
    assert is_proposed(found) and outcomes == [BAD, DONE]
    assert [call.body["max_completion_tokens"] for call in llm.calls] == [10_000, 20_000]
    assert llm.calls[0].body["messages"] == llm.calls[1].body["messages"]


async def test_an_answer_that_is_cut_twice_is_flagged(world: World, llm: OpenAiServer) -> None:
    found, outcomes = await graded(world, llm, ["length", "length_null"])
    assert flags(found) == ["precheck_failed"] and outcomes == [BAD, BAD]
    assert len(llm.calls) == 2


async def test_a_cut_and_a_broken_answer_each_have_their_second_chance(world: World, llm: OpenAiServer) -> None:
    found, outcomes = await graded(world, llm, ["length", "wrong_sum"])
    assert is_proposed(found) and outcomes == [BAD, BAD, DONE]
    assert len({call.idempotency_key for call in llm.calls}) == 3


@pytest.mark.parametrize("fault", ["refusal", "content_filter"])
async def test_a_refusal_is_for_a_human(world: World, llm: OpenAiServer, fault: str) -> None:
    found, outcomes = await graded(world, llm, [fault])
    assert flags(found) == ["precheck_failed"] and outcomes == [BAD]
    assert len(llm.calls) == 1


async def test_an_unreadable_work_is_for_a_human(world: World, llm: OpenAiServer) -> None:
    found, outcomes = await graded(world, llm, ["unreadable"])
    assert flags(found) == ["unreadable"] and outcomes == [BAD]
    assert found.flags[0]["reason"] == "Фото размыто."


@pytest.mark.parametrize("wrapped", ["fenced", "prose", "think", "single_backslashes"])
async def test_an_answer_in_a_wrapping_is_taken(world: World, llm: OpenAiServer, wrapped: str) -> None:
    found, outcomes = await graded(world, llm, [wrapped])
    assert is_proposed(found) and outcomes == [DONE]


async def test_an_older_server_is_asked_in_older_words(world: World, llm: OpenAiServer) -> None:
    llm.lacks = {"json_schema", "max_completion_tokens"}
    found, outcomes = await graded(world, llm, [])
    assert is_proposed(found) and outcomes == [DONE]
    assert llm.answered == 1


async def test_the_second_question_is_asked_again_under_its_own_name(world: World, llm: OpenAiServer) -> None:
    """The server fails just when the second question is asked: nothing is asked under a new name."""
    found, outcomes = await graded(world, llm, ["wrong_sum", "500", "wrong_sum"])
    assert is_proposed(found) and outcomes == [BAD, AGAIN, BAD, DONE]
    keys = [call.idempotency_key for call in llm.calls]
    assert keys[:2] == keys[2:] and len(set(keys)) == 2
    assert [call.body for call in llm.calls][:1] == [call.body for call in llm.calls][2:3]


async def test_while_the_model_is_away_nothing_is_lost(world: World, llm: OpenAiServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await read(world, "ada", work)
    llm.script([{"kind": "503", "retry_after": "1"}])
    queued = await finalised(world, "ada", attempt)
    assert queued.precheck_status is PrecheckStatus.QUEUED
    await world.jobs()
    assert is_proposed(await submission_of(world, attempt.id))
