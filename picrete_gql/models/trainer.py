"""The trainer: a student's own sets of tasks from the bank, the answers tried, and what comes again when."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, text
from sqlmodel import Field, col, select

from picrete_gql.events import Event

from ._base import TIME, CourseRow, choice, in_course
from ._privacy import gone


class SetKind(StrEnum):
    """How a set was put together: drawn by a seed, or by the numbers of its tasks."""

    GENERATED = "generated"
    NUMBERS = "numbers"


class Answered(StrEnum):
    """What the checks say of an answer; `unsure` counts neither for nor against."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


class TrainerSet(CourseRow, table=True):
    """A student's set. A removed one keeps its rows and its answers, but nobody sees it any more.

    `seed`, `source_id`, `paragraph`, `topic` and `has_answer` are what a generated set was drawn with.
    """

    __privacy__ = gone("student_id")
    __tablename__ = "trainer_set"
    __table_args__ = (*in_course(), Index("ix_trainer_set_owner", "student_id", "course_id"))
    student_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE")
    source_id: UUID | None = Field(default=None, foreign_key="bank_source.id", ondelete="CASCADE", index=True)
    kind: SetKind = Field(sa_type=choice(SetKind))
    title: str = Field(max_length=200)
    seed: int | None = None
    paragraph: str | None = Field(default=None, max_length=200)
    topic: str | None = Field(default=None, max_length=200)
    has_answer: bool | None = None
    deleted_at: datetime | None = Field(default=None, sa_type=TIME)

    @classmethod
    def own(cls, student_id: UUID) -> ColumnElement[bool]:
        """The student's sets that were not removed."""
        return (col(cls.student_id) == student_id) & col(cls.deleted_at).is_(None)


class TrainerTask(CourseRow, table=True):
    """A task of a set. `box` is its place in the Leitner system: 0 outside of it; `due_at` when it comes again."""

    __privacy__ = gone("student_id")
    __tablename__ = "trainer_task"
    __table_args__ = (
        *in_course("trainer_set"),
        UniqueConstraint("trainer_set_id", "number"),
        UniqueConstraint("trainer_set_id", "item_id"),
        CheckConstraint("box >= 0", name="box"),
        Index("ix_trainer_task_due", "student_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )
    trainer_set_id: UUID
    student_id: UUID
    item_id: UUID = Field(foreign_key="bank_item.id", ondelete="CASCADE", index=True)
    number: int
    tries: int = 0
    verdict: Answered | None = Field(default=None, sa_type=choice(Answered))
    tried_at: datetime | None = Field(default=None, sa_type=TIME)
    solved_at: datetime | None = Field(default=None, sa_type=TIME)
    box: int = 0
    due_at: datetime | None = Field(default=None, sa_type=TIME)

    @classmethod
    def own(cls, student_id: UUID) -> ColumnElement[bool]:
        """The tasks of the student's sets that were not removed."""
        return (col(cls.student_id) == student_id) & col(cls.trainer_set_id).in_(
            select(TrainerSet.id).where(TrainerSet.own(student_id)).correlate(None)
        )


class TrainerAnswer(CourseRow, table=True):
    """One answer that was tried, with what the checks said of it."""

    __privacy__ = gone("student_id")
    __tablename__ = "trainer_answer"
    __table_args__ = (*in_course("trainer_task"), UniqueConstraint("trainer_task_id", "number"))
    trainer_task_id: UUID
    student_id: UUID
    number: int
    text: str = Field(max_length=500)
    verdict: Answered = Field(sa_type=choice(Answered))
    reason: str = Field(max_length=40)

    @classmethod
    def own(cls, student_id: UUID) -> ColumnElement[bool]:
        """The answers to tasks of the student's sets that were not removed."""
        return (col(cls.student_id) == student_id) & col(cls.trainer_task_id).in_(
            select(TrainerTask.id).where(TrainerTask.own(student_id)).correlate(None)
        )


def shown_to(student_id: UUID) -> Any:
    """The ids of the bank's items that stand in a student's sets."""
    return select(TrainerTask.item_id).where(TrainerTask.own(student_id)).correlate(None)


class TrainerSetMade(Event):
    name = "trainer_set.made"


class TrainerSetRemoved(Event):
    name = "trainer_set.removed"


class TrainerTaskAnswered(Event):
    name = "trainer_task.answered"
