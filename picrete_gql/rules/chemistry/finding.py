"""What a check found, as data."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from .pages import Line

SURE = 0.6
"""Blocks read with less confidence than this accuse nobody."""


class Kind(StrEnum):
    """What was looked at."""

    EQUATION = "equation"
    MOLAR_MASS = "molar_mass"
    ANSWER = "answer"
    DIMENSION = "dimension"
    ARITHMETIC = "arithmetic"
    CONVERSION = "conversion"
    OXIDATION = "oxidation"
    ION = "ion"
    NUCLEAR = "nuclear"
    FIGURES = "figures"


class Verdict(StrEnum):
    """`unsure` never counts against a student."""

    OK = "ok"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Words:
    """One sentence in both languages."""

    ru: str
    en: str

    def filled(self, *values: str) -> "Words":
        """With the values in its gaps."""
        return Words(self.ru.format(*values), self.en.format(*values))


@dataclass(frozen=True)
class Finding:
    """One thing that was checked.

    `quote` stands in the block letter by letter. `expected` and `found` are short texts, None when there is nothing to
    say: an answer that was not found at all has verdict unsure and `found` None.
    """

    kind: Kind
    verdict: Verdict
    task_number: int | None
    photo_id: UUID | None
    block_id: str | None
    quote: str
    expected: str | None
    found: str | None
    explanation_ru: str
    explanation_en: str


@dataclass(frozen=True)
class Place:
    """Where something was found: the line, the quote, and the least confidence of what it was read from."""

    line: Line
    quote: str
    confidence: float | None = None


_POORLY_READ = Words(
    "Похоже на ошибку, но этот фрагмент распознан неуверенно: ",
    "This looks like a mistake, but the fragment was read with low confidence: ",
)


def finding(
    kind: Kind, verdict: Verdict, task: int | None, place: Place | None, words: Words,
    *, expected: str | None = None, found: str | None = None, sure: float = SURE,
) -> Finding:  # fmt: skip
    """A finding at a place. An accusation that rests on what was read poorly becomes unsure."""
    confidence = place.confidence if place else None
    if verdict is Verdict.WRONG and confidence is not None and confidence < sure:
        verdict = Verdict.UNSURE
        words = Words(_POORLY_READ.ru + words.ru, _POORLY_READ.en + words.en)
    return Finding(
        kind, verdict, task,
        place.line.photo_id if place else None, place.line.block_id if place else None, place.quote if place else "",
        expected, found, words.ru, words.en,
    )  # fmt: skip
