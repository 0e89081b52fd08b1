"""Final answers against the reference."""

import pytest

from picrete_gql.rules.chemistry import Kind, Verdict, check
from tests.rules.chemistry.works import found, page, task, verdict

OK, WRONG, UNSURE = Verdict.OK, Verdict.WRONG, Verdict.UNSURE


@pytest.mark.parametrize(
    ("reference", "units", "answer", "value", "dimension"),
    [
        ("5,85", "г", "5,85 г", OK, OK),
        ("5,85", "г", "5,89 г", OK, OK),
        ("5,85", "г", "6,5 г", WRONG, OK),
        ("5,85", "г", "m(NaCl) = 0,1·58,5 = 5,85 г", OK, OK),
        ("5,85", "г", "5850 мг", OK, OK),
        ("5,85", "г", "5,85 кг", WRONG, OK),
        ("5,85", "г", "58,5 г", WRONG, OK),
        ("5,85", "г", "585 г", UNSURE, OK),
        ("5,85", "г", "5 85 г", UNSURE, OK),
        ("5,85", "г", "6 г", UNSURE, OK),
        ("5,85", "г", "5,85", OK, UNSURE),
        ("5,85", "г", "7,3", WRONG, UNSURE),
        ("5,85", "г", "5850", UNSURE, UNSURE),
        ("5,85", "г", "5,85 моль", UNSURE, WRONG),
        ("5,85", "г", "7 моль", WRONG, WRONG),
        ("5,85", "г", "5,85 г или 0,1 моль", OK, OK),
        ("5,85", "г", "5,3 г и 7,1 г", UNSURE, OK),
        ("5,85", "г", "не знаю", UNSURE, UNSURE),
        ("5,85", "г", "7,3 граммулек", UNSURE, UNSURE),
        ("22,4", "л", "22,4 дм", UNSURE, UNSURE),
        ("22,4", "л", "11,2 дм", UNSURE, UNSURE),
        ("0,5", "л", "500 мл", OK, OK),
        ("0,5", "л", "500 л", WRONG, OK),
        ("20", "%", "0,2", OK, UNSURE),
        ("20", "%", "20 %", OK, OK),
        ("0,2", None, "20%", OK, None),
        ("25", "%", "20%", WRONG, OK),
        ("1,5*10^-3", "моль/л", "0,0015 М", OK, OK),
        ("1,5*10^-3", "моль/л", "1,5·10⁻² моль/л", WRONG, OK),
        ("0", "°С", "273 К", UNSURE, OK),
        ("25", "°С", "298 К", OK, OK),
        ("-285,8", "кДж/моль", "285,8 кДж/моль", UNSURE, OK),
        ("m = 5,85 г", None, "5,85 г", OK, OK),
        ("5,6 г и 2,24 л", None, "2,24 л; 5,6 г", OK, OK),
        ("5,6 г и 2,24 л", None, "5,6 г; 3,36 л", WRONG, OK),
        ("2", None, "pH = 2", OK, None),
        ("2", "раза", "в 2 раза", OK, None),
        ("2", "раза", "в 4 раза", UNSURE, None),
        ("NaCl", None, "NаСl", OK, None),
        ("NaCl", None, "KCl", UNSURE, None),
        ("NaCl", None, "NaCl и KCl", UNSURE, None),
        ("NaCl", None, "соль NaCl", OK, None),
        ("увеличится", None, "Увеличится.", OK, None),
        ("увеличится", None, "не увеличится", UNSURE, None),
        ("1:2", None, "1 : 2", OK, None),
        ("1:2", None, "12", UNSURE, None),
        (None, None, "5 г", UNSURE, None),
    ],
)
def test_an_answer(
    reference: str | None, units: str | None, answer: str, value: Verdict, dimension: Verdict | None
) -> None:
    one = task(reference, units)
    assert verdict(Kind.ANSWER, f"Ответ: {answer}", one) is value
    assert verdict(Kind.DIMENSION, f"Ответ: {answer}", one) is dimension


