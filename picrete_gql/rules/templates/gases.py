"""Ideal gases: pV = nRT with R = 8.314462618 J/(mol·K) (CODATA 2018). Pressures in kPa, volumes in litres, T in K."""

from collections.abc import Mapping
from decimal import Decimal

from .chemicals import Chemicals

GAS_CONSTANT = Decimal("8.314462618")
Numbers = Mapping[str, Decimal]


def pressure(given: Numbers, _: Chemicals) -> Decimal:
    """p = nRT/V, kPa. Raises ValueError."""
    _sensible(given)
    return given["n"] * GAS_CONSTANT * given["t"] / given["v"]


def volume(given: Numbers, _: Chemicals) -> Decimal:
    """V = nRT/p, litres. Raises ValueError."""
    _sensible(given)
    return given["n"] * GAS_CONSTANT * given["t"] / given["p"]


def amount(given: Numbers, _: Chemicals) -> Decimal:
    """n = pV/(RT), mol. Raises ValueError."""
    _sensible(given)
    return given["p"] * given["v"] / (GAS_CONSTANT * given["t"])


def combined_volume(given: Numbers, _: Chemicals) -> Decimal:
    """V2 = p1·V1·T2/(p2·T1), litres. Raises ValueError."""
    _sensible(given)
    return given["p1"] * given["v1"] * given["t2"] / (given["p2"] * given["t1"])


def _sensible(given: Numbers) -> None:
    if min(given.values()) <= 0:
        raise ValueError("amounts, pressures, volumes and temperatures (K) must be more than 0")
