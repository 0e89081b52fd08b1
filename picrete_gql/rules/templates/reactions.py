"""Amounts by an equation. Molar masses from the standard atomic weights; a gas has 22.4 L/mol, as school books say."""

from collections.abc import Mapping
from decimal import Decimal

from .chemicals import Chemicals, molar_mass

MOLAR_VOLUME = Decimal("22.4")
Numbers = Mapping[str, Decimal]


def amount_of_mass(given: Numbers, of: Chemicals) -> Decimal:
    """n = m/M, mol. Raises ValueError."""
    return _positive(given, "m") / of.molar_mass


def mass_of_amount(given: Numbers, of: Chemicals) -> Decimal:
    """m = n·M, grams. Raises ValueError."""
    return _positive(given, "n") * of.molar_mass


def amount(given: Numbers, of: Chemicals) -> Decimal:
    """n2 = n1·ν2/ν1, mol. Raises ValueError."""
    return _positive(given, "n") * of.ratio


def mass_by_mass(given: Numbers, of: Chemicals) -> Decimal:
    """m2 = m1/M1·ν2/ν1·M2, grams. Raises ValueError."""
    return _amount(given, of) * molar_mass(of.wanted)


def volume_by_mass(given: Numbers, of: Chemicals) -> Decimal:
    """V2 = m1/M1·ν2/ν1·22.4, litres at 0 °C and 101.3 kPa. Raises ValueError."""
    return _amount(given, of) * MOLAR_VOLUME


def _amount(given: Numbers, of: Chemicals) -> Decimal:
    return _positive(given, "m") / molar_mass(of.given) * of.ratio


def _positive(given: Numbers, name: str) -> Decimal:
    if given[name] <= 0:
        raise ValueError(f"{name} must be more than 0")
    return given[name]
