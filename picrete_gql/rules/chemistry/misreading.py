"""Whether one misread sign would explain why an equality does not hold."""

from collections import Counter
from collections.abc import Collection, Iterator
from fractions import Fraction
from functools import lru_cache

from .chains import Equality
from .evaluation import replaced
from .expressions import Number
from .legible import Trust
from .rounding import agrees

_DIGITS = "0123456789"
_WEIGHTS = (
    "12 14 16 19 20 23 24 27 28 31 32 35.5 39 40 45 48 51 52 55 56 59 63.5 64 65 80 88 108 112 119 127 137 201 207"
)
KNOWN = frozenset(
    Fraction(text) for text in (*_WEIGHTS.split(), "22.4", "96500", "8.31", "8.314", "273", "100", "1000")
)
_LONG = 3
_OPERATORS = frozenset("+-·/")


def explained(equality: Equality, value: Fraction | None, trust: Trust) -> bool:
    """Whether one other digit, comma or operator, which nothing else on the page confirms, makes it right."""
    right = equality.right.single
    if right is None:
        return True
    if trust.confirmed and value is not None:
        return False
    mine = Counter(map(written, equality.numbers))
    if value is None or _by_result(value, right, mine, trust):
        return True
    if equality.left.single is not None:
        return _by_given(equality.left.single, value, right, mine, trust)
    return _by_operator(equality, right) or _by_operand(equality, right, mine, trust)


def _by_given(given: Number, value: Fraction, right: Number, mine: Counter[Fraction], trust: Trust) -> bool:
    """The same for a conversion, where the value is proportional to what is given."""
    if _confirmed(given, mine, trust) or not given.value:
        return False
    return any(agrees(right.value, right.places, other * value / given.value) for other, _ in variants(given.literal))


def _confirmed(number: Number, mine: Counter[Fraction], trust: Trust) -> bool:
    """What stands on the page twice was hardly misread twice. Where much is misread, short numbers meet by chance."""
    literal = written(number)
    long = sum(map(str.isdigit, number.literal)) >= (_LONG - trust.clean)
    return literal in KNOWN or (long and trust.elsewhere(literal, mine))


def written(number: Number) -> Fraction:
    """The number as it stands on the page, without its power of ten."""
    return Fraction(number.literal.split("·")[0].replace(" ", "").replace(",", "."))


def plus_or_minus(equality: Equality) -> bool:
    """Whether it holds with one plus instead of a minus, or the other way round: that is no slip in computing."""
    right = equality.right.single
    for at, item in enumerate(equality.left.items):
        if right is not None and item in ("+", "-"):
            value = replaced(equality.left, {}, {at: "-" if item == "+" else "+"})
            if value and agrees(right.value, right.places, value):
                return True
    return False


def _by_result(value: Fraction, right: Number, mine: Counter[Fraction], trust: Trust) -> bool:
    if right.value == -value:
        return True
    if _confirmed(right, mine, trust) and trust.elsewhere(written(right), mine):
        return False
    return any(agrees(other, places, value) for other, places in variants(right.literal))


def _by_operator(equality: Equality, right: Number) -> bool:
    for at, item in enumerate(equality.left.items):
        if isinstance(item, str) and item in _OPERATORS:
            for sign in _OPERATORS - {item}:
                value = replaced(equality.left, {}, {at: sign})
                if value is not None and value and agrees(right.value, right.places, value):
                    return True
    return False


def _by_operand(equality: Equality, right: Number, mine: Counter[Fraction], trust: Trust) -> bool:
    for at, number in enumerate(equality.left.numbers):
        if _confirmed(number, mine, trust):
            continue
        scale = number.value / written(number) if written(number) else Fraction(1)
        for other, _ in variants(number.literal):
            value = replaced(equality.left, {at: other * scale}, {})
            if value is not None and agrees(right.value, right.places, value):
                return True
    return False


@lru_cache(maxsize=4096)
def variants(literal: str) -> tuple[tuple[Fraction, int], ...]:
    """The numbers that one sign more, one less or another one makes of it, with their decimals."""
    text = literal.split("·", maxsplit=1)[0].strip().replace(" ", "").replace(",", ".")
    found: dict[str, None] = {}
    for at in range(len(text) + 1):
        for sign in (*_DIGITS, "."):
            found.setdefault(text[:at] + sign + text[at:])
            if at < len(text):
                found.setdefault(text[:at] + sign + text[at + 1 :])
        if at < len(text):
            found.setdefault(text[:at] + text[at + 1 :])
    return tuple(_numbers(found, text))


def _numbers(texts: Collection[str], literal: str) -> Iterator[tuple[Fraction, int]]:
    for text in texts:
        if text != literal and text.count(".") < 2 and text[:1].isdigit() and text[-1:].isdigit():
            yield Fraction(text), len(text.partition(".")[2])


def near_literal(literal: str, expected: Fraction) -> bool:
    """Whether one misread sign of the literal gives the expected number."""
    return any(agrees(other, decimals, expected) for other, decimals in variants(literal) if other)
