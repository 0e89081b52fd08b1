"""When an attempt may begin, when it ends, and which variants it draws."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from picrete_gql.models import Attempt, AttemptStatus, Work, WorkKind
from picrete_gql.problems import Code, Conflict, Invalid, Problem
from picrete_gql.settings import Attempts

from .works import OPEN


@dataclass(eq=False)
class WorkNotStarted(Problem):
    """Too early."""

    starts_at: datetime
    code = Code.WORK_NOT_STARTED
    ru = "Работа ещё не началась."
    en = "The work has not started yet."


@dataclass(eq=False)
class DeadlinePassed(Problem):
    """Too late."""

    deadline: datetime
    code = Code.DEADLINE_PASSED
    ru = "Время вышло."
    en = "The time is over."


@dataclass(eq=False)
class AttemptsExhausted(Problem):
    """No attempt is left."""

    max_attempts: int
    code = Code.ATTEMPTS_EXHAUSTED
    ru = "Попытки закончились (всего {max_attempts})."
    en = "No attempts are left ({max_attempts} in all)."


@dataclass(eq=False)
class CapacityReached(Problem):
    """The platform holds no more active attempts now; `retry_after` in seconds."""

    retry_after: int
    code = Code.CAPACITY
    ru = "Сейчас слишком много участников. Повторите через {retry_after} с."
    en = "Too many people are working right now. Try again in {retry_after} s."


@dataclass(eq=False)
class AttemptClosed(Problem):
    """The attempt is no longer open."""

    status: str
    ru = "Эта попытка уже завершена."
    en = "This attempt is closed."


def ensure_can_start(work: Work, now: datetime, used: int) -> None:
    """Raises the reason why a student cannot begin now; `used` is how many attempts they have made."""
    if work.status not in OPEN and now < work.ends_at:
        raise Conflict(work.status.value)
    if now < work.starts_at:
        raise WorkNotStarted(work.starts_at)
    if now >= work.ends_at:
        raise DeadlinePassed(work.ends_at)
    if used >= work.max_attempts:
        raise AttemptsExhausted(work.max_attempts)


def ends_at(work: Work, started_at: datetime, extra_minutes: int = 0) -> datetime:
    """Control: start + duration, at most the work's end; homework: the work's end; then the student's extra time."""
    end = work.ends_at
    if work.kind is WorkKind.CONTROL and work.duration_minutes:
        end = min(started_at + timedelta(minutes=work.duration_minutes), end)
    return end + timedelta(minutes=extra_minutes)


def grace(of: Attempts, kind: WorkKind) -> timedelta:
    """How long the network is forgiven after the end."""
    seconds = of.grace_control_seconds if kind is WorkKind.CONTROL else of.grace_homework_seconds
    return timedelta(seconds=seconds)


def is_due(attempt: Attempt, now: datetime) -> bool:
    """Whether an open attempt's time is over."""
    return attempt.status is AttemptStatus.ACTIVE and now >= attempt.expires_at


def ensure_open(attempt: Attempt, now: datetime) -> None:
    """Raises AttemptClosed, or DeadlinePassed when its time is over and nobody has noticed yet."""
    if attempt.status is not AttemptStatus.ACTIVE:
        raise AttemptClosed(attempt.status.value)
    if now >= attempt.expires_at:
        raise DeadlinePassed(attempt.expires_at)


def extra_minutes(value: int) -> int:
    """Extra time for one student: 1 to 1440 minutes in all. Raises Invalid."""
    if not 1 <= value <= 1440:
        raise Invalid("minutes", "Дополнительное время: от 1 до 1440 минут.", "Extra time: 1 to 1440 minutes.")
    return value


def draw(seed: int, variants: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, UUID]:
    """One variant of each task, always the same for the same seed. Variants come in the order of their numbers."""
    drawn: dict[UUID, UUID] = {}
    for task, choices in variants.items():
        drawn[task] = random.Random(f"{seed}:{task.hex}").choice(list(choices))
    return drawn
