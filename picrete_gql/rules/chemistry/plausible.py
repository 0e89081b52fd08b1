"""Whether a formula can be a substance at all: its usual oxidation states must add up to its charge.

Not a verdict on a pupil: what is odd here was perhaps misread, so nothing is built upon it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import reduce

from .formulas import Formula

_BY_STATES: Mapping[tuple[int, ...], str] = {
    (1,): "Li Na K Rb Cs Ag", (2,): "Be Mg Ca Sr Ba Ra Zn Cd", (3,): "B Al Ga In Sc Y La", (-2,): "O", (-1,): "F",
    (-4, 4): "Si", (-3, -2, -1, 2, 3, 4, 5): "N", (-3, 1, 3, 5): "P As Sb", (-2, -1, 4, 6): "S", (-2, 4, 6): "Se Te",
    (-1, 1, 3, 5, 7): "Cl Br I", (2, 3, 4): "Ti", (2, 3, 4, 5): "V", (2, 3, 6): "Cr", (2, 3, 4, 6, 7): "Mn",
    (2, 3): "Fe Co Ni", (1, 2): "Cu Hg", (2, 4): "Sn Pb Pd Pt", (3, 5): "Bi", (1, 3): "Au", (4, 6): "Mo W U",
    (3, 4): "Ce", (4,): "Zr Hf", (1,) * 2: "Tl",
}  # fmt: skip
_STATES = {symbol: tuple(sorted(set(states))) for states, symbols in _BY_STATES.items() for symbol in symbols.split()}
_MIXED = frozenset(("N", "S", "Fe", "Pb", "Mn", "Co"))
"""Elements that often have two states in one substance: NH4NO3, Na2S2O3, Fe3O4."""

_MOLECULES: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("H", "N", "F", "Cl", "Br", "I"), (2,)), "O": (2, 3), "P": (1, 4), "S": (1, 8), "As": (1, 4),
}  # fmt: skip
_PEROXIDES = frozenset(("H", "Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba"))
_SUPEROXIDES = frozenset(("K", "Rb", "Cs"))
_HYDRIDES = frozenset(("Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba", "Al", "B"))
_ORGANIC = frozenset(("C", "H", "O", "N", "F", "Cl", "Br", "I", "Na", "K"))
_MONOVALENT = frozenset(("H", "F", "Cl", "Br", "I", "Na", "K"))
_MAX_ATOMS = 80
_USELESS_BRACKETS = re.compile(r"\([^()]*\)(?!\d)")


def plausible(formula: Formula) -> bool:
    """True for what may exist, as far as a table of usual states tells, and for what the table does not know."""
    if _USELESS_BRACKETS.search(formula.text):
        return False
    counts = {symbol: int(count) for symbol, count in formula.counts.items() if count.denominator == 1}
    if len(counts) < len(formula.counts) or not counts or any(s not in _STATES for s in counts.keys() - {"C", "H"}):
        return True
    if sum(counts.values()) > _MAX_ATOMS:
        return False
    if len(counts) == 1:
        return _element(*next(iter(counts.items())), formula.charge)
    if "C" in counts and "H" in counts and counts.keys() <= _ORGANIC and not formula.charge and not _valences(counts):
        return False
    return formula.charge in _totals(counts) or _special(counts)


def _element(symbol: str, count: int, charge: int) -> bool:
    if charge:
        usual = symbol not in _STATES or charge in _STATES[symbol]
        return (count == 1 and usual) or (symbol, count, charge) in (
            ("Hg", 2, 2),
            ("O", 2, -2),
            ("S", 2, -2),
            ("N", 3, -1),
        )
    return count in _MOLECULES.get(symbol, (1,))


def _special(counts: Mapping[str, int]) -> bool:
    others = counts.keys() - {"O", "H"}
    peroxide = counts.get("O") == 2 and len(counts) == 2 and (counts.keys() - {"O"}) <= _PEROXIDES
    if peroxide:
        (symbol, count), *_ = ((s, n) for s, n in counts.items() if s != "O")
        superoxide = symbol in _SUPEROXIDES and count == 1
        return superoxide or count * (1 if symbol == "H" else _STATES[symbol][0]) == 2
    hydride = "H" in counts and "O" not in counts and bool(others) and others <= _HYDRIDES
    if hydride:
        return sum(n * _STATES[s][0] for s, n in counts.items() if s in others) == counts["H"]
    return dict(counts) in ({"N": 2, "O": 1}, {"O": 1, "F": 2}, {"Ca": 1, "O": 1, "Cl": 2})


def _valences(counts: Mapping[str, int]) -> bool:
    """Not more bonds than carbon and nitrogen have, and an even number of them."""
    ends = sum(count for symbol, count in counts.items() if symbol in _MONOVALENT)
    free = 2 * counts["C"] + 2 + counts.get("N", 0) - ends
    return (free >= 0 and free % 2 == 0) or counts.get("N", 0) > 0


def _totals(counts: Mapping[str, int]) -> set[int]:
    """Every sum of oxidation states that the atoms can have together."""
    parts = (_sums(symbol, count) for symbol, count in counts.items())
    return reduce(lambda one, other: {left + right for left in one for right in other}, parts, {0})


def _sums(symbol: str, count: int) -> Iterable[int]:
    if symbol == "C":
        return range(-4 * count, 4 * count + 1)
    if symbol == "H":
        return (count,)
    states = _STATES[symbol]
    if symbol not in _MIXED:
        return [count * state for state in states]
    return {
        first * some + second * (count - some) for first in states for second in states for some in range(count + 1)
    }
