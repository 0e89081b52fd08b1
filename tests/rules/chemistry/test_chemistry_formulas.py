"""Formulas: parsing, misreadings, molar masses, plausibility."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.rules.chemistry import NotAFormula, parse
from picrete_gql.rules.chemistry.elements import SYMBOLS, atomic_mass, usual_masses
from picrete_gql.rules.chemistry.plausible import plausible
from picrete_gql.rules.chemistry.readings import readings


@pytest.mark.parametrize(
    ("text", "counts", "charge"),
    [
        ("H2O", {"H": 2, "O": 1}, 0),
        ("Ca(OH)2", {"Ca": 1, "O": 2, "H": 2}, 0),
        ("CuSO4·5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}, 0),
        ("CuSO4.5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}, 0),
        ("CaSO4·0,5H2O", {"Ca": 1, "S": 1, "O": Decimal("4.5"), "H": 1}, 0),
        ("K4[Fe(CN)6]", {"K": 4, "Fe": 1, "C": 6, "N": 6}, 0),
        ("[Cu(NH3)4]SO4", {"Cu": 1, "N": 4, "H": 12, "S": 1, "O": 4}, 0),
        ("SO4^2-", {"S": 1, "O": 4}, -2),
        ("SO42-", {"S": 1, "O": 4}, -2),
        ("Zn2+", {"Zn": 1}, 2),
        ("NH4+", {"N": 1, "H": 4}, 1),
        ("[Cu(NH3)4]2+", {"Cu": 1, "N": 4, "H": 12}, 2),
        ("Fe(CN)63-", {"Fe": 1, "C": 6, "N": 6}, -3),
        ("Mn^+7", {"Mn": 1}, 7),
        ("Cl2^0", {"Cl": 2}, 0),
        ("Ca^++", {"Ca": 1}, 2),
    ],
)
def test_what_a_formula_consists_of(text: str, counts: dict[str, int], charge: int) -> None:
    formula = parse(text)
    assert {symbol: Decimal(n.numerator) / n.denominator for symbol, n in formula.counts.items()} == counts
    assert formula.charge == charge


@pytest.mark.parametrize(
    "text",
    ["", "C1V1", "CnH2n", "Fe(III)", "2H2O", "H2O)", "(OH", "()2", "H02", "Xx", "n", "h2o", "H2O·", "Na^", "SO4^2",
     "H1000", "CaSO4·1/0H2O", "(" * 60 + "H" + ")" * 59, "H" * 121, "Ж2", "[NaCl)"],
)  # fmt: skip
def test_what_is_no_formula(text: str) -> None:
    with pytest.raises(NotAFormula):
        parse(text)


@pytest.mark.parametrize(
    ("text", "mass"),
    [("H2O", "18.015"), ("NaCl", "58.44"), ("CuSO4·5H2O", "249.68"), ("Al2(SO4)3", "342.15"), ("C6H12O6", "180.16")],
)
def test_molar_masses_are_those_of_the_tables(text: str, mass: str) -> None:
    assert abs(parse(text).molar_mass - Decimal(mass)) < Decimal("0.02")


def test_usual_roundings_enclose_the_mass() -> None:
    for symbol in SYMBOLS:
        low, high = usual_masses(symbol)
        assert low <= atomic_mass(symbol) <= high
        assert high - low <= Decimal("0.6")
    assert usual_masses("Cl")[1] == Decimal("35.5")
    assert usual_masses("Cu") == (Decimal("63.5"), Decimal(64))
    with pytest.raises(KeyError):
        atomic_mass("Xx")


@pytest.mark.parametrize(
    ("misread", "meant"),
    [("H20", "H2O"), ("C02", "CO2"), ("FeC13", "FeCl3"), ("HCI", "HCl"), ("Fe203", "Fe2O3"), ("С6Н12Об", "C6H12O6"),
     ("C6H1206", "C6H12O6"), ("H2S04", "H2SO4"), ("A1C13", "AlCl3"), ("H25O4", "H2SO4"), ("Na0H", "NaOH"),
     ("НСl", "HCl"), ("КМnО4", "KMnO4"), ("P2OS", "P2O5")],
)  # fmt: skip
def test_what_recognition_made_of_a_formula_is_undone(misread: str, meant: str) -> None:
    assert meant in [formula.text for formula in readings(misread)]


@pytest.mark.parametrize("text", ["масса", "при", "n", "5", "R-OH", "Ответ", "C1V1", "моль"])
def test_words_are_no_formulas(text: str) -> None:
    assert readings(text) == ()


USUAL = (
    "H2O H2O2 Na2O2 NaH LiAlH4 KMnO4 K2Cr2O7 NaHCO3 FeS2 CH3COOH C6H5NO2 N2O5 N2O NO2 P2O5 PCl5 SO3 Cl2O7 NH4NO3 "
    "Na2S2O3 Fe3O4 (NH4)2Cr2O7 KCNS CaC2 SiH4 Mg3N2 Ca3(PO4)2 CaOCl2 CuFeS2 N2H4 COCl2 C6H12O6 (CH3)3N C2H5Br "
    "K4[Fe(CN)6] Na[Al(OH)4] XeF4 Pb3O4 S2Cl2 SF6 (CuOH)2CO3 Hg2Cl2 SO4^2- NH4^+ Cr2O7^2- SCN^- S8 P4 O3 Zn C"
)


@pytest.mark.parametrize("text", USUAL.split())
def test_substances_are_plausible(text: str) -> None:
    assert plausible(parse(text))


ODD = "HO NOH ZnCl H24 AlCl2 HSO4 C2 CO22 KClO37 NaSO4 Al2(SO4) CH5 Na2SO Fe2O"


@pytest.mark.parametrize("text", ODD.split())
def test_what_lost_a_digit_is_not(text: str) -> None:
    assert not plausible(parse(text))


counts = st.integers(2, 99).map(str) | st.just("")
atoms = st.lists(st.tuples(st.sampled_from(sorted(SYMBOLS)), counts), min_size=1, max_size=5)


@given(atoms, atoms, st.integers(2, 9), st.integers(-4, 4))
def test_what_is_written_is_read_again(
    outer: list[tuple[str, str]], inner: list[tuple[str, str]], n: int, z: int
) -> None:
    text = "".join(s + c for s, c in outer) + "(" + "".join(s + c for s, c in inner) + f"){n}"
    if z:
        text += f"^{abs(z) if abs(z) > 1 else ''}{'+' if z > 0 else '-'}"
    total: dict[str, int] = {}
    for times, part in ((1, outer), (n, inner)):
        for symbol, count in part:
            total[symbol] = total.get(symbol, 0) + times * int(count or 1)
    formula = parse(text)
    assert dict(formula.counts) == total
    assert formula.charge == z
    assert formula.molar_mass == sum(atomic_mass(symbol) * count for symbol, count in total.items())


@given(st.text(alphabet="HONaClSFe0123456789()[]^+-·.,lIО", max_size=40))
def test_any_token_has_readings_or_none(token: str) -> None:
    for formula in readings(token):
        assert parse(formula.text).counts == formula.counts


@pytest.mark.parametrize(
    ("text", "counts", "mass"),
    [
        ("^14CO2", {"C": 1, "O": 2}, "46.00"),
        ("D2O", {"H": 2, "O": 1}, "20.00"),
        ("Na2^35SO4", {"Na": 2, "S": 1, "O": 4}, "144.98"),
        ("^235UF6", {"U": 1, "F": 6}, "348.99"),
    ],
)
def test_isotopes(text: str, counts: dict[str, int], mass: str) -> None:
    formula = parse(text)
    assert formula.counts == counts and round(formula.molar_mass, 2) == Decimal(mass)


@pytest.mark.parametrize("text", ["^4CO2", "^99CO2", "^300UF6", "^14CO2^13C"])
def test_mass_numbers_that_no_nucleus_has(text: str) -> None:
    with pytest.raises(NotAFormula):
        parse(text)
