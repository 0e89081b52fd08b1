"""What its author has compared with the paper is not explained by misreading any more."""

from decimal import Decimal
from uuid import uuid4

import pytest

from picrete_gql.rules import chemistry
from picrete_gql.rules.chemistry import Block, Finding, Kind, Page, Task, Verdict

NOISY = """Задaча 2
Дано: mj = 150 г
wl = 10 %
m(NaCl) = 150 * 0,1 = 15 г
m2 = 150 + 50 = 200 г
w2 = 15 / 200 = 0,085
Отвeт: 8,5 %"""
HALF = "M(CaCO3) = 40 + 12 + 16 = 68 г/моль\nMg + O2 = MgO\nОтвет: 7,5 %"


def check(text: str, confirmed: bool, confidence: float | None = None) -> dict[Kind, Finding]:
    """The findings about a page, by their kind."""
    page = Page(uuid4(), (Block("b", text, confidence),), confirmed)
    task = Task(2, "7,5", Decimal("0.01"), "%")
    return {finding.kind: finding for finding in chemistry.check([task], [page])}


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.ARITHMETIC])
def test_traces_of_misreading_protect_until_the_author_confirms(kind: Kind) -> None:
    assert getattr(check(NOISY, confirmed=False).get(kind), "verdict", Verdict.UNSURE) is Verdict.UNSURE
    assert check(NOISY, confirmed=True)[kind].verdict is Verdict.WRONG


@pytest.mark.parametrize("kind", [Kind.EQUATION, Kind.MOLAR_MASS])
def test_what_is_written_counts_as_it_is_written(kind: Kind) -> None:
    assert check(HALF, confirmed=True)[kind].verdict is Verdict.WRONG
    assert check(HALF, confirmed=True)[Kind.ANSWER].verdict is Verdict.OK


def test_a_page_beside_one_that_nobody_confirmed_is_not_believed_more() -> None:
    pages = [Page(uuid4(), (Block("b", NOISY),), confirmed) for confirmed in (True, False)]
    found = chemistry.check([Task(2, "7,5", Decimal("0.01"), "%")], pages)
    assert Verdict.WRONG not in {finding.verdict for finding in found}
