"""What an engine read on a page, and what a person says of it."""

from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric, UniqueConstraint
from sqlmodel import Field

from picrete_gql.events import Event

from ._base import JSON, CourseRow, choice, in_course
from ._privacy import gone, persons


class Verdict(StrEnum):
    """A page is read rightly, or its reader reports issues."""

    APPROVED = "approved"
    REPORTED = "reported"


class Severity(StrEnum):
    """How much an issue matters."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Decision(StrEnum):
    """How the review of an attempt ends."""

    SUBMIT = "submit"
    REPORT = "report"


class Reading(CourseRow, table=True):
    """One run of an engine over a page. Never overwritten: a new run is a new row with the next `number`.

    `blocks` is a list of `{id, type, text, polygon [[x, y] in 0..1], confidence?}`; `quality` 0..1.
    """

    __privacy__ = gone("student_id")
    __table_args__ = (*in_course("photo"), UniqueConstraint("photo_id", "number"))
    attempt_id: UUID = Field(index=True)
    student_id: UUID
    photo_id: UUID
    number: int
    markdown: str
    text: str
    blocks: list[dict[str, Any]] = Field(sa_type=JSON)
    engine: str = Field(max_length=40)
    model: str = Field(max_length=100)
    quality: float | None = None
    cost: Decimal | None = Field(default=None, sa_type=Numeric(12, 6))


class Review(CourseRow, table=True):
    """What a person said of a page's reading; the last word stands."""

    __privacy__ = persons("student_id", kept="attempt_id photo_id author_id verdict")
    __table_args__ = (*in_course("photo"), UniqueConstraint("photo_id"))
    attempt_id: UUID = Field(index=True)
    student_id: UUID
    photo_id: UUID
    author_id: UUID
    verdict: Verdict = Field(sa_type=choice(Verdict))


class Issue(CourseRow, table=True):
    """One thing that was read wrongly. It keeps its own copy of the anchor, so it survives a new reading.

    The anchor is a `block_id`, or a `polygon` of points in 0..1 of the upright photo.
    """

    __privacy__ = gone("student_id")
    __table_args__ = (*in_course("photo"),)
    attempt_id: UUID = Field(index=True)
    student_id: UUID
    photo_id: UUID = Field(index=True)
    author_id: UUID
    number: int
    block_id: str | None = Field(default=None, max_length=200)
    polygon: list[list[float]] | None = Field(default=None, sa_type=JSON)
    original: str = ""
    suggestion: str = ""
    note: str = ""
    severity: Severity = Field(default=Severity.MAJOR, sa_type=choice(Severity))


class PageReviewed(Event):
    name = "page.reviewed"


class ReviewFinalised(Event):
    name = "review.finalised"
