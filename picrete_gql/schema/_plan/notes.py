"""What an answer depends on, noted in the statement that reads it: while that is the same, it may be given again."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Text, case, cast, func
from sqlmodel import col, select

from picrete_gql.models import Course, Membership, ProviderRun

from .texts import joined, sql_text

# Between what is noted of an answer and its text. JSON begins with neither.
NOTED, LISTED = "\n", ","


@dataclass(frozen=True)
class Answer:
    """The text of a root field, the courses that it speaks of, and since when something may have happened in them.

    `is_list` says that the courses are all in which the viewer is or was a member, which must still be the same.
    `until` (seconds since 1970) is when it changes by itself.
    """

    text: bytes
    since: int
    courses: tuple[UUID, ...]
    is_list: bool = False
    until: float | None = None
    read_at: float = field(default_factory=time.monotonic)


def noted(row: Any, until: ColumnElement[Any] | None, text: ColumnElement[str]) -> ColumnElement[str]:
    """The text of one row, and before it the course that it belongs to and when it changes by itself."""
    course = row.id if row.__mapper__.class_ is Course else row.course_id
    ends = sql_text("") if until is None else func.coalesce(cast(func.extract("epoch", until), Text), sql_text(""))
    return joined([cast(course, Text), NOTED, ends, NOTED, text])


def noted_list(viewer: Any, text: ColumnElement[str]) -> ColumnElement[str]:
    """The text of a list of courses, and before it all courses in which the viewer is or was a member.

    Nothing before it when they may see others too.
    """
    listed = func.array_to_string(func.array(memberships(viewer.me).scalar_subquery()), sql_text(LISTED))
    courses = case((viewer.is_admin(), sql_text("")), else_=joined([LISTED, listed]))
    return joined([courses, NOTED, NOTED, text])


def memberships(me: Any) -> Any:
    """The ids of all courses that somebody is or was in, whatever their right there."""
    course = col(Membership.course_id)
    return select(course).where(Membership.account_id == me).order_by(course).correlate(None)


def answer_of(row: Any) -> tuple[bytes, Answer | None]:
    """The text of a noted row, and what is to be kept of it."""
    courses, ends, text = row[0].split(NOTED.encode(), 2)
    if not courses:
        return text, None
    is_list = courses.startswith(LISTED.encode())
    ids = tuple(UUID(id.decode()) for id in courses.split(LISTED.encode()) if id)
    return text, Answer(text, row[1], ids, is_list, float(ends) if ends else None)


def oldest_running() -> ColumnElement[int]:
    """The oldest transaction whose work the statement may not see."""
    return cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)


def tells(model: type[Any]) -> bool:
    """Whether every change of such a row that is seen writes an event. What providers are asked is only noted."""
    return model is not ProviderRun


def can_be_kept(model: type[Any]) -> bool:
    """Whether everything below a row of this model belongs to one course."""
    return model is Course or hasattr(model, "course_id")
