"""What passes for a rounding, how numbers are shown, and what one misread sign explains."""

from fractions import Fraction

import pytest

from picrete_gql.rules.chemistry import Kind, Verdict
from picrete_gql.rules.chemistry.quantities import find
from picrete_gql.rules.chemistry.rounding import agrees, shown
from tests.rules.chemistry.works import task, verdict


@pytest.mark.parametrize(
    ("stated", "places", "value", "fits"),
    [
        ("330", 0, "333", True),
        ("260", 0, "250", False),
        ("0.33", 2, "0.33333", True),
        ("0.34", 2, "0.33333", True),
        ("0.35", 2, "0.33333", False),
        ("2.5", 1, "2.4", False),
        ("6", 0, "5.85", True),
    ],
)
def test_rounding(stated: str, places: int, value: str, fits: bool) -> None:
    assert agrees(Fraction(stated), places, Fraction(value)) is fits


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("1/3", "0,33333"), ("123456", "123456"), ("1204" + "0" * 21, "1,204·10^24"), ("1/100000", "1·10^-5")],
)
def test_shown_to_a_person(value: str, text: str) -> None:
    assert shown(Fraction(value)) == text


def test_numbers_beyond_all_precision_are_shown() -> None:
    assert shown(Fraction(10) ** 30 + 1) == "1·10^30"


def test_a_word_may_follow_a_power() -> None:
    [found] = find("1,204·10^23 молекул")
    assert found.text == "1,204·10^23"


GIVEN = (
    "Дано: m(р-ра) = {}0 г, найти массовую долю соли в этом растворе.\nω = 12 / 150 = 0,08\nω = 0,08 = 8 %\nОтвет: 8 %"
)


def test_an_operand_that_stands_otherwise_elsewhere_was_misread() -> None:
    page = GIVEN.format("15").replace("/ 150", "/ 190") + "\nРаствор готовят в мерной колбе, соль растворяют полностью."
    assert verdict(Kind.ARITHMETIC, page, task("8", "%")) is Verdict.UNSURE
    again = page.replace("Дано: m(р-ра) = 150 г", "Дано: m(р-ра) = 190 г")
    assert verdict(Kind.ARITHMETIC, again, task("6,3", "%")) is Verdict.WRONG


@pytest.mark.parametrize(
    ("answer", "found"),
    [("8 %", Verdict.OK), ("9 %", Verdict.WRONG), ("80 %", Verdict.UNSURE), ("0 %", Verdict.UNSURE)],
)
def test_an_answer_below_a_right_result(answer: str, found: Verdict) -> None:
    text = GIVEN.format("15").replace("Ответ: 8 %", f"Ответ: {answer}")
    assert verdict(Kind.ANSWER, text, task("8", "%")) is found


def test_words_that_are_none_show_misreading() -> None:
    page = "Напишем уравнение реакции горения этилена:\nC2H4 + 3O2 = 2CO2 + H2O\n{} углекислый газ и вода."
    assert verdict(Kind.EQUATION, page.format("Образуются")) is Verdict.WRONG
    assert verdict(Kind.EQUATION, page.format("Обрзуются")) is Verdict.UNSURE


def test_a_wrong_conversion_whose_result_is_used_is_named() -> None:
    page = (
        "Переведём объём раствора в литры:\nV = 250 мл = 25 л\nКонцентрация раствора:\nc = n/V = 0,5 / 25 = 0,02 моль/л"
    )
    assert verdict(Kind.CONVERSION, page + "\nОтвет: 0,02 моль/л", task("2", "моль/л")) is Verdict.WRONG
