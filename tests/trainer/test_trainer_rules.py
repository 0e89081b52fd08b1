"""Drawing, Leitner's boxes, and the checking of typed answers, by values."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.models import Answered
from picrete_gql.problems import Locale
from picrete_gql.rules.trainer import Card, TooFewTasks, after, drawn
from picrete_gql.rules.trainer_answers import SENTENCES, Reason, check, say

RIGHT, WRONG, UNSURE = Answered.RIGHT, Answered.WRONG, Answered.UNSURE
NOW = datetime(2026, 9, 1, tzinfo=UTC)
DAYS = [1, 3, 7]
TOLERANCE = Decimal("0.01")

ANSWERS = [
    ("5,85 г", "5,85 г", RIGHT, Reason.RIGHT),
    ("5,85 г", "5.85 g", RIGHT, Reason.RIGHT),
    ("5,85 г", "m(NaCl) = 5,85 г", RIGHT, Reason.RIGHT),
    ("5,85 г", "5850 мг", RIGHT, Reason.RIGHT),
    ("5,85 г", "0,00585 кг", RIGHT, Reason.RIGHT),
    ("5,85 г", "5,85", RIGHT, Reason.UNIT_MISSING),
    ("5,85 г", "5,9 г", RIGHT, Reason.RIGHT),
    ("5,85 г", "5,92 г", WRONG, Reason.OFF),
    ("5,85 г", "6 г", WRONG, Reason.OFF),
    ("5,85 г", "58,5 г", WRONG, Reason.OFF),
    ("5,85 г", "-5,85 г", WRONG, Reason.OFF),
    ("5,85 г", "5,85 моль", WRONG, Reason.UNIT_WRONG),
    ("5,85 г", "999 км", WRONG, Reason.UNIT_WRONG),
    ("5,85 г", "5,85 штук", UNSURE, Reason.UNCLEAR),
    ("5,85 г", "0,1 · 58,5", UNSURE, Reason.UNCLEAR),
    ("5,85 г", "не знаю", WRONG, Reason.NO_NUMBER),
    ("5,85 г", "1 г 2 г 3 г 5,85 г", UNSURE, Reason.TOO_MANY),
    ("0,1 моль/л", "100 ммоль/л", RIGHT, Reason.RIGHT),
    ("0,1 моль/л", "0,1 М", RIGHT, Reason.RIGHT),
    ("0,1 моль/л", "100 моль/м^3", RIGHT, Reason.RIGHT),
    ("25 %", "0,25", RIGHT, Reason.RIGHT),
    ("25 %", "25%", RIGHT, Reason.RIGHT),
    ("3,01·10^23", "3,01*10^23", RIGHT, Reason.RIGHT),
    ("3,01·10^23", "3,01·10^22", WRONG, Reason.OFF),
    ("0,1 моль; 2,24 л", "2,24 л и 0,1 моль", RIGHT, Reason.RIGHT),
    ("0,1 моль; 2,24 л", "0,1 моль", WRONG, Reason.TOO_FEW),
    ("0,1 моль; 2,24 л", "0,1 моль; 2,5 л", WRONG, Reason.OFF),
    ("2", "2", RIGHT, Reason.RIGHT),
    ("2", "2,5", WRONG, Reason.OFF),
    ("Ca3(PO4)2", "$\\ce{Ca3(PO4)2}$", RIGHT, Reason.RIGHT),
    ("Ca3(PO4)2", "Са3(РО4)2", RIGHT, Reason.RIGHT),  # Cyrillic letters
    ("Ca3(PO4)2", "CaHPO4", WRONG, Reason.OTHER_FORMULA),
    ("вправо", "Вправо.", RIGHT, Reason.RIGHT),
    ("вправо", "влево", UNSURE, Reason.OTHER_WORDS),
]


@pytest.mark.parametrize(
    ("answer", "typed", "verdict", "reason"), ANSWERS, ids=[f"{a} ← {t}" for a, t, _, _ in ANSWERS]
)
def test_a_typed_answer(answer: str, typed: str, verdict: Answered, reason: Reason) -> None:
    found = check(typed, answer, TOLERANCE)
    assert (found.verdict, found.reason) == (verdict, reason)


@given(st.text(max_size=60), st.sampled_from(sorted({answer for answer, *_ in ANSWERS})))
def test_no_text_makes_the_check_fall(typed: str, answer: str) -> None:
    assert check(typed, answer, TOLERANCE).verdict in Answered


@given(st.decimals("0.001", "9999", places=3))
def test_within_the_tolerance_is_right_and_beyond_it_is_not(value: Decimal) -> None:
    answer = f"{value:f} г".replace(".", ",")
    for factor, expected in (("1.009", RIGHT), ("0.991", RIGHT), ("1.011", WRONG), ("0.989", WRONG)):
        typed = f"{value * Decimal(factor):f} г".replace(".", ",")
        assert check(typed, answer, TOLERANCE).verdict is expected, (typed, answer)


def test_every_reason_has_its_sentences() -> None:
    assert set(SENTENCES) == set(Reason)
    assert all(say(reason.value, Locale.RU) != say(reason.value, Locale.EN) for reason in Reason)


CANDIDATES = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=40, unique=True)


@given(CANDIDATES, st.integers(0, 2**31 - 1), st.randoms(use_true_random=False), st.data())
def test_a_draw_depends_on_the_seed_alone(names: list[str], seed: int, mix: object, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(names)))
    candidates = [(name, name) for name in names]
    first = drawn(seed, candidates, count)
    assert len(set(first)) == count
    mix.shuffle(candidates)  # type: ignore[attr-defined]
    assert drawn(seed, candidates, count) == first
    # A task more in the bank pushes out one task of the draw at most.
    more = drawn(seed, [*candidates, ("a new task", "a new task")], count)
    assert len(set(first) - set(more)) <= 1


def test_seeds_differ_and_are_fair() -> None:
    candidates = [(f"{n}", n) for n in range(50)]
    draws = {tuple(drawn(seed, candidates, 10)) for seed in range(200)}
    assert len(draws) == 200
    seen = [n for draw in draws for n in draw]
    assert min(seen.count(n) for n in range(50)) > 15, "each about 40 times"


def test_too_few_says_how_many() -> None:
    with pytest.raises(TooFewTasks) as caught:
        drawn(1, [("a", 1), ("b", 2)], 3)
    assert caught.value.facts() == {"wanted": 3, "found": 2}


def test_what_failed_goes_through_the_boxes() -> None:
    new = Card(0, None)
    assert after(new, RIGHT, NOW, DAYS) == new, "what never failed need not come again"
    assert after(new, UNSURE, NOW, DAYS) == new
    card = after(new, WRONG, NOW, DAYS)
    assert card == Card(1, NOW + timedelta(days=1))
    assert after(card, RIGHT, NOW, DAYS) == card, "just after the answer was shown it proves nothing"
    assert after(card, UNSURE, NOW + timedelta(days=2), DAYS) == card
    now = NOW + timedelta(days=1)
    card = after(card, RIGHT, now, DAYS)
    assert card == Card(2, now + timedelta(days=3))
    now += timedelta(days=5)
    card = after(card, RIGHT, now, DAYS)
    assert card == Card(3, now + timedelta(days=7))
    assert after(card, WRONG, now, DAYS) == Card(1, now + timedelta(days=1)), "back to the first"
    assert after(card, RIGHT, now + timedelta(days=7), DAYS) == new, "out of the last"


@given(st.lists(st.tuples(st.sampled_from(list(Answered)), st.integers(0, 40)), max_size=30))
def test_the_boxes_hold_whatever_is_answered(story: list[tuple[Answered, int]]) -> None:
    card, now = Card(0, None), NOW
    for verdict, days in story:
        now += timedelta(days=days)
        card = after(card, verdict, now, DAYS)
        assert 0 <= card.box <= len(DAYS)
        assert (card.box == 0) is (card.due_at is None)
        assert verdict is not WRONG or card.box == 1
