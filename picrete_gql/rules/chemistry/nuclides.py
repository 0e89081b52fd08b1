"""Nuclei and particles with two indices in front, `^{238}_{92}U`, in text as it was recognised.

The usual reading of formulas has no place for these indices, so they are read from the letters on the page.
"""

import re
from dataclasses import dataclass

_UP = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-0123456789+-")
_MASS = r"(?:\^\s?\{?\s?(?P<mN>\d{1,3})\s?\}?|<sup>(?P<hN>\d{1,3})</sup>|(?P<uN>[⁰¹²³⁴-⁹]{1,3}))"
_CHARGE = r"(?:_\s?\{?\s?(?P<zN>[+−-]?\d{1,3})\s?\}?|<sub>(?P<sN>[+−-]?\d{1,3})</sub>|(?P<lN>[₊₋]?[₀-₉]{1,3}))"
_NAME = r"\\?(?:mathrm|text|ce|rm)?\s?\{?\s?(?P<name>\\alpha|\\beta|\\gamma|[A-Z][a-z]?|[nepαβγνН])(?![a-z])\}?"
_FIRST = _MASS.replace("N>", "1>") + r"\s?" + _CHARGE.replace("N>", "1>")
_SECOND = _CHARGE.replace("N>", "2>") + r"\s?" + _MASS.replace("N>", "2>")
_NUCLIDE = re.compile(rf"(?P<times>\d{{1,2}}\s?)?(?:\{{\}})?(?:{_FIRST}|{_SECOND})\s?{_NAME}")

PARTICLES = frozenset(("n", "p", "e", "α", "β", "γ", "ν", "\\alpha", "\\beta", "\\gamma"))


@dataclass(frozen=True)
class Nuclide:
    """`times` nuclei or particles of mass number `mass` and charge `charge`."""

    times: int
    mass: int
    charge: int
    name: str
    start: int
    end: int


def nuclides(raw: str) -> list[Nuclide]:
    """Every symbol with both indices in front of it, in a text as it was recognised."""
    found = []
    for match in _NUCLIDE.finditer(raw):
        groups = {key: value for key, value in match.groupdict().items() if value is not None}
        mass = next(value for key, value in groups.items() if key[0] in "mhu")
        charge = next(value for key, value in groups.items() if key[0] in "zsl")
        number = int(charge.translate(_UP).replace("−", "-"))
        times = int(groups.get("times", "1"))
        found.append(Nuclide(times, int(mass.translate(_UP)), number, groups["name"], match.start(), match.end()))
    return found
