"""A student's attempt at a work."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from picrete_gql import metrics
from picrete_gql.events import Event

from ._base import JSON, TIME, CourseRow, choice, in_course
from ._privacy import persons


class AttemptStatus(StrEnum):
    """An attempt is open while active; then it has been submitted, or its time ran out; then it is graded."""

    ACTIVE = "active"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    GRADED = "graded"


class Attempt(CourseRow, table=True):
    """One try of one student. At most one is active per work and student: the database sees to it."""

    __privacy__ = persons(
        "student_id",
        draft={},
        draft_saved_at=None,
        kept="work_id number seed started_at expires_at extra_minutes submitted_at status",
    )
    __table_args__ = (
        *in_course("work"),
        UniqueConstraint("work_id", "student_id", "number"),
        Index("uq_attempt_active", "work_id", "student_id", unique=True, postgresql_where=text("status = 'active'")),
        Index("ix_attempt_due", "expires_at", postgresql_where=text("status = 'active'")),
        Index("ix_attempt_work_started", "work_id", "started_at", "id"),
        Index("ix_attempt_draft", "work_id", postgresql_where=text("draft_saved_at IS NOT NULL")),
    )
    work_id: UUID
    student_id: UUID = Field(foreign_key="account.id", index=True)
    number: int
    seed: int = Field(sa_type=BigInteger)
    started_at: datetime = Field(sa_type=TIME)
    expires_at: datetime = Field(sa_type=TIME)
    extra_minutes: int = 0
    submitted_at: datetime | None = Field(default=None, sa_type=TIME)
    draft: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    draft_saved_at: datetime | None = Field(default=None, sa_type=TIME)
    status: AttemptStatus = Field(default=AttemptStatus.ACTIVE, sa_type=choice(AttemptStatus))


class AttemptStarted(Event):
    name = "attempt.started"


class AttemptSaved(Event):
    name = "attempt.saved"


class AttemptSubmitted(Event):
    name = "attempt.submitted"


class AttemptExpired(Event):
    name = "attempt.expired"

    def count(self) -> None:
        metrics.EXPIRED.inc()
        if self.data.get("photos"):
            metrics.AUTO_SUBMIT.inc()


class AttemptExtended(Event):
    name = "attempt.extended"


class DraftsRemoved(Event):
    name = "drafts.removed"
