"""Files of a work's grades that teachers asked for."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from picrete_gql.events import Event
from picrete_gql.problems import Locale

from ._base import TIME, CourseRow, choice, in_course
from ._privacy import gone


class ExportFormat(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


class ExportStatus(StrEnum):
    """How far a file has come."""

    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class ExportFailure(StrEnum):
    """Why there will be no file."""

    TOO_LARGE = "too_large"
    STORE_AWAY = "store_away"
    GIVEN_UP = "given_up"


class GradeExport(CourseRow, table=True):
    """One file of a work's grades, made by a worker and kept until `expires_at`. `done` and `total` count submissions.

    `key` is where it lies, once it is ready. `lease_*`, `takes`, `tries` and `retry_at` belong to the job.
    """

    # The file names students too: what erasing one of them does to it stands in `forgetting`.
    __privacy__ = gone("author_id")
    __tablename__ = "grade_export"
    __table_args__ = (
        *in_course("work"),
        Index("ix_grade_export_waiting", "retry_at", postgresql_where=text("status IN ('pending', 'processing')")),
        Index(None, "author_id", "course_id"),
    )
    work_id: UUID = Field(index=True)
    author_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE")
    format: ExportFormat = Field(sa_type=choice(ExportFormat))
    locale: Locale = Field(sa_type=choice(Locale))
    filename: str = Field(max_length=200)
    status: ExportStatus = Field(default=ExportStatus.PENDING, sa_type=choice(ExportStatus))
    failure: ExportFailure | None = Field(default=None, sa_type=choice(ExportFailure))
    done: int = 0
    total: int | None = None
    size: int | None = None
    key: str | None = None
    ready_at: datetime | None = Field(default=None, sa_type=TIME)
    expires_at: datetime = Field(sa_type=TIME, index=True)
    lease_owner: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_type=TIME)
    takes: int = 0
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=TIME)


class GradeExportQueued(Event):
    name, has_subject = "grade_export.queued", True


class GradeExportRetried(Event):
    name, has_subject = "grade_export.retried", True


class GradeExportStarted(Event):
    name, has_subject = "grade_export.started", True


class GradeExportAdvanced(Event):
    name, has_subject = "grade_export.advanced", True


class GradeExportReady(Event):
    name, has_subject = "grade_export.ready", True


class GradeExportFailed(Event):
    name, has_subject = "grade_export.failed", True


class GradeExportRemoved(Event):
    name, has_subject = "grade_export.removed", True


class GradeExportExpired(Event):
    name, has_subject = "grade_export.expired", True
