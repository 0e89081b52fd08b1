"""Molar masses that are stated on the page."""

import pytest

from picrete_gql.rules.chemistry import Kind, Verdict
from tests.rules.chemistry.works import found, verdict

OK, WRONG, UNSURE = Verdict.OK, Verdict.WRONG, Verdict.UNSURE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M(NaCl) = 23 + 35,5 = 58,5 г/моль", OK),
        ("М(Н2О)=18 г/моль", OK),
        ("Mr(H2SO4) = 98", OK),
        ("M(CuSO4·5H2O) = 250 г/моль", OK),
        ("M(Ca(OH)2) = 40 + (16 + 1)·2 = 74 (г/моль)", OK),
        ("M(NaCl) = 0,0585 кг/моль", OK),
        (r"$M(\mathrm{H_2SO_4}) = 98 \frac{\text{г}}{\text{моль}}$", OK),
        ("M(HCI) = 36,5 г/моль", OK),
        ("M(CuSO4) = 160 г/моль", OK),
        ("M(CuSO4) = 159,6 г/моль", OK),
        ("M(H2SO4) = 96 г/моль", WRONG),
        ("M(O2) = 16 г/моль", WRONG),
        ("Mr(NaCl) = 60.", WRONG),
        ("M(H2SO4) = 1 + 32 + 64 = 97 г/моль", WRONG),
        ("M(NaCl) = 60", UNSURE),
        ("M(NaCl) = 585 г/моль", UNSURE),
        ("M(NaCl) = 23 + 35,5 = 88,5 г/моль", UNSURE),
        ("M(NOH) = 40 г/моль", UNSURE),
        ("M(NaCl) = 0,1 моль/л", None),
        ("M(NaCl) = 0,1 М", None),
        ("2M(NaOH) = 80 г/моль", None),
        ("M(CaCO3) + M(H2O) = 118 г/моль", None),
        ("n = m/M(NaCl) = 5,85/58,5 = 0,1 моль", None),
        ("M(воздуха) = 29 г/моль", None),
        ("M(1/2H2SO4) = 49 г/моль", None),
        ("M(", None),
    ],
)
def test_a_stated_mass(text: str, expected: Verdict | None) -> None:
    assert verdict(Kind.MOLAR_MASS, text) is expected


def test_the_finding_says_what_it_should_be() -> None:
    (finding,) = [f for f in found("Итак, М(Н2SО4) = 96 г/моль, значит") if f.kind is Kind.MOLAR_MASS]
    assert finding.quote == "М(Н2SО4) = 96 г/моль"
    assert (finding.expected, finding.found) == ("98,08 г/моль", "96 г/моль")
