"""What goes over the wire, and what comes back."""

import asyncio
import json
import subprocess
import sys
from decimal import Decimal

import pytest

from picrete_gql import settings
from picrete_gql.gateways.llm.factory import open_llm
from picrete_gql.gateways.llm.openai_compatible import OpenAiCompatible
from picrete_gql.rules.precheck import Admit, DoubleBudget, Flag, FlagReason, Reask, decide
from tests.gateways.llm.asking import MESSAGES, SCHEMA, ask
from tests.rules.precheck.samples import PAGES, TASKS


async def test_a_question_and_its_answer(openai_server, llm):
    completion = await ask(llm)
    [call] = openai_server.calls
    assert call.body == {
        "model": "gpt-5",
        "messages": MESSAGES,
        "max_completion_tokens": 10_000,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
        },
    }
    assert call.idempotency_key == "run-1"
    assert call.authorization == "Bearer test-key"
    assert completion.finish_reason == "stop"
    assert completion.refusal is None
    assert completion.model == "gpt-5-2026-01-01"
    assert json.loads(completion.content)["total"] == 4.0
    assert 0 < completion.latency < 5


async def test_the_cost_is_by_the_prices_of_the_settings(openai_server, make_llm):
    completion = await ask(make_llm(openai_server, price_input="2", price_output="30"))
    assert completion.input_tokens > 100
    assert completion.output_tokens > 100
    assert completion.cost == (2 * completion.input_tokens + 30 * completion.output_tokens) / Decimal(1_000_000)
    assert isinstance(completion.cost, Decimal)


async def test_a_temperature_is_sent_only_when_set(openai_server, make_llm):
    await ask(make_llm(openai_server, temperature=0.2))
    assert openai_server.calls[0].body["temperature"] == 0.2


async def test_the_whole_way_from_question_to_proposal(openai_server, llm):
    completion = await ask(llm)
    decided = decide(completion.content, completion.finish_reason, completion.refusal, TASKS, PAGES)
    assert isinstance(decided, Admit)
    assert [str(score.points) for score in decided.proposal.scores] == ["1.20", "1.20", "1.60"]
    assert {score.quote for score in decided.proposal.scores} <= {
        "2H₂ + O₂ = 2H₂O",
        "m = 36 г",
        "2Fe + 3Cl2 → 2FeCl8",
    }
    assert all(score.block_id for score in decided.proposal.scores)
    assert r"$\frac{m}{M}$" in decided.proposal.scores[0].comment


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("fenced", Admit),
        ("prose", Admit),
        ("think", Admit),
        ("single_backslashes", Admit),
        ("length", DoubleBudget),
        ("length_null", DoubleBudget),
        ("content_filter", Flag),
        ("refusal", Flag),
        ("unreadable", Flag),
        *(
            (fault, Reask)
            for fault in ("null", "empty", "cut", "two_objects", "tool_calls", "wrong_sum", "invented_quote")
        ),
        *((fault, Reask) for fault in ("missing_criterion", "extra_criterion", "over_max", "negative", "nan")),
        *((fault, Reask) for fault in ("wrong_block", "wrong_page", "points_in_words")),
    ],
)
async def test_every_way_an_answer_can_be_wrong(openai_server, llm, fault, expected):
    openai_server.script([fault])
    completion = await ask(llm)
    decided = decide(completion.content, completion.finish_reason, completion.refusal, TASKS, PAGES)
    assert isinstance(decided, expected), decided
    if isinstance(decided, Flag):
        assert decided.reason is (FlagReason.UNREADABLE if fault == "unreadable" else FlagReason.PRECHECK_FAILED)
    if isinstance(decided, Admit):
        assert r"$\frac{m}{M}$, $\beta$, $\text{моль}$, $\nu$, $\rho$." in decided.proposal.scores[0].comment
    assert len(openai_server.calls) == 1


async def test_a_budget_that_is_too_small_cuts_and_twice_as_much_does_not(openai_server, llm):
    small = await ask(llm, max_tokens=150)
    assert (small.finish_reason, small.output_tokens) == ("length", 150)
    assert (await ask(llm, max_tokens=300)).finish_reason == "stop"


async def test_calls_run_side_by_side(openai_server, llm):
    openai_server.delay = 0.1
    await asyncio.gather(*(ask(llm, key=f"run-{n}") for n in range(8)))
    assert openai_server.peak == 8
    assert sorted(call.idempotency_key for call in openai_server.calls) == [f"run-{n}" for n in range(8)]


async def test_a_cancelled_question_stays_cancelled(openai_server, llm):
    openai_server.script(["hang"])
    asking = asyncio.create_task(ask(llm))
    while not openai_server.open:
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    openai_server.release()
    assert (await ask(llm)).finish_reason == "stop"


async def test_closing_twice_and_asking_again(openai_server, llm):
    await llm.close()
    await ask(llm)
    await llm.close()
    await llm.close()
    assert (await ask(llm)).content


async def test_the_environment_of_openai_does_not_meddle(openai_server, make_llm, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "other")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer other")
    await ask(make_llm(openai_server))
    [call] = openai_server.calls
    assert call.authorization == "Bearer test-key"
    assert not [value for value in call.headers.values() if "secret" in value or "other" in value]


def test_without_a_key_there_is_no_model():
    assert open_llm(settings.Llm()) is None
    assert open_llm(settings.Llm(key=" \n")) is None
    assert isinstance(open_llm(settings.Llm(key="k")), OpenAiCompatible)


@pytest.mark.parametrize("key", ["ключ", "a\nb"])
def test_a_key_that_is_none_is_refused_at_the_start_and_not_repeated(key):
    with pytest.raises(ValueError, match="characters") as refused:
        open_llm(settings.Llm(key=key))
    assert key not in str(refused.value)


async def test_a_key_from_a_file_may_end_in_a_line_end(openai_server, make_llm):
    assert (await ask(make_llm(openai_server, key="test-key\n"))).content


def test_openai_is_imported_only_when_it_is_needed():
    code = "import sys, picrete_gql.gateways.llm.factory; sys.exit('openai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


FIRST_QUESTION = """
import asyncio, sys, threading
from picrete_gql import settings
from picrete_gql.gateways.llm.factory import open_llm
from picrete_gql.problems import Unavailable
seen = set()
sys.addaudithook(lambda name, args: name == "import" and args[0] == "openai" and seen.add(threading.current_thread()))
async def main():
    llm = open_llm(settings.Llm(url="http://127.0.0.1:1/v1", key="k"))
    try:
        await llm.complete([], {}, max_tokens=1, idempotency_key="1")
    except Unavailable:
        sys.exit(0 if seen and threading.main_thread() not in seen else 3)
asyncio.run(main())
"""


def test_the_seconds_of_importing_openai_are_not_spent_on_the_loop():
    assert subprocess.run([sys.executable, "-c", FIRST_QUESTION], check=False).returncode == 0
