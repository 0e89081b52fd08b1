"""What a written expression comes to: its number in every reading, and with units where all of them are written."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice, product

from .expressions import Expression, Item, Number
from .units import Dimension, measure

MAX_READINGS = 32
_MOST = Fraction(10) ** 30
_ABSOLUTE = frozenset(("degC",))

Known = Mapping[Fraction, tuple[Fraction, ...]]
"""Numbers of a work that are rounded results: what they stood for before they were rounded."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value in base units, with its dimension."""

    value: Fraction
    dimension: Dimension


def readings(expression: Expression, known: Known) -> tuple[Fraction, ...]:
    """What it comes to, as written first, then with rounded numbers before they were rounded. Empty: undefined."""
    choices = [_choices(number, known) for number in expression.numbers]
    found: dict[Fraction, None] = {}
    for values in islice(product(*choices), MAX_READINGS):
        value = _run(expression.items, iter(values))
        if value is not None:
            found.setdefault(value)
    return tuple(found)


def replaced(expression: Expression, numbers: Mapping[int, Fraction], signs: Mapping[int, str]) -> Fraction | None:
    """What it would come to with other numbers (by their order) or signs (by their place among the items)."""
    items = [signs.get(at, item) for at, item in enumerate(expression.items)]
    values = [numbers.get(at, number.value) for at, number in enumerate(expression.numbers)]
    return _run(items, values)


def play(expression: Expression, exact: Collection[Fraction]) -> Fraction:
    """By how much the result may be off because its numbers were rounded before they were written.

    Numbers in `exact` and whole ones stand for themselves.
    """
    values = [number.value for number in expression.numbers]
    middle = _run(expression.items, values)
    total = Fraction(0)
    for at, number in enumerate(expression.numbers):
        if number.value in exact or number.value.denominator == 1 or middle is None:
            continue
        half = Fraction(1, 2) / Fraction(10) ** number.places
        moved = _run(expression.items, [*values[:at], number.value + half, *values[at + 1 :]])
        total += abs(moved - middle) if moved is not None else Fraction(0)
    return total


def _choices(number: Number, known: Known) -> tuple[Fraction, ...]:
    return (number.value, *number.others, *known.get(number.value, ()))


def _run(items: Sequence[Item], values: Iterable[Fraction]) -> Fraction | None:
    stack: list[Fraction] = []
    numbers = iter(values)
    for item in items:
        if isinstance(item, Number):
            stack.append(next(numbers))
            continue
        value = _unary(item, stack.pop()) if item in _FUNCTIONS or item[0] == "^" else _binary(item, stack)
        if value is None or abs(value) > _MOST:
            return None
        stack.append(value)
    return stack[0] if len(stack) == 1 else None


def _log(value: Fraction, base: Callable[[float], float]) -> Fraction | None:
    return Fraction(base(float(value))) if value > 0 and float(value) > 0 else None


_FUNCTIONS: Mapping[str, Callable[[Fraction], Fraction | None]] = {
    "neg": lambda value: -value,
    "lg": lambda value: _log(value, math.log10),
    "ln": lambda value: _log(value, math.log),
}


def _unary(item: str, value: Fraction) -> Fraction | None:
    if item[0] != "^":
        return _FUNCTIONS[item](value)
    power = int(item[1:])
    return None if (value == 0 and power < 0) or abs(value) > 10**6 else value**power


def _binary(sign: str, stack: list[Fraction]) -> Fraction | None:
    right, left = stack.pop(), stack.pop()
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "·":
        return left * right
    return left / right if right else None


def measured(expression: Expression) -> Measured | None:
    """With units: None unless every number has one and sums are of the same dimension."""
    stack: list[Measured] = []
    for item in expression.items:
        value = _in_base(item, alone=len(expression.items) == 1) if isinstance(item, Number) else _combined(item, stack)
        if value is None:
            return None
        stack.append(value)
    return stack[0] if len(stack) == 1 else None


def _in_base(number: Number, *, alone: bool) -> Measured | None:
    if number.unit is None:
        return None
    factor, offset, dimension = measure(number.unit)
    if number.unit.expression in _ABSOLUTE and not alone:
        return None
    return Measured(number.value * Fraction(factor) + Fraction(offset), dimension)


def _combined(item: str, stack: list[Measured]) -> Measured | None:
    if item == "neg":
        one = stack.pop()
        return Measured(-one.value, one.dimension)
    if item not in "+-·/":
        return None
    right, left = stack.pop(), stack.pop()
    if item in "+-":
        value = left.value + right.value if item == "+" else left.value - right.value
        return Measured(value, left.dimension) if left.dimension == right.dimension else None
    sign = 1 if item == "·" else -1
    if sign < 0 and not right.value:
        return None
    powers = dict(left.dimension)
    for name, power in right.dimension:
        powers[name] = powers.get(name, Decimal(0)) + sign * power
    dimension = frozenset((name, power) for name, power in powers.items() if power)
    return Measured(left.value * right.value if sign > 0 else left.value / right.value, dimension)
