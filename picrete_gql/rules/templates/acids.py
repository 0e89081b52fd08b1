"""pH at 25 °C, Kw = 10^−14, activities taken for concentrations (IUPAC Green Book, 3rd ed., 2.13)."""

from collections.abc import Mapping
from decimal import Decimal

from .chemicals import Chemicals

_PKW = Decimal(14)


def strong_acid(given: Mapping[str, Decimal], _: Chemicals) -> Decimal:
    """pH = −lg(z·c), c in mol/L. Raises ValueError where water decides (z·c below 10^−6) or above 1 mol/L."""
    return -_strong(given).log10()


def strong_base(given: Mapping[str, Decimal], _: Chemicals) -> Decimal:
    """pH = 14 + lg(z·c), c in mol/L. Raises ValueError like `strong_acid`."""
    return _PKW + _strong(given).log10()


def weak_acid(given: Mapping[str, Decimal], _: Chemicals) -> Decimal:
    """pH from [H+]² + Ka·[H+] − Ka·c = 0, without neglecting anything. Raises ValueError."""
    return -_weak(given["c"], given["ka"]).log10()


def weak_base(given: Mapping[str, Decimal], _: Chemicals) -> Decimal:
    """pH from [OH−]² + Kb·[OH−] − Kb·c = 0. Raises ValueError."""
    return _PKW + _weak(given["c"], given["kb"]).log10()


def buffer(given: Mapping[str, Decimal], _: Chemicals) -> Decimal:
    """pH = −lg Ka + lg(salt/acid) (Henderson–Hasselbalch), concentrations in mol/L. Raises ValueError."""
    if min(given.values()) <= 0:
        raise ValueError("concentrations and Ka must be more than 0")
    return -given["ka"].log10() + (given["salt"] / given["acid"]).log10()


def _strong(given: Mapping[str, Decimal]) -> Decimal:
    ions = given["c"] * given["z"]
    if not Decimal("1e-6") <= ions <= 1:
        raise ValueError("the concentration of ions must be from 10^-6 to 1 mol/L")
    return ions


def _weak(c: Decimal, k: Decimal) -> Decimal:
    if c <= 0 or k <= 0:
        raise ValueError("concentration and constant must be more than 0")
    ions = ((k * k + 4 * k * c).sqrt() - k) / 2
    if ions < Decimal("1e-6"):
        raise ValueError("the solution is so weak that water decides")
    return ions
