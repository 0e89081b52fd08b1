"""Balancing: the null space of the matrix of atoms and charges, in exact whole numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from .formulas import Count, Formula

_CHARGE = "charge"


@dataclass(frozen=True)
class Balance:
    """`coefficients` are the smallest whole ones, left side first; None when there are none, or more than one set."""

    coefficients: tuple[int, ...] | None
    unique: bool


def balanced(left: Sequence[tuple[Fraction, Formula]], right: Sequence[tuple[Fraction, Formula]]) -> bool:
    """Whether atoms and charge are the same on both sides, with the coefficients as written."""
    totals: dict[str, Count] = {}
    for sign, side in ((1, left), (-1, right)):
        for coefficient, formula in side:
            for symbol, count in _content(formula).items():
                totals[symbol] = totals.get(symbol, 0) + sign * coefficient * count
    return not any(totals.values())


def balance(left: Sequence[Formula], right: Sequence[Formula]) -> Balance:
    """The coefficients that the species need: the null space of their matrix must be a line of positive numbers."""
    columns = [_content(formula) for formula in left]
    columns += [{symbol: -count for symbol, count in _content(formula).items()} for formula in right]
    rows = [_whole([column.get(symbol, 0) for column in columns]) for symbol in sorted({s for c in columns for s in c})]
    pivots = _reduce(rows, len(columns))
    free = [column for column in range(len(columns)) if column not in pivots]
    if len(free) != 1:
        return Balance(None, unique=not free)
    solution = _line(rows, pivots, free[0], len(columns))
    return Balance(solution if all(value > 0 for value in solution) else None, unique=True)


def _content(formula: Formula) -> Mapping[str, Count]:
    return {**formula.counts, _CHARGE: formula.charge} if formula.charge else formula.counts


def _whole(row: Sequence[Count]) -> list[int]:
    scale = lcm(*(value.denominator for value in row))
    return [int(value * scale) for value in row]


def _reduce(rows: list[list[int]], width: int) -> dict[int, int]:
    """Gauss-Jordan elimination without fractions, in place. Returns pivot column → row."""
    pivots: dict[int, int] = {}
    for column in range(width):
        top = len(pivots)
        pivot = next((i for i in range(top, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[top], rows[pivot] = rows[pivot], rows[top]
        lead = rows[top][column]
        for i, row in enumerate(rows):
            if i != top and row[column]:
                factor = row[column]
                mixed = [lead * value - factor * above for value, above in zip(row, rows[top], strict=True)]
                common = gcd(*mixed) or 1
                rows[i] = [value // common for value in mixed]
        pivots[column] = top
    return pivots


def _line(rows: list[list[int]], pivots: Mapping[int, int], free: int, width: int) -> tuple[int, ...]:
    """The one direction of the null space, in smallest whole numbers, the free column positive."""
    values = [Fraction(0)] * width
    values[free] = Fraction(1)
    for column, row in pivots.items():
        values[column] = Fraction(-rows[row][free], rows[row][column])
    scale = lcm(*(value.denominator for value in values))
    whole = [int(value * scale) for value in values]
    common = gcd(*whole)
    return tuple(value // common for value in whole)
