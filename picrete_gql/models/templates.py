"""Templates of tasks, from which variants are made and their answers computed."""

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from ._base import JSON, CourseRow, in_course
from ._privacy import nobodys


class TaskTemplate(CourseRow, table=True):
    """What a teacher wrote: text, parameters, rules. For staff only: it leads to every answer."""

    __privacy__ = nobodys("work_id task_id content")
    __tablename__ = "task_template"
    __table_args__ = (*in_course("task"), UniqueConstraint("task_id"))
    work_id: UUID = Field(index=True)
    task_id: UUID
    content: dict[str, Any] = Field(sa_type=JSON)
