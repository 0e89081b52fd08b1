"""Whether one sign less, more or different makes an equality right with numbers that stand elsewhere on the page.

Then it was misread, however cleanly the rest was read: «31,8/12 = 6,82» where 81,8 is given.
"""

from collections.abc import Iterator
from fractions import Fraction

from .chains import Equality, read_whole
from .evaluation import readings
from .expressions import Expression, Number
from .legible import Trust
from .misreading import KNOWN, variants, written
from .rounding import agrees

_SIGNS = "0123456789,·/+-"
_LEAST = 2
_LONGEST = 60


def restored(text: str, equality: Equality, trust: Trust) -> bool:
    """Whether an edit of one sign does it. What is written must stand nowhere else, what is put there must."""
    right = equality.right.single
    # A conversion has other numbers on both sides by nature.
    if trust.confirmed or right is None or equality.left.single is not None:
        return False
    side = text[equality.left.start : equality.left.end]
    mine = [written(number) for number in equality.numbers]
    if len(side) <= _LONGEST and any(_holds(other, right, mine, trust) for other in _edited(side)):
        return True
    return _in_result(equality.left, right, mine, trust)


def _edited(side: str) -> Iterator[str]:
    for at in range(len(side) + 1):
        for sign in _SIGNS:
            yield side[:at] + sign + side[at:]
            if at < len(side) and side[at] in _SIGNS:
                yield side[:at] + sign + side[at + 1 :]
        if at < len(side):
            yield side[:at] + side[at + 1 :]


def _holds(side: str, right: Number, mine: list[Fraction], trust: Trust) -> bool:
    expression = read_whole(side)
    if expression is None or not _believable(expression, mine, trust):
        return False
    return any(agrees(right.value, right.places, value) for value in readings(expression, {}))


def _believable(expression: Expression, mine: list[Fraction], trust: Trust) -> bool:
    """Every number that the edit brought in is known; what it took away is not."""
    there = [written(number) for number in expression.numbers]
    new = [number for number in expression.numbers if written(number) not in mine]
    gone = [number for number in mine[:-1] if number not in there]
    if not (new or gone) or any(number in KNOWN or trust.seen[number] > mine.count(number) for number in gone):
        return False
    return all(_stands(number, mine, trust) for number in new)


def _stands(number: Number, mine: list[Fraction], trust: Trust) -> bool:
    literal = written(number)
    long = sum(map(str.isdigit, number.literal)) >= _LEAST
    return literal in KNOWN or (long and trust.seen[literal] > mine.count(literal))


def _in_result(left: Expression, right: Number, mine: list[Fraction], trust: Trust) -> bool:
    """Whether the result was misread: as it should be it stands elsewhere, as it is nowhere."""
    said = written(right)
    if trust.seen[said] > mine.count(said):
        return False
    values = readings(left, {})
    if "·" in right.literal:
        return False
    for other, places in variants(right.literal):
        long = len(str(other.numerator * 10**places // other.denominator)) >= _LEAST
        if long and trust.seen[other] and any(agrees(other, places, value) for value in values):
            return True
    return False
