"""Equations: found, balanced, and what is left alone."""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.rules.chemistry import Kind, Verdict, parse
from picrete_gql.rules.chemistry.balance import balance, balanced
from picrete_gql.rules.chemistry.equations import State, find, judge
from picrete_gql.rules.chemistry.formulas import Formula
from picrete_gql.rules.chemistry.normalise import normalise
from tests.rules.chemistry.reactions import ARROWS, REACTIONS, STYLES, rendered
from tests.rules.chemistry.works import found, verdict

BALANCED = """Zn + 2H+ = Zn2+ + H2
Ba2+ + SO42- = BaSO4↓
Ag++Cl-=AgCl
CaCl2=Ca2++2Cl-
Fe3++3OH-=Fe(OH)3
Fe+ 2HCl = FeCl2 + H2
Al2(SO4)3 = 2Al3+ + 3SO42-
2Cl- - 2e- = Cl2
Fe - 2e- = Fe2+
2Al + 6HCl (разб.) = 2AlCl3 + 3H2↑ (1)
Cu + 4HNO3(конц., гор.) = Cu(NO3)2 + 2NO2 + 2H2O
2KClO3 =(t, MnO2)= 2KCl + 3O2
2H2O2 -(MnO2)-> 2H2O + O2
4NH3 + 5O2 –kat→ 4NO + 6H2O
СН4 + 2О2 → СО2 + 2Н2О + 802 кДж
2H20 = 2H2 + 02
FeC13 + 3NaOH = Fe(OH)3 + 3NaCI
H2 + 1/2O2 = H2O
2 моль Na: 2Na + 2H2O = 2NaOH + H2
3 CuO + 2 NH3 = 3 Cu + N2 + 3 H2O
Fe(CN)63- + e = Fe(CN)64-
4H2 + 2O2 = 4H2O"""


@pytest.mark.parametrize("line", BALANCED.split("\n"))
def test_balanced_as_pupils_write_it(line: str) -> None:
    assert [judge(equation).state for equation in find(normalise(line).text)] == [State.BALANCED]


@pytest.mark.parametrize(
    ("line", "corrected"),
    [
        ("H2 + O2 = H2O", "2H2 + O2 = 2H2O"),
        ("KMnO4 + 16HCl → 2KCl + 2MnCl2 + 5Cl2↑ + 8H2O", "2KMnO4 + 16HCl → 2KCl + 2MnCl2 + 5Cl2 + 8H2O"),
        (r"$Fe_2O_3 + CO \xrightarrow{t} 2Fe + CO_2$", "Fe2O3 + 3CO → 2Fe + 3CO2"),
        ("СО + О2 = СО2", "2CO + O2 = 2CO2"),
        ("Zn + HCl = ZnCl2 + H2 (реакция 1)", "Zn + 2HCl = ZnCl2 + H2"),
        ("Реакция замещения: Zn + HCl = ZnCl2 + H2 - идёт до конца", "Zn + 2HCl = ZnCl2 + H2"),
        ("FeS2 + O2 = Fe2O3 + SO2.", "4FeS2 + 11O2 = 2Fe2O3 + 8SO2"),
        ("Mn^{+7} + 3e^- → Mn^{+2}", "Mn^+7 + 5e^- → Mn^+2"),
        ("Cr2O7^2- + 14H+ + 6Fe2+ = 3Cr3+ + 6Fe3+ + 7H2O", "Cr2O7^2- + 14H+ + 6Fe2+ = 2Cr3+ + 6Fe3+ + 7H2O"),
    ],
)
def test_unbalanced_with_the_right_coefficients(line: str, corrected: str) -> None:
    (judged,) = [judge(equation) for equation in find(normalise(line).text)]
    assert (judged.state, judged.corrected) == (State.UNBALANCED, corrected)
    (finding,) = [f for f in found(line) if f.kind is Kind.EQUATION]
    assert finding.verdict is Verdict.WRONG
    assert finding.expected == corrected
    assert corrected in finding.explanation_ru


