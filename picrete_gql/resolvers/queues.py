"""How much waits for workers and for how long, by kind: it shows that they are dead when no worker can say so."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, literal, select, union_all
from sqlmodel import col

from picrete_gql import handing_in, waiting
from picrete_gql.call import Call, query
from picrete_gql.models import (
    Attempt,
    AttemptStatus,
    GradeExport,
    Notice,
    OcrStatus,
    Photo,
    Submission,
    TelegramFile,
    Work,
    WorkKind,
)
from picrete_gql.rules import attempts as deadlines


@dataclass(frozen=True)
class Waiting:
    """What waits of one kind: how many, and for how many seconds the oldest."""

    kind: str
    count: int
    oldest: float


@query()
async def lengths(call: Call) -> list[Waiting]:
    """Every kind of work that a worker, the clock or the bot should have done by now; one statement."""
    call.visible(Photo)
    # Where there is no bot nobody is told anything, and what a former one has left behind waits for nothing.
    of_bot = (_notices, _files) if call.settings.telegram.token.get_secret_value() else ()
    kinds = (_readings, _prechecks, _exports, _endings, _beginnings, _reviews, *of_bot)
    rows = (await call.session.execute(union_all(*(kind(call) for kind in kinds)))).all()
    return [Waiting(kind, count, waiting.waited(call.now, oldest)) for kind, count, oldest in rows]


def _counted(kind: str, since: Any, *where: Any) -> Any:
    return select(literal(kind), func.count(), func.min(since)).where(*where)


def _readings(call: Call) -> Any:
    due = waiting.since(Photo.queued_at, Photo.retry_at, Photo.lease_until)
    return _counted("photo.read", due, *waiting.pages(call.now))


def _prechecks(call: Call) -> Any:
    due = waiting.since(Submission.queued_at, Submission.retry_at, Submission.lease_until)
    return _counted("grade.propose", due, *waiting.prechecks(call.now))


def _exports(call: Call) -> Any:
    due = waiting.since(GradeExport.created_at, GradeExport.retry_at, GradeExport.lease_until)
    return _counted("grade_export.make", due, *waiting.exports(call.now))


def _notices(call: Call) -> Any:
    due = waiting.since(Notice.due_at, Notice.retry_at, Notice.lease_until)
    return _counted("notice.send", due, *waiting.notices(call.now))


def _files(call: Call) -> Any:
    due, retry = waiting.since(TelegramFile.created_at, TelegramFile.retry_at), col(TelegramFile.retry_at)
    ripe = retry.is_(None) | (retry <= call.now)
    return _counted("telegram.file", due, col(TelegramFile.ready_at).is_(None), ripe)


def _endings(call: Call) -> Any:
    over = (col(Attempt.status) == AttemptStatus.ACTIVE, col(Attempt.expires_at) <= call.now)
    return _counted("attempt.expire", Attempt.expires_at, *over)


def _beginnings(call: Call) -> Any:
    """Attempts that are closed, with their grace over, and whose pages have not been sent to be read."""
    of = call.settings.attempts
    homework = deadlines.grace(of, WorkKind.HOMEWORK)
    grace = case((col(Work.kind) == WorkKind.CONTROL, deadlines.grace(of, WorkKind.CONTROL)), else_=homework)
    due = col(Attempt.submitted_at) + grace
    found = _counted("attempt.settle", due, col(Attempt.status) != AttemptStatus.ACTIVE, handing_in.waits())
    joined = found.select_from(Attempt).join(Submission, col(Submission.attempt_id) == Attempt.id)
    return joined.join(Work, col(Work.id) == Attempt.work_id).where(due <= call.now)


def _reviews(call: Call) -> Any:
    late = col(Submission.review_deadline) <= call.now
    return _counted("review.time-out", Submission.review_deadline, late, Submission.ocr_status == OcrStatus.IN_REVIEW)
