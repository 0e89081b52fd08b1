"""Units of measurement in Russian and English spelling; what they measure and how they convert comes from `pint`."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pint import UnitRegistry

Dimension = frozenset[tuple[str, Decimal]]


class UnknownUnit(ValueError):
    """The text is not a unit of the table."""


class Incompatible(ValueError):
    """The two units measure different things."""


_TABLE = {
    "gram": "г гр грамм грамма граммов g gram grams", "kilogram": "кг kg", "milligram": "мг mg",
    "microgram": "мкг µg μg ug", "tonne": "т t", "dalton": "а.е.м amu u", "mole": "моль моля молей mol mole moles",
    "millimole": "ммоль mmol", "kilomole": "кмоль kmol", "micromole": "мкмоль µmol μmol umol",
    "liter": "л литр литра литров L l liter liters litre litres", "milliliter": "мл mL ml", "microliter": "мкл µL uL",
    "meter": "м m", "decimeter": "дм dm", "centimeter": "см cm", "millimeter": "мм mm", "micrometer": "мкм µm μm um",
    "nanometer": "нм nm", "kilometer": "км km", "picometer": "пм pm", "joule": "Дж J", "kilojoule": "кДж kJ",
    "megajoule": "МДж MJ", "calorie": "кал cal", "kilocalorie": "ккал kcal", "electron_volt": "эВ eV",
    "kelvin": "К K", "degC": "°С °C °c °с", "atmosphere": "атм atm", "bar": "бар bar", "pascal": "Па Pa",
    "hectopascal": "гПа hPa", "kilopascal": "кПа kPa", "megapascal": "МПа MPa", "mmHg": "мм.рт.ст торр torr mmHg",
    "second": "с сек секунд секунды s sec", "minute": "мин минут минуты min", "hour": "ч час часа часов h hr",
    "day": "сут сутки суток", "ampere": "А A", "milliampere": "мА mA", "coulomb": "Кл C", "volt": "В V", "watt": "Вт W",
    "percent": "% процент процента процентов", "permille": "‰", "ppm": "ppm", "molar": "М M", "millimolar": "мМ mM",
}  # fmt: skip
_NAMES = {spelling: name for name, spellings in _TABLE.items() for spelling in spellings.split()}
_LENGTHS = frozenset(("meter", "decimeter", "centimeter", "millimeter", "micrometer", "nanometer", "kilometer"))

_ATOM = re.compile(r"а\.\s?е\.\s?м\b|мм\.?\s?рт\.?\s?ст\b|°\s?[CСcс]|[%‰]|[A-Za-zА-Яа-яЁёµμ]{1,8}")
_POWER = re.compile(r"\^\(?([+-]?[1-6])\)?|([23])(?!\d)|(-[12])(?![\d,.])")
_OPERATOR = re.compile(r"\s?([/·])\s?")
MAX_ATOMS = 6


@dataclass(frozen=True)
class Unit:
    """A unit: `expression` in pint's words."""

    expression: str

    @property
    def dimension(self) -> Dimension:
        """What it measures; empty for numbers and shares."""
        return _measure(self.expression)[2]


ONE = Unit("dimensionless")
PERCENT = Unit("percent")


def unit(text: str) -> Unit:
    """The unit that `text` is. Raises UnknownUnit."""
    found = read_unit(text.strip(), 0)
    if found is None or text.strip()[found[1] :].strip(". "):
        raise UnknownUnit(text)
    return found[0]


def read_unit(text: str, at: int) -> tuple[Unit, int] | None:
    """The unit at this place of normalised text (`моль/л`, `Дж/(моль·К)`, `дм3`), and where it ends."""
    factors: list[tuple[str, int]] = []
    sign, group, end = 1, False, at
    while len(factors) < MAX_ATOMS:
        factor = _factor(text, at)
        if factor is None:
            break
        factors.append((factor[0], sign * factor[1]))
        end = at = factor[2]
        if group and text.startswith(")", at):
            end, at, group = at + 1, at + 1, False
        operator = _OPERATOR.match(text, at)
        if operator is None:
            break
        at = operator.end()
        sign = -1 if group or operator[1] == "/" else 1
        if operator[1] == "/" and text.startswith("(", at):
            at, group = at + 1, True
    if not factors or group or text[end : end + 1].isalnum() or text[end : end + 1] == "^":
        return None
    return _combine(tuple(factors)), end


def _factor(text: str, at: int) -> tuple[str, int, int] | None:
    """One name with its power: name, power, end."""
    match = _ATOM.match(text, at)
    name = _name(match[0]) if match else None
    if match is None or name is None:
        return None
    power = _POWER.match(text, match.end())
    if power is None or (power[2] and name not in _LENGTHS):
        return name, 1, match.end()
    return name, int(power[1] or power[2] or power[3]), power.end()


def _name(spelling: str) -> str | None:
    """Pint's name for a spelling; a long word may be capitalised."""
    if spelling[0] == "°":
        return "degC"
    compact = spelling.replace(" ", "")
    if compact.endswith("ст"):
        return "mmHg"
    return _NAMES.get(compact) or (_NAMES.get(compact.lower()) if len(compact) > 2 else None)


@lru_cache(maxsize=1024)
def _combine(factors: tuple[tuple[str, int], ...]) -> Unit:
    if len(factors) == 1 and factors[0][1] == 1:
        return Unit(factors[0][0])
    # In a product a degree is a difference of temperatures: pint refuses an offset there.
    names = (("kelvin" if name == "degC" else name, power) for name, power in factors)
    return Unit("*".join(name if power == 1 else f"{name}**{power}" for name, power in names))


def convert(value: Decimal, source: Unit, target: Unit) -> Decimal:
    """The value in another unit of the same dimension. Raises Incompatible."""
    if source == target:
        return value
    factor, offset, dimension = _measure(source.expression)
    target_factor, target_offset, target_dimension = _measure(target.expression)
    if dimension != target_dimension:
        raise Incompatible(f"{source.expression} and {target.expression}")
    return (value * factor + offset - target_offset) / target_factor


def measure(unit: Unit) -> tuple[Decimal, Decimal, Dimension]:
    """Base units = value · factor + offset, and what it measures."""
    return _measure(unit.expression)


@lru_cache(maxsize=1024)
def _measure(expression: str) -> tuple[Decimal, Decimal, Dimension]:
    """Base units = value · factor + offset, and the dimension."""
    registry = _registry()
    parsed = registry.parse_units(expression)
    zero = registry.Quantity(Decimal(0), parsed).to_base_units()
    one = registry.Quantity(Decimal(1), parsed).to_base_units()
    return (
        Decimal(one.magnitude) - Decimal(zero.magnitude),
        Decimal(zero.magnitude),
        frozenset((name, Decimal(str(power))) for name, power in parsed.dimensionality.items()),
    )


@cache
def _registry() -> "UnitRegistry[Decimal]":
    # Half a second: only a process that really meets a unit pays it, once.
    from pint import UnitRegistry

    return UnitRegistry(non_int_type=Decimal, cache_folder=None)