@pytest.mark.parametrize(
    "line",
    ["C1V1 = C2V2", "P1V1 = P2V2", "PV = nRT", "V(NO2) = 2V(N2O4)", "[NO2] = 2[N2O4]", "n(HCl) = 2n(Zn) = 0,2 моль",
     "S → SO2 → SO3 → H2SO4", "M(H2O) = 2·1 + 16 = 18", "H = U + PV", "CH2=CH2", "NaCl = 58,5", "x = 5", "F = PS",
     "", "= = =", "H2 + O2", "m1 + m2 = m3"],
)  # fmt: skip
def test_what_is_no_equation(line: str) -> None:
    assert list(find(normalise(line).text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "KMnO4 + H2O2 + H2SO4 = MnSO4 + O2 + K2SO4 + H2O",
        "2KMnO4 + 16HCl = 2KCl + 2MnCl2 + осадок",
        "медь + 4HNO3 = Cu(NO3)2 + 2NO2 + H2O",
        "2KMnO4 + 16HCl = 2KCl + 2MnCl2\n5Cl2 + 8H2O",
        "2KMnO4 + 16\nHCl = 2KCl + 2MnCl2 + 5Cl2 + 8H2O",
        "HC≡CH + 2H2 → C2H6",
        "CH3-CH2-OH + O2 → CH3-COOH + H2O",
        "Zn + HCl = ZnCl + H2",
        "2H2 + O2 = 2H0",
        "C6H12O6 → C2H5OH + CO2",
        "N2O4 = NO2",
        "Схема реакции: Al + HCl → AlCl3 + H2",
        "Уравняйте\nAl + HCl = AlCl3 + H2",
        "1.2Na + 2H2O = 2NaOH + H2",
        "Fe2O3 + CO =12Fe + CO2",
    ],
)
def test_doubt_accuses_nobody(text: str) -> None:
    assert Verdict.WRONG not in [f.verdict for f in found(text)]


def test_a_draft_that_is_balanced_below_is_no_mistake() -> None:
    text = "Al + HCl = AlCl3 + H2\n2Al + 6HCl = 2AlCl3 + 3H2"
    assert [f.verdict for f in found(text) if f.kind is Kind.EQUATION] == [Verdict.UNSURE, Verdict.OK]
    assert verdict(Kind.EQUATION, "Al + HCl = AlCl3 + H2\n2Mg + O2 = 2MgO") is Verdict.WRONG
    assert verdict(Kind.EQUATION, "Al + HCl = AlCl3 + H2\n2H2 + O2 = 2H2O") is Verdict.WRONG


def test_an_equation_over_several_lines_is_one() -> None:
    text = "2KMnO4 + 16HCl =\n= 2KCl + 2MnCl2 +\n+ 5Cl2 + 8H2O"
    (finding,) = [f for f in found(text) if f.kind is Kind.EQUATION]
    assert finding.verdict is Verdict.OK
    assert finding.quote == "2KMnO4 + 16HCl ="
    wrong = text.replace("5Cl2", "4Cl2")
    assert [f.verdict for f in found(wrong) if f.kind is Kind.EQUATION] == [Verdict.WRONG]
    begun = "2KMnO4 + 16HCl\n= 2KCl + 2MnCl2\n+ 5Cl2 + 8H2O"
    assert verdict(Kind.EQUATION, begun) is Verdict.OK
    assert verdict(Kind.EQUATION, begun.replace("5Cl2", "4Cl2")) is Verdict.WRONG


def test_poorly_read_blocks_accuse_nobody() -> None:
    line = "H2 + O2 = H2O"
    assert verdict(Kind.EQUATION, line, confidence=0.9) is Verdict.WRONG
    assert verdict(Kind.EQUATION, line, confidence=0.59) is Verdict.UNSURE
    assert verdict(Kind.EQUATION, "2H2 + O2 = 2H2O", confidence=0.1) is Verdict.OK


def species(*texts: str) -> list[Formula]:
    return [parse(text) for text in texts]


