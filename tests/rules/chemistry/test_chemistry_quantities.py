"""Numbers with units: found, and converted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.rules.chemistry.normalise import normalise
from picrete_gql.rules.chemistry.quantities import find, read
from picrete_gql.rules.chemistry.units import Incompatible, Unit, UnknownUnit, convert, unit

UNITS = [
    "г", "кг", "мг", "моль", "ммоль", "кмоль", "л", "мл", "дм3", "см3", "дм^3", "м³", "г/моль", "кг/кмоль", "моль/л",
    "моль·л^-1", "моль/дм³", "М", "г/мл", "г/см3", "кг/м3", "%", "кДж", "Дж", "кДж/моль", "Дж/(моль·К)", "К", "°С",
    "атм", "Па", "кПа", "мм рт. ст.", "мм.рт.ст.", "мин", "с", "ч", "А", "Кл", "В", "а.е.м.", "g/mol", "mol/L", "mL",
    "kJ", "л/моль", "Моль", "Г/моль",
]  # fmt: skip


@pytest.mark.parametrize("text", UNITS[:-1])
def test_units_are_known(text: str) -> None:
    assert isinstance(unit(normalise(text).text).dimension, frozenset)


@pytest.mark.parametrize("text", ["", "соли", "раз", "моль2", "г/", "г/соли", "5", "м5", "шт", "__import__('os')"])
def test_what_is_no_unit(text: str) -> None:
    with pytest.raises(UnknownUnit):
        unit(text)


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [("1", "дм3", "л", "1"), ("1", "см3", "мл", "1"), ("500", "мл", "л", "0.5"), ("25", "°С", "К", "298.15"),
     ("1", "атм", "кПа", "101.325"), ("1,2", "г/мл", "кг/м3", "1200"), ("0,1", "М", "моль/л", "0.1"),
     ("58,5", "г/моль", "кг/кмоль", "58.5"), ("20", "%", "‰", "200"), ("1", "ч", "с", "3600"), ("1", "Кл", "А", None),
     ("1", "г", "моль", None), ("1", "%", "г", None)],
)  # fmt: skip
def test_conversions(value: str, source: str, target: str, result: str | None) -> None:
    number = Decimal(value.replace(",", "."))
    if result is None:
        with pytest.raises(Incompatible):
            convert(number, unit(source), unit(target))
    else:
        assert abs(convert(number, unit(source), unit(target)) - Decimal(result)) < Decimal("1e-15")


@given(
    st.decimals("-1e9", "1e9", allow_nan=False, places=6),
    st.sampled_from(
        [("г", "кг"), ("мл", "м^3"), ("°С", "К"), ("атм", "мм рт. ст."), ("моль/л", "ммоль/мл"), ("ч", "с")]
    ),
)
def test_there_and_back_is_the_same(value: Decimal, units: tuple[str, str]) -> None:
    one, other = map(unit, units)
    there = convert(value, one, other)
    assert abs(convert(there, other, one) - value) <= abs(value) * Decimal("1e-20") + Decimal("1e-15")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m = 5,85 г", [("5.85", "gram")]),
        ("5,85г NaCl", [("5.85", "gram")]),
        ("1,5·10^-3 моль/л", [("0.0015", "mole*liter**-1")]),
        ("1,5·10-3 моль", [("0.0015", "mole")]),
        ("1.5e-3 M", [("0.0015", "molar")]),
        ("10^-3 моль", [("0.001", "mole")]),
        ("22 400 мл", [("22400", "milliliter")]),
        ("96 500 Кл", [("96500", "coulomb")]),
        ("ΔH = −285,8 кДж/моль", [("-285.8", "kilojoule*mole**-1")]),
        ("2H2SO4 и CuSO4·5H2O, SO4^2-", []),
        ("1) 5 г", [("5", "gram")]),
        ("уравнение (1)", []),
        ("12.05.2024", []),
        ("20%", [("20", "percent")]),
        ("5", [("5", None)]),
        ("5-3", [("5", None), ("3", None)]),
        ("T = 300К", [("300", "kelvin")]),
        ("0,1 моль · 58,5 г/моль = 5,85 г", [("0.1", "mole"), ("58.5", "gram*mole**-1"), ("5.85", "gram")]),
    ],
)
def test_quantities_in_text(text: str, expected: list[tuple[str, str | None]]) -> None:
    found = [(q.value, q.unit.expression if q.unit else None) for q in find(normalise(text).text)]
    assert found == [(Decimal(value), name) for value, name in expected]


def test_what_is_known_of_a_quantity() -> None:
    first, second, third = find("0,1 · 58,5 = 5,850 г")
    assert [q.computed for q in (first, second, third)] == [True, True, False]
    assert third.places == 3
    assert third.unit == Unit("gram")
    (torn,) = find("'5 85' г")[:1]
    assert torn.torn
    (lost,) = find("6,02·1023 молекул")
    assert lost.values == (Decimal("6.02e23"), Decimal("6.02") * 1023)
    assert lost.worded
    assert read("5,85 г.") is not None
    assert read("около 5,85 г") is None


@given(st.decimals("0.001", "99999", places=3, allow_nan=False), st.sampled_from(["г", "моль/л", "кДж", "%", "мл"]))
def test_a_written_quantity_is_read(value: Decimal, name: str) -> None:
    quantity = read(normalise(f"{value:f} {name}".replace(".", ",")).text)
    assert quantity is not None
    assert quantity.value == value
    assert quantity.unit == unit(name)
