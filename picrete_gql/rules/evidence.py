"""Findings as they are kept with a run, and what of them a student may read."""

from collections.abc import Sequence
from typing import Any

from picrete_gql.rules.chemistry import Kind, Verdict

_SAYS = {
    Verdict.OK.value: ("Ответ совпадает с эталоном.", "The answer agrees with the reference."),
    Verdict.WRONG.value: ("Ответ не совпадает с эталоном.", "The answer is not the reference."),
    Verdict.UNSURE.value: ("Ответ проверил преподаватель.", "The answer was checked by the teacher."),
}
_UNIT = ("Единица ответа измеряет другую величину.", "The unit of the answer measures something else.")
_UNIT_FITS = ("Единица подходит.", "The unit fits.")


def for_students(evidence: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings without anything that stands in the reference. What is unsure and not about the answer is left out.

    Equations, masses and calculations are anybody's knowledge: what they should be is told.
    """
    kept = [
        one for one in evidence if one.get("verdict") != Verdict.UNSURE.value or one.get("kind") == Kind.ANSWER.value
    ]
    return [_told(one) for one in kept]


def _told(one: dict[str, Any]) -> dict[str, Any]:
    if one.get("kind") == Kind.ANSWER.value:
        ru, en = _SAYS.get(str(one.get("verdict")), _SAYS[Verdict.UNSURE.value])
        return {**one, "expected": None, "explanation": {"ru": ru, "en": en}}
    if one.get("kind") == Kind.DIMENSION.value and one.get("expected") is not None:
        ru, en = _UNIT if one.get("verdict") == Verdict.WRONG.value else _UNIT_FITS
        return {**one, "expected": None, "explanation": {"ru": ru, "en": en}}
    return one
