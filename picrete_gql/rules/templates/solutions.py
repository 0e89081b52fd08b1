"""Solutions: amounts of substance that do not change when water is added, or meet in a burette."""

from collections.abc import Mapping
from decimal import Decimal

from .chemicals import Chemicals

Numbers = Mapping[str, Decimal]


def dilution_volume(given: Numbers, _: Chemicals) -> Decimal:
    """V1 = c2·V2/c1, litres. Raises ValueError unless it is diluted at all (c1 > c2)."""
    if not 0 < given["c2"] < given["c1"]:
        raise ValueError("c1 must be more than c2")
    return given["c2"] * _positive(given, "v2") / given["c1"]


def dilution_concentration(given: Numbers, _: Chemicals) -> Decimal:
    """c2 = c1·V1/V2, mol/L. Raises ValueError unless V2 > V1."""
    if not 0 < given["v1"] < given["v2"]:
        raise ValueError("v2 must be more than v1")
    return _positive(given, "c1") * given["v1"] / given["v2"]


def molarity(given: Numbers, _: Chemicals) -> Decimal:
    """c = n/V, mol/L. Raises ValueError."""
    return _positive(given, "n") / _positive(given, "v")


def mass_fraction(given: Numbers, _: Chemicals) -> Decimal:
    """ω = m/(m + m of the solvent), per cent. Raises ValueError."""
    mass = _positive(given, "m")
    return 100 * mass / (mass + _positive(given, "solvent"))


def titration(given: Numbers, _: Chemicals) -> Decimal:
    """c = c_t·V_t/(V·ratio), mol/L: at the point of equivalence. Raises ValueError."""
    titrant = _positive(given, "titrant") * _positive(given, "titrant_volume")
    return titrant / (_positive(given, "volume") * _positive(given, "ratio"))


def _positive(given: Numbers, name: str) -> Decimal:
    if given[name] <= 0:
        raise ValueError(f"{name} must be more than 0")
    return given[name]
