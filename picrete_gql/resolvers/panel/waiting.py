"""What the rows say is pending. The row is the queue: what stands here will be done, or shows that nobody does it."""

from typing import Any

from sqlalchemy import DateTime, Integer, Select, String, Uuid, cast, func, literal, null, select, union_all
from sqlmodel import col

from picrete_gql.models import (
    Account,
    Attempt,
    AttemptStatus,
    DataExport,
    DataExportStatus,
    ExportStatus,
    GradeExport,
    Notice,
    NoticeState,
    OcrStatus,
    Photo,
    PhotoStatus,
    PrecheckStatus,
    ProviderRun,
    RunKind,
    RunOutcome,
    Submission,
    SubmissionStatus,
    TelegramFile,
)
from picrete_gql.rules.submissions import HUMAN

from ._sheet import Sheet, by_course, by_person, by_truth, by_value

NO_ID, NO_TIME, NO_NUMBER = cast(null(), Uuid), cast(null(), DateTime(timezone=True)), cast(null(), Integer)
# Where a human has given the mark, nothing waits any more.
MARKED = select(col(Submission.attempt_id)).where(col(Submission.status).in_(HUMAN))
UNFINISHED = (RunOutcome.RUNNING, RunOutcome.DONE)


def _failure(*of: Any) -> Any:
    failed = select(func.left(col(ProviderRun.detail), 300)).where(col(ProviderRun.outcome).not_in(UNFINISHED), *of)
    return failed.order_by(col(ProviderRun.id).desc()).limit(1).scalar_subquery()


def _waiting(kind: str, model: Any, since: Any, *where: Any, **columns: Any) -> Select[Any]:
    given = {
        "kind": literal(kind, String),
        "id": col(model.id),
        "since": since,
        "account_id": NO_ID,
        "course_id": NO_ID,
        "attempt_id": NO_ID,
        "lease_owner": NO_ID,
        "lease_until": NO_TIME,
        "tries": NO_NUMBER,
        "retry_at": NO_TIME,
        "failure": literal("", String),
    } | columns
    return select(*(column.label(name) for name, column in given.items())).where(*where)


def _leased(model: Any) -> dict[str, Any]:
    names = ("lease_owner", "lease_until", "tries", "retry_at")
    return {name: col(getattr(model, name)) for name in names}


def _of_student(model: Any) -> dict[str, Any]:
    return {"account_id": col(model.student_id), "course_id": col(model.course_id)}


PAGES = _waiting(
    "page",
    Photo,
    col(Photo.queued_at),
    col(Photo.status).in_((PhotoStatus.PENDING, PhotoStatus.PROCESSING)),
    col(Photo.queued_at).is_not(None),
    col(Photo.attempt_id).not_in(MARKED),
    **_of_student(Photo),
    **_leased(Photo),
    attempt_id=col(Photo.attempt_id),
    failure=func.coalesce(_failure(col(ProviderRun.photo_id) == col(Photo.id)), ""),
)
PRECHECKS = _waiting(
    "precheck",
    Submission,
    func.coalesce(col(Submission.queued_at), col(Submission.created_at)),
    col(Submission.status) == SubmissionStatus.PROCESSING,
    col(Submission.precheck_status).in_((PrecheckStatus.QUEUED, PrecheckStatus.PROCESSING)),
    **_of_student(Submission),
    **_leased(Submission),
    attempt_id=col(Submission.attempt_id),
    failure=func.coalesce(
        _failure(
            col(ProviderRun.attempt_id) == col(Submission.attempt_id), col(ProviderRun.kind) == RunKind.PRECHECK.value
        ),
        "",
    ),
)
NOTICES = _waiting(
    "notice",
    Notice,
    col(Notice.due_at),
    col(Notice.state) == NoticeState.WAITING,
    col(Notice.due_at) <= func.now(),
    **_leased(Notice),
    account_id=col(Notice.account_id),
)
FILES = _waiting(
    "file",
    TelegramFile,
    col(TelegramFile.created_at),
    col(TelegramFile.answered_at).is_(None),
    account_id=col(TelegramFile.account_id),
    attempt_id=col(TelegramFile.attempt_id),
    tries=col(TelegramFile.tries),
    retry_at=col(TelegramFile.retry_at),
    failure=func.coalesce(col(TelegramFile.refusal), ""),
)
GRADES = _waiting(
    "grades",
    GradeExport,
    col(GradeExport.created_at),
    col(GradeExport.status).in_((ExportStatus.PENDING, ExportStatus.PROCESSING)),
    col(GradeExport.expires_at) > func.now(),
    **_leased(GradeExport),
    account_id=col(GradeExport.author_id),
    course_id=col(GradeExport.course_id),
)
ARCHIVES = _waiting(
    "archive",
    DataExport,
    col(DataExport.created_at),
    col(DataExport.status).in_((DataExportStatus.WAITING, DataExportStatus.PACKING)),
    **_leased(DataExport),
    account_id=col(DataExport.account_id),
)
DEADLINES = _waiting(
    "deadline",
    Attempt,
    col(Attempt.expires_at),
    col(Attempt.status) == AttemptStatus.ACTIVE,
    col(Attempt.expires_at) <= func.now(),
    **_of_student(Attempt),
    attempt_id=col(Attempt.id),
)
REVIEWS = _waiting(
    "review",
    Submission,
    col(Submission.review_deadline),
    col(Submission.ocr_status) == OcrStatus.IN_REVIEW,
    col(Submission.review_deadline) <= func.now(),
    **_of_student(Submission),
    attempt_id=col(Submission.attempt_id),
)
PENDING = union_all(PAGES, PRECHECKS, NOTICES, FILES, GRADES, ARCHIVES, DEADLINES, REVIEWS).subquery("pending")
DEAD = (PENDING.c.lease_until.is_not(None)) & (PENDING.c.lease_until <= func.now())

WAITING = Sheet(
    source=PENDING,
    joins=[(Account, col(Account.id) == PENDING.c.account_id)],
    id=PENDING.c.id,
    columns={
        "kind": PENDING.c.kind,
        "since": PENDING.c.since,
        "account_id": PENDING.c.account_id,
        "username": col(Account.username),
        "attempt_id": PENDING.c.attempt_id,
        "lease_owner": PENDING.c.lease_owner,
        "lease_until": PENDING.c.lease_until,
        "dead": func.coalesce(DEAD, False),
        "tries": PENDING.c.tries,
        "retry_at": PENDING.c.retry_at,
        "failure": PENDING.c.failure,
    },
    more={"course_id": PENDING.c.course_id},
    order=[PENDING.c.since.asc().nulls_last(), PENDING.c.id],
    search=[PENDING.c.failure, col(Account.username)],
    ids=[PENDING.c.id, PENDING.c.attempt_id, PENDING.c.account_id, PENDING.c.lease_owner],
    filters={
        "kind": by_value(PENDING.c.kind),
        "course": by_course(PENDING.c.course_id),
        "person": by_person(PENDING.c.account_id),
        "dead": by_truth(func.coalesce(DEAD, False)),
    },
    time=PENDING.c.since,
)
