"""Which variant of which task an attempt drew."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, col, select

from ._base import CourseRow, in_course
from ._privacy import persons


class Assignment(CourseRow, table=True):
    """The student's own variant of one task, drawn from the attempt's seed."""

    __privacy__ = persons("student_id", kept="attempt_id task_id variant_id number")
    __table_args__ = (
        *in_course("attempt", "task"),
        ForeignKeyConstraint(["variant_id", "course_id"], ["variant.id", "variant.course_id"]),
        UniqueConstraint("attempt_id", "task_id"),
    )
    attempt_id: UUID
    student_id: UUID = Field(index=True)
    task_id: UUID = Field(index=True)
    variant_id: UUID = Field(index=True)
    number: int


def drawn_by(student_id: UUID, column: Any) -> Any:
    """The values of `task_id` or `variant_id` that a student has been given."""
    return select(column).where(col(Assignment.student_id) == student_id)
