"""The task bank: the natural order of numbers, what a search asks for, and what the bank refuses."""

import re
from dataclasses import dataclass, field

from picrete_gql.models.bank import FOLD
from picrete_gql.problems import Code, Invalid, Problem

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_RUN = re.compile(r"([0-9]+)|([^\W\d_]+)")
_TOKENS = "\x01"


@dataclass(eq=False)
class NumbersUnknown(Problem):
    """The source has no tasks of these numbers."""

    numbers: list[str]
    shown: str = field(init=False)
    code = Code.INVALID_INPUT
    ru = "В источнике нет задач с номерами: {shown}."
    en = "The source has no tasks with the numbers: {shown}."

    def __post_init__(self) -> None:
        self.shown = ", ".join(self.numbers)


@dataclass(eq=False)
class WorkTooLong(Problem):
    """A work has no room for so many tasks."""

    limit: int
    code = Code.INVALID_INPUT
    ru = "В работе может быть не больше {limit} задач."
    en = "A work holds at most {limit} tasks."


@dataclass(eq=False)
class SourceLimitReached(Problem):
    """A course holds no more sources."""

    limit: int
    ru = "К курсу можно подключить не больше {limit} источников."
    en = "At most {limit} sources can be attached to a course."


def natural_key(number: str) -> str:
    """A text whose order by code point is the natural order: «2.9» before «2.10», «2» before «2.1», «2а» after «2».

    Runs of digits become their length and the digits without leading zeros, runs of letters lose their case, everything
    else only separates. The separator is lower than any of them, so that a beginning comes before what goes on.
    """
    parts = []
    for digits, letters in _RUN.findall(number):
        plain = digits.lstrip("0") or "0"
        parts.append(f"{len(plain):03d}{plain}" if digits else letters.casefold().replace("ё", "е\x7f"))
    return _TOKENS.join(parts)


def plain(question: str) -> str:
    """A question to the search, folded as the searched words are."""
    return question.translate(str.maketrans(*FOLD))


def slug(value: str) -> str:
    """The short name of a source: 1–64 of a–z, 0–9 and inner «-». Raises Invalid."""
    if not SLUG.fullmatch(value):
        raise Invalid(
            "source", "Код источника: a–z, 0–9 и «-» внутри.", "A source is called by a–z, 0–9 and inner “-”."
        )
    return value


def ensure_count(field: str, count: int, most: int) -> None:
    """Raises Invalid unless there is at least one and at most so many."""
    if not 1 <= count <= most:
        raise Invalid(field, f"{field}: от 1 до {most}.", f"{field}: from 1 to {most}.")
