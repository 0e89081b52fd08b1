"""Texts that nobody wrote on paper: anything is survived, in time that grows with the length and no faster."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picrete_gql.rules.chemistry import check, parse
from picrete_gql.rules.chemistry.equations import find, judge
from tests.rules.chemistry.solutions import SOLUTIONS
from tests.rules.chemistry.works import page, task

TASKS = [task("5,85", "г", 1), task("NaCl", None, 2), task("увеличится", None, 3), task("5 г и 2 л", None, 4), task()]
BITS = [
    "H2", "SO4", "2-", "^2+", "+", "-", "=", "→", "->", "\n", " ", "Ответ", ":", "M(", ")", "(", "г/моль", "5,85",
    "10^", "·10", "\\frac{", "}", "\\ce{", "_", "$", "<sub>", "Задача", "1", "О", "0", "е", "e", "·5H2O", "[", "]", "½",
    "C1V1", "%", "№2", "1)", "\\overset{", "\\xrightarrow[", "{", "Cl", "\u200b", "\x00", "²⁻", "𝟓", "٣", "Ⅷ", "é",
]  # fmt: skip


@given(st.lists(st.sampled_from(BITS), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_heap_of_scraps_is_survived(text: str) -> None:
    for finding in check(TASKS, [page(text)]):
        assert finding.quote in text


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_survived_on_the_page_and_as_a_reference(text: str) -> None:
    check([task(text, text)], [page(text)])
    check([task(text), task("5,85", "г", 2)], [page(f"Ответ: {text}")])


@given(st.sampled_from([text for _, _, text in SOLUTIONS]), st.integers(0, 300), st.integers(0, 300))
@settings(deadline=None)
def test_any_piece_of_a_page_is_survived(text: str, start: int, length: int) -> None:
    check(TASKS, [page(text[start : start + length])])


UNITS = [
    "(", "(H", "[", "{", "\\", "\\frac{", "\\overset{", "^", "_", "$", "+", "=", "H2 + ", "H2+", "1 ", "1,", "1",
    "Ответ: ", "Ответ: 5 г ", "О т в е т ", "M(", "M(H2O)=", "M(H2O) = 1+1+", "Задача ", "1) ", "<sub", "&lt;", "H2O·",
    "Zn2+", "г/", "5 моль·", "\n", "+\n", "H2+\nO2+\n", "С0С0", "222 ", "H2 + O2 = H2O\n", "m = 5,85 г\n", "=(a", "(г,",
    "H v ", "~~", "<del>", "\\text{", "№", "-t", "C6H0", "e-", "1/", "1·10^",
]  # fmt: skip
SIZE = 20_000
SECONDS = 3.0


@pytest.mark.parametrize("unit", UNITS)
def test_repetition_costs_little(unit: str) -> None:
    text = (unit * SIZE)[:SIZE]
    started = time.perf_counter()
    check(TASKS, [page(text)])
    assert time.perf_counter() - started < SECONDS


def test_a_work_has_a_bounded_cost_and_bounded_findings() -> None:
    text = "H2 + O2 = H2O\nОтвет: 5 г\nM(NaCl)=60 г/моль\n" * 500
    started = time.perf_counter()
    findings = check([task("5,85", "г", n) for n in range(1, 200)], [page(*[text] * 20)])
    assert time.perf_counter() - started < 15
    assert len(findings) < 1_000


def test_speed_of_parsing_and_balancing() -> None:
    """Far below what one core does, so that a busy machine does not fail it."""
    formulas = ["H2O", "Ca(OH)2", "CuSO4·5H2O", "K4[Fe(CN)6]", "SO4^2-", "C6H12O6", "Al2(SO4)3", "KAl(SO4)2·12H2O"]
    started = time.perf_counter()
    for _ in range(250):
        for formula in formulas:
            parse(formula)
    assert 2_000 / (time.perf_counter() - started) > 5_000
    line = "K2Cr2O7 + FeSO4 + H2SO4 = K2SO4 + Fe2(SO4)3 + Cr2(SO4)3 + H2O"
    started = time.perf_counter()
    for _ in range(200):
        assert [judge(equation).corrected for equation in find(line)] != [None]
    assert 200 / (time.perf_counter() - started) > 300
