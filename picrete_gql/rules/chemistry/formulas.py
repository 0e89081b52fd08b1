"""Chemical formulas: from their text to counts of atoms, charge and molar mass."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from .elements import NUMBERS, SYMBOLS, atomic_mass, usual_masses

MAX_CHARS = 120
MAX_COUNT = 999

Count = int | Fraction
Counts = dict[str, Count]

_TOKEN = re.compile(r"([A-Z][a-z]?)(\d*)|([(\[])|([)\]])(\d*)")
_PART = re.compile(r"(\d+(?:[.,/]\d+)?)?(.+)")
_CHARGE = re.compile(r"\^(?:(\d{0,2})([+-]|(?<!\d)(?:\+{2,3}|-{2,3}))|([+-])(\d{1,2})|0)\Z")
_BARE_CHARGE = re.compile(r"(?<![+-])([+-])\Z|([+-])(\d)\Z")
_OXIDATION_STATE = re.compile(r"\((?:I{1,3}|IV|VI{0,3})\)(?!\d)")
_DOTS = re.compile(r"[·*]|\.(?=\d*[A-Z(\[])|(?<![·*]\d),(?=\d{1,2}H2O)")
_ISOTOPE = re.compile(r"\^(\d{1,3})(?=([A-Z][a-z]?))")
_HEAVY_WATER = re.compile(r"\bD(?=2O\Z)")
_PAIRS = {")": "(", "]": "["}


class NotAFormula(ValueError):
    """The text is not a chemical formula."""


@dataclass(frozen=True)
class Formula:
    """`counts` of atoms per formula unit, `charge` in elementary charges; the electron has no atoms and charge -1.

    `isotopes`: mass numbers of elements that were written with one (`^14CO2`, `D2O`).
    """

    text: str
    counts: Mapping[str, Count]
    charge: int = 0
    isotopes: Mapping[str, int] = field(default_factory=dict)

    @property
    def molar_mass(self) -> Decimal:
        """g/mol, with standard atomic masses; an isotope weighs its mass number."""
        return self._sum({symbol: atomic_mass(symbol) for symbol in self.counts} | self._isotopic)

    @property
    def _isotopic(self) -> dict[str, Decimal]:
        return {symbol: Decimal(mass) for symbol, mass in self.isotopes.items()}

    @property
    def usual_molar_masses(self) -> tuple[Decimal, Decimal]:
        """The least and the greatest molar mass, g/mol, that usual roundings of atomic masses lead to."""
        usual = {symbol: usual_masses(symbol) for symbol in self.counts}
        low, high = ({symbol: bounds[side] for symbol, bounds in usual.items()} for side in (0, 1))
        return self._sum(low | self._isotopic), self._sum(high | self._isotopic)

    def _sum(self, masses: Mapping[str, Decimal]) -> Decimal:
        parts = (masses[s] * n.numerator / n.denominator for s, n in self.counts.items())
        return sum(parts, Decimal(0))


ELECTRON = Formula("e^-", {}, -1)


def parse(text: str) -> Formula:
    """The formula that `text` is, all of it: brackets, hydrates (`CuSO4·5H2O`), charges (`SO4^2-`, also `SO42-`).

    Expects normalised text. Raises NotAFormula, also for a written-out count of one (`C1V1` is physics), for generic
    letters (`CnH2n`), and for an oxidation state in brackets.
    """
    if not text or len(text) > MAX_CHARS or _OXIDATION_STATE.search(text):
        raise NotAFormula(text)
    body, isotopes = _light_and_heavy(text)
    body, charge = _charge(body)
    counts: Counts = {}
    for part in _DOTS.split(body):
        match = _PART.fullmatch(part)
        if match is None or (match[1] and not counts):
            raise NotAFormula(text)
        _add(counts, _atoms(match[2]), _times(match[1]) if match[1] else 1)
    return Formula(text, counts, charge, isotopes)


def _light_and_heavy(text: str) -> tuple[str, dict[str, int]]:
    """The text without mass numbers, and the mass numbers. Raises NotAFormula for one that no nucleus can have."""
    if "^" not in text and text[0] != "D":
        return text, {}
    found: dict[str, int] = {}
    for written, letters in _ISOTOPE.findall(_HEAVY_WATER.sub("^2H", text)):
        symbol = letters if letters in NUMBERS else letters[0]
        number, mass = NUMBERS.get(symbol, 0), int(written)
        if not max(1, number) <= mass <= 3 * number or found.get(symbol, mass) != mass:
            raise NotAFormula(text)
        found[symbol] = mass
    return _ISOTOPE.sub("", _HEAVY_WATER.sub("H", text)), found


def _times(text: str) -> Count:
    """How many of the part after the dot: `5`, `0,5`, `1/2`."""
    try:
        times = Fraction(text.replace(",", "."))
    except ZeroDivisionError:
        raise NotAFormula(text) from None
    if not 0 < times <= MAX_COUNT:
        raise NotAFormula(text)
    return times.numerator if times.denominator == 1 else times


def _charge(text: str) -> tuple[str, int]:
    """The text without its charge, and the charge. Without `^` the last digit before the sign is taken as usual."""
    match = _CHARGE.search(text)
    if match is not None:
        if match[2]:
            size = int(match[1]) if match[1] else len(match[2])
            return text[: match.start()], size if match[2][0] == "+" else -size
        return text[: match.start()], int(match[3] + match[4]) if match[3] else 0
    bare = _BARE_CHARGE.search(text)
    if bare is None or bare.start() == 0:
        return text, 0
    body = text[: bare.start()]
    if bare[2]:
        return body, int(bare[2] + bare[3])
    size, body = _size(body)
    return body, size if bare[1] == "+" else -size


def _size(body: str) -> tuple[int, str]:
    """Split `SO42` into 2 and `SO4`, `Zn2` into 2 and `Zn`; `NH4` has charge one."""
    digits = len(body) - len(body.rstrip("0123456789"))
    stem = body[: len(body) - digits]
    if digits == 1 and (stem in SYMBOLS or stem.endswith("]")):
        return int(body[-1]), stem
    if digits == 2:
        return int(body[-1]), body[:-1]
    return 1, body


def _number(digits: str) -> int:
    if not digits:
        return 1
    if digits[0] == "0" or digits == "1" or int(digits) > MAX_COUNT:
        raise NotAFormula(digits)
    return int(digits)


def _atoms(text: str) -> Counts:
    """Counts of one part without dots: `Fe2(SO4)3`."""
    stack: list[tuple[str, Counts]] = [("", {})]
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotAFormula(text)
        at = match.end()
        symbol, digits, opening, closing, times = match.groups()
        if opening:
            stack.append((opening, {}))
        elif closing:
            bracket, group = stack.pop()
            if bracket != _PAIRS[closing] or not group:
                raise NotAFormula(text)
            _add(stack[-1][1], group, _number(times))
        else:
            if symbol not in SYMBOLS:
                raise NotAFormula(text)
            _add(stack[-1][1], {symbol: 1}, _number(digits))
    if len(stack) != 1:
        raise NotAFormula(text)
    return stack[0][1]


def _add(total: Counts, group: Mapping[str, Count], times: Count) -> None:
    for symbol, count in group.items():
        total[symbol] = total.get(symbol, 0) + count * times
