"""Answers of servers that are compatible in their own way."""

import json
from decimal import Decimal

import pytest

from picrete_gql.gateways.llm import Completion
from picrete_gql.gateways.llm.reply import Prices, read_reply
from picrete_gql.gateways.llm.said import Said

PRICES = Prices(Decimal("1.25"), Decimal("10"))


def read(body) -> Completion | Said:
    return read_reply(body if isinstance(body, str) else json.dumps(body), "secret", PRICES, model="asked", latency=1.5)


def choice(**message):
    return {"choices": [{"message": message, "finish_reason": "stop"}]}


def test_what_is_left_out_is_nothing():
    completion = read({"choices": [{"message": {}}]})
    assert completion == Completion(None, "unknown", None, "asked", 0, 0, Decimal(0), 1.5)


def test_content_in_parts_is_joined():
    parts = [{"type": "text", "text": "{"}, "?", {"type": "image"}, {"type": "text", "text": "}"}]
    assert read(choice(content=parts)).content == "{}"


def test_content_can_be_stored_and_sent_on():
    completion = read(choice(content="a\ud800b", refusal="c\udfffd"))
    assert (completion.content, completion.refusal) == ("a?b", "c?d")


def test_an_empty_refusal_is_none():
    assert read(choice(content="x", refusal="")).refusal is None


@pytest.mark.parametrize(
    "usage",
    [
        None,
        [],
        "many",
        {"prompt_tokens": None, "completion_tokens": "5"},
        {"prompt_tokens": -1, "completion_tokens": 1.5},
    ],
)
def test_odd_usage_costs_nothing(usage):
    completion = read({**choice(content="x"), "usage": usage})
    assert (completion.input_tokens, completion.output_tokens, completion.cost) == (0, 0, 0)


def test_the_cost_is_exact():
    completion = read({**choice(content="x"), "usage": {"prompt_tokens": 1, "completion_tokens": 3}})
    assert completion.cost == Decimal("0.00003125")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "5",
        "{}",
        '{"choices": 5}',
        '{"choices": [5]}',
        '{"choices": [{"message": "x"}]}',
        "[" * 100_000,
        "<p>",
        {"error": {"message": "no"}},
        {"error": "no"},
        {"choices": [{"error": {"message": "no"}}]},
    ],
)
def test_no_answer_is_no_completion(body):
    assert isinstance(read(body), Said)
