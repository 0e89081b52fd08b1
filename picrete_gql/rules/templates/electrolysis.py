"""Faraday's laws with F = 96485.33212 C/mol (CODATA 2018)."""

from collections.abc import Mapping
from decimal import Decimal

from .chemicals import Chemicals
from .reactions import MOLAR_VOLUME

FARADAY = Decimal("96485.33212")
Numbers = Mapping[str, Decimal]


def mass(given: Numbers, of: Chemicals) -> Decimal:
    """m = M·I·t/(z·F), grams; I in amperes, t in seconds, z electrons per formula unit. Raises ValueError."""
    return of.molar_mass * _amount(given)


def volume(given: Numbers, _: Chemicals) -> Decimal:
    """V = I·t/(z·F)·22.4, litres of gas at 0 °C and 101.3 kPa. Raises ValueError."""
    return _amount(given) * MOLAR_VOLUME


def time(given: Numbers, of: Chemicals) -> Decimal:
    """t = m·z·F/(M·I), seconds. Raises ValueError."""
    _sensible(given)
    return given["m"] * given["z"] * FARADAY / (of.molar_mass * given["current"])


def _amount(given: Numbers) -> Decimal:
    _sensible(given)
    return given["current"] * given["time"] / (given["z"] * FARADAY)


def _sensible(given: Numbers) -> None:
    if min(given.values()) <= 0:
        raise ValueError("current, time, mass and z must be more than 0")
