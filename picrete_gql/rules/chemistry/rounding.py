"""Whether a number that is written with so many decimals is a rounding of another one."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

_COARSE = Fraction(1, 20)
"""Zeros at the end of a whole number are taken for rounding only as far as they change it by so much."""
_EXACT = Fraction(1, 10**9)
_FIGURES = 5


def agrees(stated: Fraction, places: int, value: Fraction) -> bool:
    """Rounded or cut off: one unit of the last written place, unless the value needs no rounding at all."""
    step = Fraction(1, 10**places) if places >= 0 else Fraction(10**-places)
    difference = abs(stated - value)
    if difference <= abs(value) * _EXACT:
        return True
    if (value / step).denominator == 1 and not _round_number(stated):
        return False
    return difference <= (step if stated or step < Fraction(1, 100) else 0) or difference <= _coarse(stated, value)


def _round_number(stated: Fraction) -> bool:
    return stated.denominator == 1 and stated != 0 and stated % 10 == 0


def _coarse(stated: Fraction, value: Fraction) -> Fraction:
    """«330» may be a rounding to tens of 333, but not of 340."""
    if not _round_number(stated):
        return Fraction(0)
    step = 1
    while stated % (step * 10) == 0:
        step *= 10
    if step > 1 and (value / step).denominator == 1:
        return Fraction(0)
    return min(Fraction(step), abs(stated) * _COARSE)


def near(one: Fraction, other: Fraction, share: Fraction) -> bool:
    """Within a share of the greater of the two."""
    return abs(one - other) <= share * max(abs(one), abs(other))


def shifted(stated: Fraction, value: Fraction, powers: Sequence[int]) -> bool:
    """Whether they differ by one of these powers of ten, within one per cent."""
    factors = [Fraction(10) ** sign for power in powers for sign in (power, -power)]
    return any(near(stated, value * factor, Fraction(1, 100)) for factor in factors)


def shown(value: Fraction) -> str:
    """For a person: at most five significant figures, a decimal comma, powers of ten only where they help."""
    if value == 0:
        return "0"
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    exponent = exact.adjusted()
    if -4 <= exponent < 7:
        rounded = round(exact, max(0, _FIGURES - 1 - exponent))
        text = format(rounded, "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
    mantissa = format(round(exact.scaleb(-exponent), _FIGURES - 1), "f").rstrip("0").rstrip(".")
    return f"{mantissa.replace('.', ',')}·10^{exponent}"
