"""Calculations and conversions that are written on the page, computed again; slips named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction

from . import slip_words as say
from .chains import Equality, bracketed_unit, equalities
from .edits import restored
from .evaluation import Measured, measured, play, readings
from .expressions import Number
from .finding import SURE, Finding, Kind, Verdict, Words, finding
from .joined import Joined, joined
from .legible import Trust, literals
from .misreading import explained, plus_or_minus, written
from .rounding import agrees, near, shifted, shown
from .sections import Section
from .units import Unit, UnknownUnit, measure, unit

MAX_EQUALITIES = 200
"""The first equalities of a work; what comes after is not computed."""


_RATIOS = tuple({Fraction(one, other) for one in range(1, 7) for other in range(1, 7)})


class Sum(Enum):
    """How an equality came out."""

    RIGHT = "right"
    WRONG = "wrong"
    DIMENSION = "dimension"
    UNCLEAR = "unclear"
    SILENT = "silent"


@dataclass(frozen=True)
class Checked:
    """An equality that was computed: `value` is what the left side comes to, in the unit of the right one."""

    equality: Equality
    outcome: Sum
    value: Fraction | None = None


@dataclass
class Page:
    """What is known of the numbers of a section so far.

    `exact` stand for themselves: given before the first calculation, or computed without rounding. `known` are rounded
    results with what they were before; a calculator goes on with that.
    """

    exact: set[Fraction] = field(default_factory=lambda: {Fraction("22.4"), Fraction("8.31"), Fraction("6.02")})
    known: dict[Fraction, tuple[Fraction, ...]] = field(default_factory=dict)
    began: bool = False

    def learn(self, checked: Checked) -> None:
        """Remember a result."""
        right = checked.equality.right.single
        self.began = self.began or checked.equality.left.single is None
        if right is None or checked.value is None or checked.outcome is Sum.SILENT:
            return
        if checked.outcome is not Sum.RIGHT or checked.value == right.value:
            self.exact.add(right.value)
        else:
            self.known[right.value] = (*self.known.get(right.value, ()), checked.value)[-3:]

    def exact_of(self, numbers: Sequence[Number]) -> set[Fraction]:
        """Those of the numbers that are exact, or a simple multiple of an exact one: amounts by an equation are."""
        return {number.value for number in numbers if any(number.value / r in self.exact for r in _RATIOS)}


def slip_findings(sections: Sequence[Section], trust: Trust, sure: float = SURE) -> list[Finding]:
    """One finding per calculation and per conversion of units."""
    found: list[Finding] = []
    for section in sections:
        page = Page()
        for line in joined(section.lines):
            sums = equalities(line.text)
            if not page.began and not any(one.left.single is None for one in sums):
                page.exact.update(literals(line.text))
            for equality in sums:
                if len(found) >= MAX_EQUALITIES:
                    return found
                checked = check(line.text, equality, page)
                page.learn(checked)
                found += _finding(section.number, line, checked, trust, sure)
    return found


def check(text: str, equality: Equality, page: "Page") -> Checked:
    """Compute both sides of an equality in a line."""
    left, right = equality.left, equality.right
    if left.ratio and right.ratio:
        return Checked(equality, Sum.SILENT)
    values = readings(left, page.known)
    if not values:
        return Checked(equality, Sum.SILENT)
    if right.single is None:
        return _two_expressions(equality, values, readings(right, page.known))
    stated = _with_bracketed_unit(text, equality, right.single)
    if left.single is not None:
        return _conversion(equality, left.single, stated)
    return _calculation(equality, values, stated, page)


def _with_bracketed_unit(text: str, equality: Equality, stated: Number) -> Number:
    name = bracketed_unit(text, equality) if stated.unit is None else None
    try:
        return replace(stated, unit=unit(name)) if name else stated
    except UnknownUnit:
        return stated


def _two_expressions(equality: Equality, left: Sequence[Fraction], right: Sequence[Fraction]) -> Checked:
    """Both sides are calculations: nobody rounds there, but a run-on «5/50 = 0,1·22,4 = 2,24» is a bad habit only."""
    if any(near(one, other, Fraction(1, 100)) for one in left for other in right):
        return Checked(equality, Sum.RIGHT, left[0])
    first = equality.right.numbers[0].value
    if not right or any(agrees(first, equality.right.numbers[0].places, value) for value in left):
        return Checked(equality, Sum.SILENT)
    units = any(number.unit for number in equality.numbers)
    return Checked(equality, Sum.UNCLEAR if units or equality.sign == "≈" else Sum.WRONG, left[0])


def _conversion(equality: Equality, given: Number, stated: Number) -> Checked:
    """«500 мл = 0,5 л», «0,2 = 20 %»."""
    if given.unit is None or stated.unit is None:
        percent = _is_percent(given.unit) or _is_percent(stated.unit)
        fits = percent and any(agrees(stated.value, stated.places, given.value * f) for f in (100, Fraction(1, 100)))
        return Checked(equality, Sum.RIGHT if fits else Sum.SILENT, given.value)
    if given.unit == stated.unit:
        return Checked(equality, Sum.SILENT)
    one, other = measured(equality.left), measured(replace(equality.right, items=(stated,)))
    if one is None or other is None or one.dimension != other.dimension:
        return Checked(equality, Sum.SILENT)
    value = _in_unit(one, stated.unit)
    slack = Fraction(1, 50) if equality.sign == "≈" else Fraction(1, 250)
    right = agrees(stated.value, stated.places, value) or near(stated.value, value, slack)
    return Checked(equality, Sum.RIGHT if right else Sum.WRONG, value)


def _is_percent(one: Unit | None) -> bool:
    return one is not None and one.expression in ("percent", "permille")


def _in_unit(one: Measured, target: Unit) -> Fraction:
    factor, offset, _ = measure(target)
    return (one.value - Fraction(offset)) / Fraction(factor)


def _calculation(equality: Equality, values: Sequence[Fraction], stated: Number, page: "Page") -> Checked:
    full = measured(equality.left)
    candidates = list(values)
    if full is not None and stated.unit is not None:
        dimension = measure(stated.unit)[2]
        if full.dimension != dimension:
            fits = any(agrees(stated.value, stated.places, value) for value in values)
            return Checked(equality, Sum.DIMENSION if fits else Sum.UNCLEAR, values[0])
        candidates.append(_in_unit(full, stated.unit))
    if any(_is_percent(number.unit) for number in (*equality.left.numbers, stated)):
        candidates += [value * factor for value in values for factor in (100, Fraction(1, 100))]
    slack = Fraction(1, 50) if equality.sign == "≈" else Fraction(0)
    exact = any(item in ("lg", "ln") for item in equality.left.items)
    for value in candidates:
        if agrees(stated.value, stated.places, value) or near(stated.value, value, slack or Fraction(exact, 200)):
            return Checked(equality, Sum.RIGHT, value)
    thousand = any(shifted(stated.value, value, (3, 6)) for value in candidates)
    hundred = any(shifted(stated.value, value, (2,)) for value in candidates) and _share(equality.name)
    thousand = thousand or _half_labelled(equality)
    rounded = abs(stated.value - values[0]) <= play(equality.left, page.exact_of(equality.left.numbers))
    return Checked(equality, Sum.UNCLEAR if thousand or hundred or rounded else Sum.WRONG, candidates[0])


def _half_labelled(equality: Equality) -> bool:
    """A sum in which some numbers have a unit and others none."""
    labelled = [number.unit is not None for number in equality.left.numbers]
    return any(labelled) and not all(labelled) and any(item in ("+", "-") for item in equality.left.items)


def _share(name: str) -> bool:
    """ω, η, φ, α: often in per cent without saying so."""
    return name[:1] in "ωwWηφαχ" or name.lower().startswith(("с%", "c%", "выход", "доля"))


def _finding(number: int | None, line: Joined, checked: Checked, trust: Trust, sure: float) -> Iterator[Finding]:
    equality, outcome = checked.equality, checked.outcome
    if outcome is Sum.SILENT or checked.value is None:
        return
    conversion = equality.left.single is not None
    kind = Kind.CONVERSION if conversion else Kind.DIMENSION if outcome is Sum.DIMENSION else Kind.ARITHMETIC
    place = line.place(equality.start, equality.end)
    stated = line.text[equality.right.start : equality.end].strip()
    unit_text = stated[len(equality.right.single.literal) :].strip() if equality.right.single else ""
    expected = f"{shown(checked.value)} {unit_text}".strip()
    verdict, words = Verdict.OK, say.CONVERTED if conversion else say.COMPUTED
    if outcome is not Sum.RIGHT:
        verdict, words = _accusation(line, checked, trust, expected, stated)
    yield finding(
        kind, verdict, number, place, words,
        expected=None if outcome is Sum.DIMENSION else expected, found=stated, sure=sure,
    )  # fmt: skip


def _accusation(line: Joined, checked: Checked, trust: Trust, expected: str, stated: str) -> tuple[Verdict, Words]:
    equality = checked.equality
    if checked.outcome is Sum.DIMENSION:
        words = say.DIMENSION.filled(stated)
    elif equality.left.single is not None:
        words = say.NOT_CONVERTED.filled(line.text[equality.start : equality.left.end].strip(), expected, stated)
    else:
        words = say.slip(equality, checked.value or Fraction(0), expected, stated)
    lines = [part for _, part in line.parts]
    ambiguous = any(item.others or " " in item.literal for item in equality.numbers)
    if checked.outcome is Sum.UNCLEAR or ambiguous:
        return Verdict.UNSURE, say.UNCLEAR
    hidden = plus_or_minus(equality) or restored(line.text, equality, trust)
    hidden = hidden or (not trust.firm and explained(equality, checked.value, trust))
    if not trust.believes(lines, _literals(equality)) or hidden:
        return Verdict.UNSURE, say.doubted(words)
    return Verdict.WRONG, words


def _literals(equality: Equality) -> Iterator[Fraction]:
    """The numbers as they stand on the page, without their powers of ten."""
    return map(written, equality.numbers)
