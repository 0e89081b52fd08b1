"""What every table shares: ids, times, choices, and references that cannot leave their course."""

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Numeric, String, UniqueConstraint
from sqlalchemy import Enum as SaEnum
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

TIME = DateTime(timezone=True)
POINTS = Numeric(8, 2)
JSON = JSONB(none_as_null=True)
TEXTS = ARRAY(String)


def choice(of: type[Enum]) -> Any:
    """A column that holds one of the values of an enum, checked by the database."""
    return SaEnum(
        of,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=of.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Row(SQLModel):
    """A stored thing. Ids are UUIDv7, made in the application, so they sort by time of birth."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    created_at: datetime = Field(default=None, sa_type=TIME, nullable=False)


class CourseRow(Row):
    """A thing inside a course."""

    course_id: UUID = Field(index=True)


def in_course(*parents: str) -> tuple[Any, ...]:
    """Table arguments: `(parent_id, course_id)` points into each parent, and this row can be pointed at likewise."""
    references = (
        ForeignKeyConstraint([f"{p}_id", "course_id"], [f"{p}.id", f"{p}.course_id"], ondelete="CASCADE")
        for p in parents
    )
    course = ForeignKeyConstraint(["course_id"], ["course.id"], ondelete="CASCADE")
    return (UniqueConstraint("id", "course_id"), course, *references)
