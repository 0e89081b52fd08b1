"""No correct solution is accused of anything, as it is, cut into lines, and with the noise of recognition."""

import random
from collections.abc import Iterator

import pytest

from picrete_gql.rules.chemistry import Finding, Verdict, check
from tests.rules.chemistry.solutions import SOLUTIONS
from tests.rules.chemistry.works import page, task

# Several of these are deliberately written so that a careful reader stays unsure: a rounded answer, a bare scheme.
MOST_UNSURE = 8


def accused(findings: list[Finding]) -> list[str]:
    return [f"{f.kind}: {f.quote!r} expected {f.expected!r}" for f in findings if f.verdict is Verdict.WRONG]


@pytest.mark.parametrize(("answer", "units", "text"), SOLUTIONS)
def test_a_correct_solution_is_not_accused(answer: str | None, units: str | None, text: str) -> None:
    whole = check([task(answer, units)], [page(text)])
    lines = check([task(answer, units)], [page(*text.split("\n"))])
    pages = check([task(answer, units)], [page(line) for line in text.split("\n")])
    assert [accused(whole), accused(lines), accused(pages)] == [[], [], []]
    assert all(f.quote in text for f in (*whole, *lines, *pages))


def test_most_correct_solutions_are_confirmed() -> None:
    findings = [f for answer, units, text in SOLUTIONS for f in check([task(answer, units)], [page(text)])]
    assert len(SOLUTIONS) >= 50
    assert sum(f.verdict is Verdict.UNSURE for f in findings) <= MOST_UNSURE
    assert sum(f.verdict is Verdict.OK for f in findings) >= 150


CONFUSED = {
    "О": "0", "O": "0", "0": "ОO", "l": "1I", "1": "lI", "З": "3", "3": "З", "5": "S", "S": "5", "8": "B", "B": "8",
    "г": "r", "т": "m", "н": "H", "Н": "H", "С": "C", "C": "С", "а": "a", "е": "e", "о": "o", "р": "p", ",": ". ",
    ".": ", ", "+": "t", "=": "-", "2": "Z", "6": "б", "9": "g", "·": ".*", "→": "=", "4": "Ч",
}  # fmt: skip
ANY = "абвгдежзийклмнопрстуabcdefghno0123456789,.-"


def noise(text: str, rate: float, chance: random.Random) -> Iterator[str]:
    """Six of ten damaged letters are misread, two are lost, two are followed by a stray sign."""
    for char in text:
        if char == "\n" or chance.random() >= rate:
            yield char
            continue
        kind = chance.random()
        if kind < 0.6:
            yield chance.choice(CONFUSED.get(char, ANY))
        elif kind >= 0.8:
            yield char + chance.choice(" .,'-")


@pytest.mark.parametrize(("rate", "most"), [(0.01, 0.012), (0.03, 0.03)])
def test_noise_rarely_turns_a_correct_page_into_an_accusation(rate: float, most: float) -> None:
    chance = random.Random(20)
    pages = [(a, u, "".join(noise(text, rate, chance))) for _ in range(15) for a, u, text in SOLUTIONS]
    wrong = sum(bool(accused(check([task(answer, units)], [page(text)]))) for answer, units, text in pages)
    assert wrong / len(pages) <= most
