import pytest

from picrete_gql.rules.precheck import Admit, DoubleBudget, Flag, FlagReason, Reask, decide
from tests.rules.precheck.samples import PAGES, TASKS, good, said

GOOD = said(good())


def outcome(content=GOOD, finish="stop", refusal=None, **granted):
    return decide(content, finish, refusal, TASKS, PAGES, **granted)


def test_a_good_answer_is_admitted():
    decided = outcome()
    assert isinstance(decided, Admit)
    assert str(decided.proposal.total) == "4.25"


@pytest.mark.parametrize("content", [GOOD, GOOD[:50], None, ""])
def test_length_doubles_the_budget_once_whatever_came(content):
    assert outcome(content, "length") == DoubleBudget()
    assert outcome(content, "length", reasked=True) == DoubleBudget()
    assert outcome(content, "length", doubled=True) == Flag(FlagReason.PRECHECK_FAILED, "the answer was cut twice")


@pytest.mark.parametrize(
    ("content", "finish", "refusal"),
    [
        (None, "stop", "I can't help"),
        (None, "content_filter", None),
        (GOOD, "content_filter", None),
        (GOOD, "stop", "no"),
    ],
)
def test_a_refusal_goes_to_a_human_at_once(content, finish, refusal):
    decided = outcome(content, finish, refusal)
    assert isinstance(decided, Flag)
    assert decided.reason is FlagReason.PRECHECK_FAILED
    assert decided.detail


@pytest.mark.parametrize(
    ("content", "finish"),
    [
        (None, "stop"),
        ("  ", "stop"),
        ("полный балл", "stop"),
        (GOOD[:-9], "stop"),
        (GOOD, "tool_calls"),
        (GOOD, "unknown"),
        (GOOD, ""),
        (said({**good(), "total": 5}), "stop"),
    ],
)
def test_a_broken_answer_is_asked_again_once(content, finish):
    first, second = outcome(content, finish), outcome(content, finish, reasked=True)
    assert isinstance(first, Reask)
    assert first.reason
    assert second == Flag(FlagReason.PRECHECK_FAILED, first.reason)
    assert isinstance(outcome(content, finish, doubled=True), Reask)


def test_unreadable_is_flagged_with_its_reason():
    answer = said({**good(), "unreadable": True, "unreadable_reason": "Фото размыто."})
    assert outcome(answer) == Flag(FlagReason.UNREADABLE, "Фото размыто.")
