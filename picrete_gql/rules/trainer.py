"""Sets of a trainer: how they are drawn, and when what failed comes again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from picrete_gql.models import Answered
from picrete_gql.problems import Code, Problem

T = TypeVar("T")


@dataclass(eq=False)
class TooFewTasks(Problem):
    """Fewer tasks match the filters than the set should have."""

    wanted: int
    found: int
    code = Code.INVALID_INPUT
    ru = "Подходящих задач: {found}, а нужно {wanted}. Смягчите условия или уменьшите набор."
    en = "{found} tasks match, but {wanted} are wanted. Loosen the filters or ask for fewer."


@dataclass(eq=False)
class SetLimitReached(Problem):
    """A student has no room for more sets in a course."""

    limit: int
    ru = "В курсе может быть не больше {limit} наборов. Удалите ненужные."
    en = "At most {limit} sets fit into a course. Remove some."


@dataclass(eq=False)
class AnswerUnknown(Problem):
    """The bank has no answer to this task, so none can be checked."""

    ru = "К этой задаче в банке нет ответа, проверить его нельзя."
    en = "The bank has no answer to this task, so it cannot be checked."


@dataclass(frozen=True)
class Card:
    """A task in the Leitner system: `box` 0 is outside of it."""

    box: int
    due_at: datetime | None


def drawn(seed: int, candidates: Sequence[tuple[str, T]], count: int) -> list[T]:
    """`count` of the candidates (name, value), by the seed alone: the same names and seed give the same draw.

    They are ordered by SHA-256 of seed and name, so the draw depends neither on the order in which they come, nor on a
    version of Python, and one task more in the bank changes at most one task of the draw. Raises TooFewTasks.
    """
    if len(candidates) < count:
        raise TooFewTasks(count, len(candidates))
    ordered = sorted(candidates, key=lambda one: hashlib.sha256(f"{seed}:{one[0]}".encode()).digest())
    return [value for _, value in ordered[:count]]


def after(card: Card, verdict: Answered, now: datetime, days: Sequence[int]) -> Card:
    """Where a task goes after an answer, by S. Leitner's boxes (“So lernt man lernen”, Herder 1972).

    A wrong answer puts it into box 1, whatever its box was. A right one moves a task that is due to the next box, and
    out of the last; a right answer before its time proves little and moves nothing, nor does one that is unsure. What
    was never answered wrongly stays outside. Box n comes again after days[n - 1] days.
    """
    if verdict is Answered.WRONG:
        return Card(1, now + timedelta(days=days[0]))
    if verdict is not Answered.RIGHT or not card.box or card.due_at is None or now < card.due_at:
        return card
    if card.box >= len(days):
        return Card(0, None)
    return Card(card.box + 1, now + timedelta(days=days[card.box]))
