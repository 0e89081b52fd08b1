"""Requests for another look at a released mark, and what is said about them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, case, func, text
from sqlmodel import Field, col, select

from picrete_gql.events import Event

from ._base import JSON, POINTS, TIME, CourseRow, choice, in_course
from ._privacy import gone, persons
from .submissions import Submission


class RegradeStatus(StrEnum):
    """A request is open until a teacher answers it or its student withdraws it."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class RegradeSide(StrEnum):
    """Who speaks in a thread: the student, or one of the teachers."""

    STUDENT = "student"
    TEACHER = "teacher"


class Regrade(CourseRow, table=True):
    """A student asks for another look at one criterion. Of each at most one is open: the database sees to it.

    It may point at a photo: the whole page, one block, or a `polygon` in 0..1. What the answer did to the points is
    kept with it: `points_*` of the criterion (null where the mark has none by criterion), `final_*` of the whole.
    """

    # Whoever is erased wants no answer any more.
    __privacy__ = persons(
        "student_id",
        text="",
        answer="",
        polygon=None,
        status=lambda t, now: case((t.c.status == RegradeStatus.OPEN, RegradeStatus.WITHDRAWN), else_=t.c.status),
        closed_at=lambda t, now: func.coalesce(t.c.closed_at, now),
        kept="work_id attempt_id submission_id task_id criterion_id photo_id block_id answered_by"
        " points_before points_after final_before final_after",
    )
    __table_args__ = (
        *in_course("submission", "criterion", "photo"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed"),
        Index(
            "uq_regrade_open", "submission_id", "criterion_id", unique=True, postgresql_where=text("status = 'open'")
        ),
        Index(None, "submission_id", "id"),
        Index(None, "work_id", "status", "id"),
        Index(None, "course_id", "status", "id"),
    )
    work_id: UUID
    attempt_id: UUID = Field(index=True)
    submission_id: UUID
    student_id: UUID
    task_id: UUID
    criterion_id: UUID = Field(index=True)
    photo_id: UUID | None = Field(default=None, index=True)
    block_id: str | None = Field(default=None, max_length=200)
    polygon: list[list[float]] | None = Field(default=None, sa_type=JSON)
    text: str
    status: RegradeStatus = Field(default=RegradeStatus.OPEN, sa_type=choice(RegradeStatus))
    closed_at: datetime | None = Field(default=None, sa_type=TIME)
    answer: str = ""
    answered_by: UUID | None = None
    points_before: Decimal | None = Field(default=None, sa_type=POINTS)
    points_after: Decimal | None = Field(default=None, sa_type=POINTS)
    final_before: Decimal | None = Field(default=None, sa_type=POINTS)
    final_after: Decimal | None = Field(default=None, sa_type=POINTS)

    @property
    def named(self) -> str:
        """Its global id, for events, which have no place for it."""
        return f"regrade_{self.id.hex}"

    @classmethod
    def released(cls) -> ColumnElement[bool]:
        """Requests whose submission's marks are released, so that what an answer says of points may be seen."""
        open_ones = select(Submission.id).where(Submission.released())
        return col(cls.submission_id).in_(open_ones)


class RegradeMessage(CourseRow, table=True):
    """One message in the thread of a request."""

    __privacy__ = gone("student_id")
    __tablename__ = "regrade_message"
    __table_args__ = (*in_course("regrade"), Index(None, "regrade_id", "id"), Index(None, "created_at"))
    regrade_id: UUID
    attempt_id: UUID
    student_id: UUID
    author_id: UUID
    text: str

    @property
    def side(self) -> RegradeSide:
        """Who speaks."""
        return RegradeSide.STUDENT if self.author_id == self.student_id else RegradeSide.TEACHER


class RegradeAsked(Event):
    name = "regrade.asked"


class RegradeDiscussed(Event):
    name = "regrade.discussed"


class RegradeAnswered(Event):
    name = "regrade.answered"


class RegradeWithdrawn(Event):
    name = "regrade.withdrawn"
