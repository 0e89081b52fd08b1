"""Works, their tasks, rubrics and variants."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Numeric, UniqueConstraint
from sqlmodel import Field, col

from picrete_gql.events import Event

from ._base import JSON, POINTS, TEXTS, TIME, CourseRow, choice, in_course
from ._privacy import nobodys
from .assignments import Assignment, drawn_by


class WorkKind(StrEnum):
    """A control work has a duration, homework has only its end."""

    CONTROL = "control"
    HOMEWORK = "homework"


class WorkStatus(StrEnum):
    """From the first draft to the archive."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ACTIVE = "active"
    COMPLETED = "completed"
    ARCHIVED = "archived"


class Release(StrEnum):
    """When a student sees the mark: with each approval, or when the teacher releases the whole work."""

    ON_APPROVAL = "on_approval"
    MANUAL = "manual"


class Difficulty(StrEnum):
    """How hard a task is."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class CriterionKind(StrEnum):
    """What a criterion looks at; the deterministic checks need to know."""

    METHOD = "method"
    CALCULATION = "calculation"
    UNITS = "units"
    NOTATION = "notation"
    OTHER = "other"


class Work(CourseRow, table=True):
    """A work that students solve on paper. `duration_minutes` is set for control works only.

    `regrades_closed_at` is set where a teacher takes no requests for another look at a mark.

    While `held_at` is set nothing of its papers is deleted by the clock.
    """

    __privacy__ = nobodys(
        "kind title description starts_at ends_at duration_minutes time_zone max_attempts ocr precheck release"
        " released_at status regrades_closed_at archived_at held_at held_by hold_reason"
    )
    __table_args__ = (
        *in_course(),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint(
            "(kind = 'control') = (duration_minutes IS NOT NULL AND duration_minutes > 0)", name="duration"
        ),
        CheckConstraint("ocr OR NOT precheck", name="processing"),
        CheckConstraint("max_attempts > 0", name="max_attempts"),
    )
    kind: WorkKind = Field(sa_type=choice(WorkKind))
    title: str = Field(max_length=200)
    description: str = ""
    starts_at: datetime = Field(sa_type=TIME)
    ends_at: datetime = Field(sa_type=TIME)
    duration_minutes: int | None = None
    time_zone: str = Field(default="Europe/Moscow", max_length=64)
    max_attempts: int = 1
    ocr: bool = True
    precheck: bool = True
    release: Release = Field(default=Release.ON_APPROVAL, sa_type=choice(Release))
    released_at: datetime | None = Field(default=None, sa_type=TIME)
    regrades_closed_at: datetime | None = Field(default=None, sa_type=TIME)
    status: WorkStatus = Field(default=WorkStatus.DRAFT, sa_type=choice(WorkStatus), index=True)
    archived_at: datetime | None = Field(default=None, sa_type=TIME)
    held_at: datetime | None = Field(default=None, sa_type=TIME)
    held_by: UUID | None = None
    hold_reason: str = Field(default="", max_length=1000, sa_column_kwargs={"server_default": ""})

    @classmethod
    def shown(cls) -> ColumnElement[bool]:
        """What a course shows to its students: everything but drafts."""
        return col(cls.status) != WorkStatus.DRAFT


class Task(CourseRow, table=True):
    """One task of a work. `max_points` > 0; the criteria of its rubric sum to it."""

    __privacy__ = nobodys("work_id number title statement max_points difficulty tags")
    __table_args__ = (
        *in_course("work"),
        UniqueConstraint("work_id", "number", deferrable=True, initially="IMMEDIATE"),
        CheckConstraint("max_points > 0", name="max_points"),
    )
    work_id: UUID = Field(index=True)
    number: int
    title: str = Field(max_length=200)
    statement: str = ""
    max_points: Decimal = Field(sa_type=POINTS)
    difficulty: Difficulty = Field(default=Difficulty.MEDIUM, sa_type=choice(Difficulty))
    tags: list[str] = Field(default_factory=list, sa_type=TEXTS)

    @classmethod
    def own(cls, student_id: UUID) -> ColumnElement[bool]:
        """What a student has been given to solve."""
        return col(cls.id).in_(drawn_by(student_id, Assignment.task_id))


class Criterion(CourseRow, table=True):
    """One line of a task's rubric. `note` is for graders only."""

    __privacy__ = nobodys("work_id task_id number kind name description note max_points")
    __table_args__ = (*in_course("task"), CheckConstraint("max_points > 0", name="max_points"))
    work_id: UUID = Field(index=True)
    task_id: UUID = Field(index=True)
    number: int
    kind: CriterionKind = Field(default=CriterionKind.OTHER, sa_type=choice(CriterionKind))
    name: str = Field(max_length=200)
    description: str = ""
    note: str = ""
    max_points: Decimal = Field(sa_type=POINTS)

    @classmethod
    def own(cls, student_id: UUID) -> ColumnElement[bool]:
        """What a student has been given to solve."""
        return col(cls.task_id).in_(drawn_by(student_id, Assignment.task_id))


class Variant(CourseRow, table=True):
    """One student's version of a task. Everything but `content`, `parameters` and attachments is for staff only."""

    __privacy__ = nobodys(
        "work_id task_id number content parameters reference_solution reference_answer tolerance units"
    )
    __table_args__ = (*in_course("task"), UniqueConstraint("task_id", "number"))
    work_id: UUID = Field(index=True)
    task_id: UUID
    number: int
    content: str
    parameters: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    reference_solution: str = ""
    reference_answer: str = ""
    tolerance: Decimal = Field(default=Decimal("0.01"), sa_type=Numeric(12, 6))
    units: str = Field(default="", max_length=40)

    @classmethod
    def own(cls, student_id: UUID) -> ColumnElement[bool]:
        """What a student has been given to solve."""
        return col(cls.id).in_(drawn_by(student_id, Assignment.variant_id))


class Attachment(CourseRow, table=True):
    """A picture that belongs to a variant, kept as an upright JPEG under `key`."""

    __privacy__ = nobodys("work_id variant_id filename size width height key")
    __table_args__ = (*in_course("variant"),)
    work_id: UUID = Field(index=True)
    variant_id: UUID = Field(index=True)
    filename: str = Field(max_length=200)
    size: int
    width: int
    height: int
    key: str

    @classmethod
    def own(cls, student_id: UUID) -> ColumnElement[bool]:
        """What a student has been given to solve."""
        return col(cls.variant_id).in_(drawn_by(student_id, Assignment.variant_id))


class WorkCreated(Event):
    name = "work.created"


class WorkChanged(Event):
    name = "work.changed"


class WorkPublished(Event):
    name = "work.published"


class WorkUnpublished(Event):
    name = "work.unpublished"


class WorkBegan(Event):
    name = "work.began"


class WorkCompleted(Event):
    name = "work.completed"


class WorkArchived(Event):
    name = "work.archived"


class WorkDeleted(Event):
    name = "work.deleted"


class WorkReleased(Event):
    name = "work.released"


class WorkHeld(Event):
    name = "work.held"


class WorkUnheld(Event):
    name = "work.unheld"
