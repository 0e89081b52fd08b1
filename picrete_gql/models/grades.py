"""Scores by criterion, their history, and the ledger of provider runs."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, select

from picrete_gql import metrics
from picrete_gql.events import Event

from ._base import JSON, POINTS, TIME, CourseRow, choice, in_course
from ._privacy import persons
from .submissions import Submission


class ScoreSource(StrEnum):
    """Who gave a score."""

    AI = "ai"
    TEACHER = "teacher"


class RunKind(StrEnum):
    """What a provider was asked for."""

    OCR = "ocr"
    PRECHECK = "precheck"


class RunOutcome(StrEnum):
    """How a provider run ended; `running` until it is known, `lost` when its worker died."""

    RUNNING = "running"
    DONE = "done"
    INADMISSIBLE = "inadmissible"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    LOST = "lost"


class CriterionScore(CourseRow, table=True):
    """The present points for one criterion from one source, with what they rest on."""

    __privacy__ = persons(
        "student_id",
        comment="",
        quote=None,
        errors=[],
        kept="submission_id attempt_id criterion_id source points photo_id block_id",
    )
    __tablename__ = "criterion_score"
    __table_args__ = (
        *in_course("submission", "criterion"),
        UniqueConstraint("submission_id", "criterion_id", "source"),
        CheckConstraint("points >= 0", name="points"),
    )
    submission_id: UUID
    attempt_id: UUID = Field(index=True)
    student_id: UUID
    criterion_id: UUID
    source: ScoreSource = Field(sa_type=choice(ScoreSource))
    points: Decimal = Field(sa_type=POINTS)
    comment: str = ""
    quote: str | None = None
    photo_id: UUID | None = None
    block_id: str | None = Field(default=None, max_length=200)
    errors: list[str] = Field(default_factory=list, sa_type=JSON)

    @classmethod
    def released(cls) -> ColumnElement[bool]:
        """Scores whose submission's marks have been released."""
        of: Any = aliased(Submission, name="of")
        open_ = select(of.id).where(of.id == cls.submission_id, of.released_at.is_not(None))
        return open_.correlate(cls).exists()


class ScoreChange(CourseRow, table=True):
    """One change of a mark: of one criterion, or (without one) of the whole. Append-only."""

    __privacy__ = persons(
        "student_id", reason="", kept="submission_id attempt_id criterion_id author_id source before after"
    )
    __tablename__ = "score_change"
    __table_args__ = (*in_course("submission"), Index(None, "submission_id", "created_at"))
    submission_id: UUID
    attempt_id: UUID
    student_id: UUID
    criterion_id: UUID | None = None
    author_id: UUID | None = None
    source: ScoreSource = Field(sa_type=choice(ScoreSource))
    before: Decimal | None = Field(default=None, sa_type=POINTS)
    after: Decimal | None = Field(default=None, sa_type=POINTS)
    reason: str = ""


class ProviderRun(CourseRow, table=True):
    """One question to an outside provider, and how it ended. `latency` in seconds, `cost` in US dollars."""

    __privacy__ = persons(
        "student_id",
        prompt_hash=None,
        detail="",
        answer=None,
        evidence=[],
        kept="attempt_id photo_id kind engine model number owner input_tokens output_tokens cost latency outcome"
        " finished_at",
    )
    __tablename__ = "provider_run"
    __table_args__ = (
        *in_course("attempt"),
        Index("ix_provider_run_answer", "created_at", postgresql_where=text("answer IS NOT NULL")),
    )
    attempt_id: UUID = Field(index=True)
    student_id: UUID
    photo_id: UUID | None = None
    kind: RunKind = Field(sa_type=choice(RunKind))
    engine: str = Field(max_length=40)
    model: str = Field(default="", max_length=100)
    number: int
    owner: UUID
    prompt_hash: str | None = Field(default=None, max_length=64)
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Field(default=Decimal(0), sa_type=Numeric(12, 6))
    latency: float | None = None
    outcome: RunOutcome = Field(default=RunOutcome.RUNNING, sa_type=choice(RunOutcome))
    detail: str = ""
    answer: str | None = None
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    finished_at: datetime | None = Field(default=None, sa_type=TIME)


class GradeQueued(Event):
    name = "grade.queued"


class GradeRetried(Event):
    name = "grade.retried"


class GradeStarted(Event):
    name = "grade.started"

    def count(self) -> None:
        metrics.PRECHECK_QUEUE.observe(self.data["waited"])


class GradeProposed(Event):
    name = "grade.proposed"

    def count(self) -> None:
        metrics.PRECHECK_JOBS.labels("proposed").inc()


class GradeFailed(Event):
    name = "grade.failed"

    def count(self) -> None:
        metrics.PRECHECK_JOBS.labels("failed").inc()


class GradeApproved(Event):
    name = "grade.approved"


class GradeOverridden(Event):
    name = "grade.overridden"


class GradeRejected(Event):
    name = "grade.rejected"


class GradeReleased(Event):
    name = "grade.released"


class AnswersRemoved(Event):
    name = "answers.removed"
