"""A quantity that a student wrote against the one that is expected."""

from collections.abc import Iterator
from decimal import Decimal
from enum import IntEnum

from .quantities import Quantity
from .units import ONE, Unit, convert

_SHIFTS = (1, 2, 3, 4)


class Match(IntEnum):
    """How near a written quantity comes to the expected one; the greater, the nearer."""

    FOREIGN = 0
    """Another dimension and another number."""
    MISS = 1
    """The same dimension (or none), certainly another value."""
    NEAR = 2
    """Not within the tolerance, but rounding or recognition may explain it."""
    NUMBER = 3
    """The number fits, the unit measures something else."""
    BARE = 4
    """The number fits, no unit is written."""
    HIT = 5


def close(found: Decimal, expected: Decimal, tolerance: Decimal) -> bool:
    """Within the tolerance, which is *relative* to the expected value (0.01 = one per cent); absolute if that is 0."""
    return abs(found - expected) <= tolerance * (abs(expected) or 1)


def compare(found: Quantity, expected: Quantity, tolerance: Decimal) -> Match:
    """How `found` fits. Units convert; a number without a unit is taken in the expected one, a share also in %."""
    comparable = same_dimension(found.unit, expected.unit)
    candidates = [value for written in found.values for value in _values(written, found.unit, expected.unit)]
    if any(close(value, expected.value, tolerance) for value in candidates):
        return Match.HIT if found.unit or _pure(expected.unit) else Match.BARE
    if not comparable and any(close(abs(v), abs(expected.value), tolerance) for v in found.values):
        return Match.NUMBER
    if tonnes(found) and any(close(v, expected.value, tolerance) for v in found.values):
        return Match.NEAR
    if not found.value and expected.value:
        # «0 мл»: the digits before it were lost.
        return Match.NEAR
    if found.worded or found.computed or found.torn or found.others or lost_power(found):
        return Match.NEAR
    if not comparable:
        return Match.FOREIGN
    near = any(_explicable(value, found, expected, tolerance) for value in candidates)
    return Match.NEAR if near or _rounded(found, expected) else Match.MISS


def tonnes(found: Quantity) -> bool:
    """«5 т» is a misread «5 г» more often than a tonne."""
    return found.unit is not None and found.unit.expression == "tonne" and found.text.endswith("т")


def same_dimension(one: Unit | None, other: Unit | None) -> bool:
    """Whether the units can be compared; a missing unit is no objection."""
    return one is None or other is None or one.dimension == other.dimension


def lost_power(quantity: Quantity) -> bool:
    """A length, alone or in a compound unit: perhaps a volume without its superscript, or a column of mercury."""
    return quantity.unit is not None and "meter" in quantity.unit.expression and "3" not in quantity.unit.expression


def _pure(unit: Unit | None) -> bool:
    return unit is None or not unit.dimension


def _values(value: Decimal, unit: Unit | None, expected: Unit | None) -> Iterator[Decimal]:
    """The value in the expected unit, in every sense it may have."""
    if unit is not None and expected is not None:
        if unit.dimension == expected.dimension:
            yield convert(value, unit, expected)
        return
    yield value
    given = unit or expected
    if given is not None and not given.dimension:
        yield convert(value, unit or ONE, expected or ONE)


def _explicable(value: Decimal, found: Quantity, expected: Quantity, tolerance: Decimal) -> bool:
    """A sign or a comma that recognition lost, or a multiple of a unit that was not written."""
    target = expected.value
    if close(-value, target, tolerance):
        return True
    if (found.unit is None) is not (expected.unit is None):
        return any(close(value.scaleb(shift), target, tolerance) for step in _SHIFTS for shift in (step, -step))
    comma_lost = "," not in found.literal and "." not in found.literal
    if found.unit is not None and expected.unit is not None and found.unit != expected.unit:
        return False
    if not comma_lost or found.places < 0 or (abs(target) < 1) is not found.literal.startswith("0"):
        return False
    return any(close(value.scaleb(-shift), target, tolerance) for shift in _SHIFTS)


def _rounded(found: Quantity, expected: Quantity) -> bool:
    """Whether the expected value, rounded as the student rounded, is what the student wrote."""
    if not found.value:
        return False
    known = found.unit is not None and expected.unit is not None
    exact = (
        convert(expected.value, expected.unit, found.unit) if known and found.unit and expected.unit else expected.value
    )
    half = Decimal("0.5").scaleb(-found.places)
    # The teacher may have rounded too: «1,1·10^-5» for 1,05·10^-5. One figure alone would forgive too much.
    rounded = len(expected.literal.strip("0,.").replace(",", "").replace(".", "")) > 1 and expected.unit == found.unit
    return abs(exact - found.value) <= max(half, Decimal("0.5").scaleb(-expected.places) if rounded else half)
