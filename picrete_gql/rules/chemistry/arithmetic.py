"""Written-out calculations, computed exactly: numbers, + - · / : and brackets. Nothing is ever evaluated as code."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import add, mul, sub, truediv

MAX_CHARS = 200

_TOKEN = re.compile(r"\s*(?:(\d{1,12}(?:[.,]\d{1,12})?)|([-+·/:()]))")
_OPERATIONS: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": add, "-": sub, "·": mul, "/": truediv, ":": truediv,
}  # fmt: skip
_RANK = {"+": 1, "-": 1, "·": 2, "/": 2, ":": 2}


def compute(text: str) -> Fraction | None:
    """What the expression comes to, or None if it is none: unbalanced, torn, divided by zero, or too long."""
    text = text.strip()
    if len(text) > MAX_CHARS:
        return None
    values: list[Fraction] = []
    signs: list[str] = []
    at, after_value = 0, False
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        at = match.end()
        number, sign = match.groups()
        # A value stands where none stood before it, an operator or a closing bracket only after one.
        if after_value is (number is not None or sign == "("):
            return None
        if number is not None:
            values.append(Fraction(number.replace(",", ".")))
            after_value = True
        elif sign == "(":
            signs.append(sign)
        elif not _push(sign, values, signs):
            return None
        else:
            after_value = sign == ")"
    done = after_value and _fold(values, signs, 0)
    return values[0] if done and not signs else None


def _push(sign: str, values: list[Fraction], signs: list[str]) -> bool:
    """Take an operator or a closing bracket, after computing what binds at least as strongly."""
    if not _fold(values, signs, 0 if sign == ")" else _RANK[sign]):
        return False
    if sign != ")":
        signs.append(sign)
        return True
    return bool(signs) and signs.pop() == "("


def _fold(values: list[Fraction], signs: list[str], rank: int) -> bool:
    """Compute what waits, back to an opening bracket. False when it divides by zero."""
    while signs and signs[-1] != "(" and _RANK[signs[-1]] >= rank:
        sign, right, left = signs.pop(), values.pop(), values.pop()
        if sign in "/:" and right == 0:
            return False
        values.append(_OPERATIONS[sign](left, right))
    return True
