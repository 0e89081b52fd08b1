"""A typed answer against the bank's: number with tolerance and units, formula, or words.

What is typed was not misread: where the checks of recognised pages are unsure of a number, this says right or wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from picrete_gql.models import Answered
from picrete_gql.problems import Locale

from .chemistry.answers import finals
from .chemistry.comparison import Match, compare, same_dimension
from .chemistry.finding import Verdict
from .chemistry.formulas import Formula
from .chemistry.joined import Joined
from .chemistry.normalise import normalise
from .chemistry.outcomes import judged
from .chemistry.pages import Line, Task
from .chemistry.quantities import Quantity
from .chemistry.readings import readings
from .chemistry.reference import Reference, reference


class Reason(StrEnum):
    """Why an answer is right, wrong or neither."""

    RIGHT = "right"
    UNIT_MISSING = "unit_missing"
    OFF = "off"
    UNIT_WRONG = "unit_wrong"
    NO_NUMBER = "no_number"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    UNCLEAR = "unclear"
    OTHER_FORMULA = "other_formula"
    OTHER_WORDS = "other_words"


SENTENCES = {
    Reason.RIGHT: ("Верно.", "Right."),
    Reason.UNIT_MISSING: ("Верно, но единица не указана.", "Right, but the unit is missing."),
    Reason.OFF: ("Число не сходится с ответом.", "The number does not fit the answer."),
    Reason.UNIT_WRONG: ("Единица измеряет другую величину.", "The unit measures something else."),
    Reason.NO_NUMBER: ("Нужно число, а его в ответе нет.", "A number is needed, and there is none."),
    Reason.TOO_FEW: ("В ответе не все величины.", "Not all values are there."),
    Reason.TOO_MANY: ("Чисел больше, чем в ответе: оставьте только итог.", "Too many numbers: leave the result only."),
    Reason.UNCLEAR: ("Запись не разобрать: оставьте число и единицу.", "It cannot be read: leave number and unit."),
    Reason.OTHER_FORMULA: ("Это другое вещество.", "This is another substance."),
    Reason.OTHER_WORDS: ("Сравните с ответом сами.", "Compare it with the answer yourself."),
}


@dataclass(frozen=True)
class Checked:
    """What the checks say of an answer."""

    verdict: Answered
    reason: Reason


def say(reason: str, locale: Locale) -> str:
    """The sentence of a reason for a person."""
    return SENTENCES[Reason(reason)][0 if locale is Locale.RU else 1]


def check(text: str, answer: str, tolerance: Decimal) -> Checked:
    """A typed answer against the bank's. `tolerance` is a share of the answer (0.01 = one per cent).

    Units convert; a number without its unit is taken in the expected one. Several values may come in any order.
    """
    expected = reference(Task(1, answer, tolerance))
    typed = normalise(text).text.strip()
    if expected is None or not typed:
        return Checked(Answered.UNSURE, Reason.OTHER_WORDS)
    if expected.quantities:
        return _numbers(finals(typed), expected.quantities, tolerance)
    return _words(text, typed, expected, tolerance)


def _numbers(found: Sequence[Quantity], expected: Sequence[Quantity], tolerance: Decimal) -> Checked:
    if not found:
        return Checked(Answered.WRONG, Reason.NO_NUMBER)
    if any(quantity.computed or quantity.torn for quantity in found):
        return Checked(Answered.UNSURE, Reason.UNCLEAR)
    # More numbers than values would be a shot in the dark.
    if len(found) > len(expected):
        return Checked(Answered.UNSURE, Reason.TOO_MANY)
    if len(found) < len(expected):
        return Checked(Answered.WRONG, Reason.TOO_FEW)
    rest, worst = list(found), Match.HIT
    foreign = False
    for quantity in expected:
        match, best = max(((compare(one, quantity, tolerance), one) for one in rest), key=lambda pair: pair[0])
        rest.remove(best)
        worst = min(worst, match)
        foreign |= not same_dimension(best.unit, quantity.unit)
    if worst is Match.HIT:
        return Checked(Answered.RIGHT, Reason.RIGHT)
    if any(quantity.worded for quantity in found):
        return Checked(Answered.UNSURE, Reason.UNCLEAR)
    if worst is Match.BARE:
        return Checked(Answered.RIGHT, Reason.UNIT_MISSING)
    return Checked(Answered.WRONG, Reason.UNIT_WRONG if foreign else Reason.OFF)


def _words(text: str, typed: str, expected: Reference, tolerance: Decimal) -> Checked:
    line = Line(UUID(int=0), "", None, normalise(text.strip()))
    outcome = judged(Joined(line.text, ((0, line),)), expected, tolerance)
    if outcome.verdict is Verdict.OK:
        return Checked(Answered.RIGHT, Reason.RIGHT)
    if expected.formula is not None and _other(typed, expected.formula):
        return Checked(Answered.WRONG, Reason.OTHER_FORMULA)
    return Checked(Answered.UNSURE, Reason.OTHER_WORDS)


def _other(typed: str, expected: Formula) -> bool:
    """Whether it is a formula, and in every reading of other atoms."""
    found = readings(typed.replace(" ", "").rstrip("."))
    same = (expected.counts, expected.charge)
    return bool(found) and all((formula.counts, formula.charge) != same for formula in found)
