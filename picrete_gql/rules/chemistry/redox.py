"""Who gives electrons in a reaction and who takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .formulas import ELECTRON, Formula
from .oxidation import states


@dataclass(frozen=True)
class Change:
    """`element` goes from one state to another; `electrons` per atom are given (positive) or taken (negative)."""

    element: str
    before: Fraction
    after: Fraction

    @property
    def electrons(self) -> Fraction:
        """Given (positive) or taken (negative) by one atom."""
        return self.after - self.before


def all_states(species: Sequence[Formula]) -> dict[str, set[Fraction]] | None:
    """Every state in which each element stands, or None when some formula has no certain states."""
    found: dict[str, set[Fraction]] = {}
    for formula in species:
        if formula is ELECTRON:
            continue
        known = states(formula)
        if known is None:
            return None
        for symbol, state in known.items():
            found.setdefault(symbol, set()).add(state)
    return found


def changes(left: Sequence[Formula], right: Sequence[Formula]) -> list[Change] | None:
    """The elements whose state changes; empty when it is no redox reaction, None when the rules cannot tell."""
    before, after = all_states(left), all_states(right)
    if before is None or after is None:
        return None
    found = []
    for symbol in sorted(before.keys() & after.keys()):
        gone, new = before[symbol] - after[symbol], after[symbol] - before[symbol]
        if gone or new:
            pairs = [(one, other) for one in gone or before[symbol] for other in new or after[symbol]]
            found += [Change(symbol, one, other) for one, other in sorted(pairs)]
    return found
