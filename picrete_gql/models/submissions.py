"""What an attempt handed in, and how far it has come: three statuses that move together."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, UniqueConstraint, literal_column, text
from sqlmodel import Field, col

from ._base import JSON, POINTS, TIME, CourseRow, choice, in_course
from ._privacy import persons


class SubmissionStatus(StrEnum):
    """Where the whole stands."""

    UPLOADED = "uploaded"
    PROCESSING = "processing"
    PRELIMINARY = "preliminary"
    FLAGGED = "flagged"
    APPROVED = "approved"
    REJECTED = "rejected"


class OcrStatus(StrEnum):
    """Where the reading of the pages and its review stand."""

    PENDING = "pending"
    NOT_REQUIRED = "not_required"
    PROCESSING = "processing"
    IN_REVIEW = "in_review"
    VALIDATED = "validated"
    REPORTED = "reported"
    FAILED = "failed"


class PrecheckStatus(StrEnum):
    """Where the automatic precheck stands."""

    SKIPPED = "skipped"
    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class Flag(StrEnum):
    """Why a human should look."""

    EMPTY = "empty"
    OCR_FAILED = "ocr_failed"
    PRECHECK_FAILED = "precheck_failed"
    UNREADABLE = "unreadable"
    REVIEW_TIMEOUT = "review_timeout"


# Which flags there were is a statistic; why they were raised may quote a page.
WITHOUT_REASONS = """(SELECT coalesce(jsonb_agg(jsonb_build_object('flag', f -> 'flag', 'reason', '')), '[]')
 FROM jsonb_array_elements(submission.flags) AS f)"""


class Submission(CourseRow, table=True):
    """One per attempt. `version` grows with every change of status or mark; points are out of `max_points`.

    `queued_at`, `lease_*`, `tries` and `retry_at` belong to the precheck job.
    """

    __privacy__ = persons(
        "student_id",
        ai_feedback="",
        feedback="",
        flags=lambda t, now: literal_column(WITHOUT_REASONS),
        review_summary="",
        lease_owner=None,
        lease_until=None,
        kept="attempt_id work_id status ocr_status precheck_status max_points ai_points ai_engine final_points"
        " review_deadline released_at version queued_at tries retry_at",
    )
    __table_args__ = (
        *in_course("attempt", "work"),
        UniqueConstraint("attempt_id"),
        Index("ix_submission_queued", "retry_at", postgresql_where=text("precheck_status IN ('queued', 'processing')")),
        Index("ix_submission_review", "review_deadline", postgresql_where=text("ocr_status = 'in_review'")),
    )
    attempt_id: UUID
    work_id: UUID = Field(index=True)
    student_id: UUID = Field(index=True)
    status: SubmissionStatus = Field(default=SubmissionStatus.UPLOADED, sa_type=choice(SubmissionStatus))
    ocr_status: OcrStatus = Field(default=OcrStatus.PENDING, sa_type=choice(OcrStatus))
    precheck_status: PrecheckStatus = Field(default=PrecheckStatus.SKIPPED, sa_type=choice(PrecheckStatus))
    max_points: Decimal = Field(sa_type=POINTS)
    ai_points: Decimal | None = Field(default=None, sa_type=POINTS)
    ai_engine: str | None = Field(default=None, max_length=40)
    ai_feedback: str = ""
    final_points: Decimal | None = Field(default=None, sa_type=POINTS)
    feedback: str = ""
    flags: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    review_deadline: datetime | None = Field(default=None, sa_type=TIME)
    review_summary: str = ""
    released_at: datetime | None = Field(default=None, sa_type=TIME)
    version: int = 1
    queued_at: datetime | None = Field(default=None, sa_type=TIME)
    lease_owner: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_type=TIME)
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=TIME)

    @classmethod
    def released(cls) -> ColumnElement[bool]:
        """Marks that students may see."""
        return col(cls.released_at).is_not(None)