def test_the_null_space_by_known_reactions() -> None:
    assert balance(species("KMnO4", "HCl"), species("KCl", "MnCl2", "Cl2", "H2O")).coefficients == (2, 16, 2, 2, 5, 8)
    chromate = balance(species("Cr2O7^2-", "H^+", "Fe^2+"), species("Cr^3+", "Fe^3+", "H2O"))
    assert chromate.coefficients == (1, 14, 6, 2, 6, 7)
    assert balance(species("CaSO4·0,5H2O", "H2O"), species("CaSO4·2H2O")).coefficients == (2, 3, 2)
    assert not balance(species("H2O2", "O3"), species("H2O", "O2")).unique
    assert balance(species("Na", "Cl2"), species("H2O")).coefficients is None
    assert balance(species("Na"), species("NaCl")).coefficients is None


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("reaction", REACTIONS.split("\n"))
def test_reactions_in_every_writing(reaction: str, style: str) -> None:
    """Balanced by our own solver, they are confirmed; with one coefficient changed, they are named."""
    left, right = (side.split(" + ") for side in reaction.split(" = "))
    numbers = balance(species(*left), species(*right)).coefficients
    assert numbers is not None
    chance = Random(reaction + style)
    arrow, plus = chance.choice(ARROWS), chance.choice([" + ", "+"])
    good = rendered(left, right, list(numbers), style, arrow, plus)
    assert verdict(Kind.EQUATION, f"Уравнение: {good}.") is Verdict.OK, good
    changed = list(numbers)
    changed[chance.randrange(len(numbers))] += 1
    bad = rendered(left, right, changed, style, arrow, plus)
    assert verdict(Kind.EQUATION, f"Уравнение: {bad}.") is Verdict.WRONG, bad


ATOMS = ["H", "O", "C", "N", "S", "Cl", "Na", "Fe", "Mn", "K"]
molecule = st.dictionaries(st.sampled_from(ATOMS), st.integers(1, 7), min_size=1, max_size=4)


@st.composite
def reactions(draw: st.DrawFn) -> tuple[list[Formula], list[Formula], list[int]]:
    """A reaction with its coefficients: whatever the left side adds up to, shared out between one or two products."""
    molecules = draw(st.lists(molecule, min_size=1, max_size=4))
    numbers = [draw(st.integers(1, 9)) for _ in molecules]
    total: dict[str, int] = {}
    for counts, n in zip(molecules, numbers, strict=True):
        for symbol, count in counts.items():
            total[symbol] = total.get(symbol, 0) + n * count
    symbols = draw(st.permutations(sorted(total)))
    cut = draw(st.integers(0, len(symbols) - 1))
    shares = [share for share in (symbols[:cut], symbols[cut:]) if share]
    left = [Formula(f"l{number}", counts) for number, counts in enumerate(molecules)]
    right = [Formula(f"r{number}", {s: total[s] for s in share}) for number, share in enumerate(shares)]
    return left, right, [*numbers, *(1 for _ in right)]


def side(numbers: Sequence[int], formulas: Sequence[Formula]) -> list[tuple[Fraction, Formula]]:
    return [(Fraction(n), formula) for n, formula in zip(numbers, formulas, strict=True)]


@given(reactions())
def test_a_reaction_made_to_balance_balances(made: tuple[list[Formula], list[Formula], list[int]]) -> None:
    left, right, numbers = made
    cut = len(left)
    assert balanced(side(numbers[:cut], left), side(numbers[cut:], right))
    result = balance(left, right)
    if not result.unique:
        return
    assert result.coefficients is not None
    common = gcd(*numbers)
    assert list(result.coefficients) == [n // common for n in numbers]


@given(reactions(), st.integers(0, 5))
def test_one_coefficient_more_and_it_does_not(made: tuple[list[Formula], list[Formula], list[int]], at: int) -> None:
    left, right, numbers = made
    numbers[at % len(numbers)] += 1
    assert not balanced(side(numbers[: len(left)], left), side(numbers[len(left) :], right))