@pytest.mark.parametrize(
    "label",
    ["Ответ: ", "ОТВЕТ: ", "Отвег: ", "0твет: ", "OTBET: ", "Ответ:\n", "Ответ. ", "Ответ - ", "Ответ ", "О т в е т: ",
     "Answer: ", "Answer = ", "Отв.: ", "**Ответ:** ", "\\textbf{Ответ:} ", "... Ответ: ", "Ответ (в граммах): ",
     "Ответы: "],
)  # fmt: skip
def test_the_label_as_it_is_read(label: str) -> None:
    assert verdict(Kind.ANSWER, f"Решение\n{label}6,5 г", task("5,85", "г")) is WRONG
    assert verdict(Kind.ANSWER, f"Решение\n{label}5,85 г", task("5,85", "г")) is OK


@pytest.mark.parametrize("text", ["Отчет: 5 г", "Ответ округлите до целых", "ответственность", "В ответе запишите 7 г"])
def test_what_is_no_label(text: str) -> None:
    (answer,) = [f for f in found(text, task("5,85", "г")) if f.kind is Kind.ANSWER]
    assert (answer.verdict, answer.found) == (UNSURE, None)


def test_without_the_word_a_right_result_is_right_and_another_one_no_accusation() -> None:
    assert verdict(Kind.ANSWER, "m = 0,1·58,5 = 5,85 г", task("5,85", "г")) is OK
    assert verdict(Kind.ANSWER, "m = 0,1·58,5 = 6,5 г", task("5,85", "г")) is UNSURE
    assert verdict(Kind.ANSWER, "m = 0,1·58,5 = 5,85", task("5,85")) is UNSURE


def test_the_last_answer_counts_but_a_right_one_before_it_protects() -> None:
    assert verdict(Kind.ANSWER, "Ответ: 6 л\nОтвет: 5,85 г", task("5,85", "г")) is OK
    assert verdict(Kind.ANSWER, "Ответ: 5,85 г\nОтвет: 7 г", task("5,85", "г")) is UNSURE


def test_a_slip_of_one_letter_after_a_right_result_is_not_told_from_a_misreading() -> None:
    one = task("5,85", "г")
    assert verdict(Kind.ANSWER, "m = 5,85 г\nОтвет: 5,35 г", one) is UNSURE
    assert verdict(Kind.ANSWER, "m = 5,35 г\nОтвет: 5,35 г", one) is WRONG
    assert verdict(Kind.ANSWER, "m = 5,85 г\nОтвет: 58,5 г", one) is WRONG
    assert verdict(Kind.ANSWER, "m = 5,85 г\nОтвет: 7,1 г", one) is WRONG


def test_tolerance_is_relative() -> None:
    assert verdict(Kind.ANSWER, "Ответ: 104,00 г", task("100", "г", tolerance="0.05")) is OK
    assert verdict(Kind.ANSWER, "Ответ: 106,00 г", task("100", "г", tolerance="0.05")) is WRONG
    assert verdict(Kind.ANSWER, "Ответ: 0,0104 г", task("0,01", "г", tolerance="0.05")) is OK
    assert verdict(Kind.ANSWER, "Ответ: 0,005", task("0")) is OK


def test_confidence_of_the_block_with_the_number_counts() -> None:
    assert verdict(Kind.ANSWER, "Ответ: 7 г", task("5,85", "г"), confidence=0.5) is UNSURE
    assert verdict(Kind.DIMENSION, "Ответ: 7 моль", task("5,85", "г"), confidence=0.5) is UNSURE
    assert verdict(Kind.ANSWER, "Ответ: 5,85 г", task("5,85", "г"), confidence=0.5) is OK


def test_the_finding_is_anchored() -> None:
    work = page("Решение", "Ответ:", "m = 7,3 г")
    (answer, dimension) = check([task("5,85", "г")], [work])
    assert (answer.photo_id, answer.block_id, answer.quote) == (work.photo_id, "b2", "7,3 г")
    assert (answer.expected, answer.found) == ("5,85 г", "m = 7,3 г")
    assert "7,3 г" in answer.explanation_ru
    assert "7,3 г" in answer.explanation_en
    assert dimension.verdict is OK
