"""Works, what students hand in, and what was asked of providers about it. What is told here is never changed here."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from picrete_gql.models import Account, Attempt, Course, Photo, ProviderRun, Reading, Submission, Task, Work

from ._sheet import Sheet, by_course, by_id, by_person, by_value

WORKS = Sheet(
    source=Work,
    joins=[(Course, col(Course.id) == col(Work.course_id))],
    id=col(Work.id),
    columns={
        "title": col(Work.title),
        "course_id": col(Work.course_id),
        "course": col(Course.title),
        "kind": col(Work.kind),
        "status": col(Work.status),
        "starts_at": col(Work.starts_at),
        "ends_at": col(Work.ends_at),
        "release": col(Work.release),
        "released_at": col(Work.released_at),
    },
    more={
        "description": col(Work.description),
        "duration_minutes": col(Work.duration_minutes),
        "max_attempts": col(Work.max_attempts),
        "ocr": col(Work.ocr),
        "precheck": col(Work.precheck),
        "tasks": select(func.count()).where(col(Task.work_id) == col(Work.id)).scalar_subquery(),
        "attempts": select(func.count()).where(col(Attempt.work_id) == col(Work.id)).scalar_subquery(),
        "created_at": col(Work.created_at),
    },
    order=[col(Work.id).desc()],
    sorts=["title", "starts_at", "ends_at"],
    search=[col(Work.title)],
    ids=[col(Work.id), col(Work.course_id)],
    filters={
        "course": by_course(col(Work.course_id)),
        "status": by_value(col(Work.status)),
        "kind": by_value(col(Work.kind)),
    },
    time=col(Work.created_at),
)


def _handed(model: Any) -> dict[str, Any]:
    """Whose it is and in which course: columns and joins that everything handed in has."""
    return {"student_id": col(model.student_id), "student": col(Account.full_name), "course_id": col(model.course_id)}


def _student(model: Any) -> tuple[Any, Any]:
    return Account, col(Account.id) == col(model.student_id)


def _usual(model: Any) -> dict[str, Any]:
    return {"course": by_course(col(model.course_id)), "person": by_person(col(model.student_id))}


ATTEMPTS = Sheet(
    source=Attempt,
    joins=[_student(Attempt), (Work, col(Work.id) == col(Attempt.work_id))],
    id=col(Attempt.id),
    columns={
        "work_id": col(Attempt.work_id),
        "work": col(Work.title),
        **_handed(Attempt),
        "number": col(Attempt.number),
        "status": col(Attempt.status),
        "started_at": col(Attempt.started_at),
        "expires_at": col(Attempt.expires_at),
        "submitted_at": col(Attempt.submitted_at),
    },
    more={
        "extra_minutes": col(Attempt.extra_minutes),
        "draft_saved_at": col(Attempt.draft_saved_at),
        "photos": select(func.count()).where(col(Photo.attempt_id) == col(Attempt.id)).scalar_subquery(),
        "submission_id": select(col(Submission.id))
        .where(col(Submission.attempt_id) == col(Attempt.id))
        .scalar_subquery(),
    },
    order=[col(Attempt.id).desc()],
    search=[col(Work.title), col(Account.full_name), col(Account.username)],
    ids=[col(Attempt.id), col(Attempt.work_id), col(Attempt.student_id), col(Attempt.course_id)],
    filters={**_usual(Attempt), "work": by_id(col(Attempt.work_id)), "status": by_value(col(Attempt.status))},
    time=col(Attempt.started_at),
)

SUBMISSIONS = Sheet(
    source=Submission,
    joins=[_student(Submission), (Work, col(Work.id) == col(Submission.work_id))],
    id=col(Submission.id),
    columns={
        "work_id": col(Submission.work_id),
        "work": col(Work.title),
        **_handed(Submission),
        "status": col(Submission.status),
        "ocr_status": col(Submission.ocr_status),
        "precheck_status": col(Submission.precheck_status),
        "ai_points": col(Submission.ai_points),
        "final_points": col(Submission.final_points),
        "max_points": col(Submission.max_points),
    },
    more={
        "attempt_id": col(Submission.attempt_id),
        "ai_engine": col(Submission.ai_engine),
        "flags": col(Submission.flags),
        "feedback": col(Submission.feedback),
        "review_deadline": col(Submission.review_deadline),
        "released_at": col(Submission.released_at),
        "version": col(Submission.version),
        "tries": col(Submission.tries),
        "lease_owner": col(Submission.lease_owner),
        "lease_until": col(Submission.lease_until),
        "retry_at": col(Submission.retry_at),
        "created_at": col(Submission.created_at),
    },
    order=[col(Submission.id).desc()],
    search=[col(Work.title), col(Account.full_name), col(Account.username)],
    ids=[col(Submission.id), col(Submission.attempt_id), col(Submission.work_id), col(Submission.student_id)],
    filters={
        **_usual(Submission),
        "status": by_value(col(Submission.status)),
        "ocr": by_value(col(Submission.ocr_status)),
        "precheck": by_value(col(Submission.precheck_status)),
    },
    time=col(Submission.created_at),
)

PHOTOS = Sheet(
    source=Photo,
    joins=[_student(Photo)],
    id=col(Photo.id),
    columns={
        **_handed(Photo),
        "number": col(Photo.number),
        "filename": col(Photo.filename),
        "status": col(Photo.status),
        "source": col(Photo.source),
        "size": col(Photo.size),
        "failure": col(Photo.failure),
        "uploaded_at": col(Photo.uploaded_at),
    },
    more={
        "attempt_id": col(Photo.attempt_id),
        "width": col(Photo.width),
        "height": col(Photo.height),
        "queued_at": col(Photo.queued_at),
        "tries": col(Photo.tries),
        "takes": col(Photo.takes),
        "lease_owner": col(Photo.lease_owner),
        "lease_until": col(Photo.lease_until),
        "retry_at": col(Photo.retry_at),
    },
    order=[col(Photo.id).desc()],
    search=[col(Photo.filename), col(Account.full_name), col(Account.username)],
    ids=[col(Photo.id), col(Photo.attempt_id), col(Photo.work_id), col(Photo.student_id)],
    filters={**_usual(Photo), "status": by_value(col(Photo.status)), "source": by_value(col(Photo.source))},
    time=col(Photo.created_at),
)

READINGS = Sheet(
    source=Reading,
    joins=[_student(Reading)],
    id=col(Reading.id),
    columns={
        **_handed(Reading),
        "photo_id": col(Reading.photo_id),
        "number": col(Reading.number),
        "engine": col(Reading.engine),
        "model": col(Reading.model),
        "quality": col(Reading.quality),
        "cost": col(Reading.cost),
        "created_at": col(Reading.created_at),
    },
    more={"attempt_id": col(Reading.attempt_id), "text": col(Reading.text)},
    order=[col(Reading.id).desc()],
    search=[col(Reading.engine), col(Reading.model), col(Account.full_name), col(Account.username)],
    ids=[col(Reading.id), col(Reading.photo_id), col(Reading.attempt_id), col(Reading.student_id)],
    filters={**_usual(Reading), "engine": by_value(col(Reading.engine))},
    time=col(Reading.created_at),
)

# The prompt's hash, the raw answer and the evidence stay in the database.
RUNS = Sheet(
    source=ProviderRun,
    joins=[_student(ProviderRun)],
    id=col(ProviderRun.id),
    columns={
        "kind": col(ProviderRun.kind),
        "engine": col(ProviderRun.engine),
        "model": col(ProviderRun.model),
        **_handed(ProviderRun),
        "outcome": col(ProviderRun.outcome),
        "input_tokens": col(ProviderRun.input_tokens),
        "output_tokens": col(ProviderRun.output_tokens),
        "cost": col(ProviderRun.cost),
        "latency": col(ProviderRun.latency),
        "created_at": col(ProviderRun.created_at),
    },
    more={
        "attempt_id": col(ProviderRun.attempt_id),
        "photo_id": col(ProviderRun.photo_id),
        "number": col(ProviderRun.number),
        "detail": col(ProviderRun.detail),
        "owner": col(ProviderRun.owner),
        "finished_at": col(ProviderRun.finished_at),
    },
    order=[col(ProviderRun.id).desc()],
    sorts=["cost", "latency"],
    search=[col(ProviderRun.model), col(ProviderRun.engine), col(ProviderRun.detail), col(Account.username)],
    ids=[col(ProviderRun.id), col(ProviderRun.attempt_id), col(ProviderRun.photo_id), col(ProviderRun.student_id)],
    filters={
        **_usual(ProviderRun),
        "kind": by_value(col(ProviderRun.kind)),
        "outcome": by_value(col(ProviderRun.outcome)),
    },
    time=col(ProviderRun.created_at),
)
