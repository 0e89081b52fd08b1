"""Numbers with units: as parameters say them, in the unit that a relation wants, and as people read them."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from picrete_gql.rules.chemistry.units import ONE, Incompatible, Unit, UnknownUnit, convert
from picrete_gql.rules.chemistry.units import unit as read_unit

from .problems import TemplateBroken

FIGURES = 4
"""Significant figures of a computed answer; tolerances are coarser."""


@dataclass(frozen=True)
class Value:
    """`number` in `unit`, whose text is as people write it; empty for a plain number."""

    number: Decimal
    unit: str = ""

    def within(self, unit: str, place: str) -> Decimal:
        """The number in another unit. Raises TemplateBroken when the two measure different things."""
        if self.unit == unit:
            return self.number
        try:
            return convert(self.number, unit_of(self.unit, place), unit_of(unit, place))
        except Incompatible:
            raise TemplateBroken(
                place,
                f"«{self.unit or '1'}» нельзя перевести в «{unit or '1'}».",
                f"“{self.unit or '1'}” cannot be converted to “{unit or '1'}”.",
            ) from None

    @property
    def text(self) -> str:
        """As people read it: a decimal comma, and the unit."""
        return f"{shown(self.number)} {self.unit}".strip()


def unit_of(text: str, place: str) -> Unit:
    """The unit that a text names. Raises TemplateBroken."""
    try:
        return read_unit(text) if text.strip() else ONE
    except UnknownUnit:
        raise TemplateBroken(place, f"единица «{text}» неизвестна.", f"the unit “{text}” is unknown.") from None


def shown(number: Decimal) -> str:
    """With a decimal comma and no zeros at the end; very small and very great ones with a power of ten."""
    if number == 0:
        return "0"
    exponent = number.adjusted()
    if -4 < exponent < 7:
        text = format(number, "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
    mantissa = format(number.scaleb(-exponent).normalize(), "f").replace(".", ",")
    return f"{mantissa}·10^{exponent}"


def rounded(number: Decimal, figures: int = FIGURES) -> Decimal:
    """To so many significant figures."""
    return round(number, figures - 1 - number.adjusted()) if number else number


def read(raw: Any, unit: str) -> Value | None:
    """A stored parameter: `0.5`, `"0,5"` or `{"value": "0.5", "unit": "моль/л"}`; None for what is no number."""
    if isinstance(raw, dict):
        found = read(raw.get("value"), unit)
        return Value(found.number, str(raw.get("unit") or unit)) if found else None
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(raw).strip().replace(",", "."))
    except InvalidOperation:
        return None
    return Value(number, unit) if number.is_finite() else None
