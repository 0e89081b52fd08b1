"""What one submission brings into a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from picrete_gql.models import Attempt, Criterion, Submission, Task
from picrete_gql.problems import Locale


@dataclass(frozen=True)
class Head:
    """What is the same for all submissions: the work's title and time zone, its tasks, each with its rubric."""

    title: str
    time_zone: str
    locale: Locale
    tasks: Sequence[tuple[Task, Sequence[Criterion]]]


@dataclass(frozen=True)
class Points:
    """Points for one criterion from one source, with their comment; the author is a teacher's name."""

    points: Decimal
    comment: str
    author: str = ""


@dataclass(frozen=True)
class Line:
    """One criterion of one submission. `variant` is the number of the task's variant that was drawn."""

    task: Task
    criterion: Criterion
    variant: int | None
    ai: Points | None
    teacher: Points | None

    @property
    def source(self) -> str:
        """Whose points count: a teacher's once there are any."""
        return "teacher" if self.teacher else "ai" if self.ai else ""


@dataclass(frozen=True)
class Entry:
    """One submission with its student; `author` gave the mark at `marked_at`."""

    submission: Submission
    attempt: Attempt
    student_id: UUID
    full_name: str
    username: str
    identity: str
    author: str
    marked_at: datetime | None
    lines: Sequence[Line]

    def of_task(self, task: Task) -> tuple[Decimal | None, Decimal | None]:
        """A teacher's and the precheck's points for one task; None where a criterion has none."""
        lines = [line for line in self.lines if line.task.id == task.id]
        return _sum([line.teacher for line in lines]), _sum([line.ai for line in lines])


def _sum(given: Sequence[Points | None]) -> Decimal | None:
    found = [one.points for one in given if one is not None]
    return sum(found, Decimal(0)) if found and len(found) == len(given) else None
