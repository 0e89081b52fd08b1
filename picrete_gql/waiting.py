"""What waits for a worker, as WHERE clauses, and since when: the same words for the sweepers and for who watches them.

Something waits from the moment it is due and nobody works on it: a pause before another try and the lease of a living
worker are no waiting, the lease of a dead one is over soon.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func
from sqlmodel import col

from picrete_gql.models import (
    ExportStatus,
    GradeExport,
    Notice,
    NoticeState,
    Photo,
    PhotoStatus,
    PrecheckStatus,
    Submission,
    SubmissionStatus,
)
from picrete_gql.rules.submissions import HUMAN

Where = tuple[ColumnElement[bool], ...]
QUIET = timedelta()


def pages(now: datetime, quiet: timedelta = QUIET) -> Where:
    """Pages to be read, due for `quiet` at least."""
    # Asked of each page that waits: a list of all that was ever marked would grow with the years.
    marked = exists().where(col(Submission.attempt_id) == Photo.attempt_id, col(Submission.status).in_(HUMAN))
    return (
        ~marked,
        col(Photo.status).in_((PhotoStatus.PENDING, PhotoStatus.PROCESSING)),
        col(Photo.queued_at) <= now - quiet,
        col(Photo.image_removed_at).is_(None),
        _past(Photo.lease_until, now),
        _past(Photo.retry_at, now - quiet),
    )


def prechecks(now: datetime, quiet: timedelta = QUIET) -> Where:
    """Submissions to be prechecked."""
    return (
        col(Submission.status) == SubmissionStatus.PROCESSING,
        col(Submission.precheck_status).in_((PrecheckStatus.QUEUED, PrecheckStatus.PROCESSING)),
        _past(Submission.lease_until, now),
        _past(Submission.retry_at, now - quiet),
    )


def exports(now: datetime, quiet: timedelta = QUIET) -> Where:
    """Files of grades to be made, as long as somebody may want them."""
    return (
        col(GradeExport.status).in_((ExportStatus.PENDING, ExportStatus.PROCESSING)),
        col(GradeExport.created_at) <= now - quiet,
        col(GradeExport.expires_at) > now,
        _past(GradeExport.lease_until, now),
        _past(GradeExport.retry_at, now - quiet),
    )


def notices(now: datetime) -> Where:
    """News to be sent."""
    return (
        col(Notice.state) == NoticeState.WAITING,
        col(Notice.due_at) <= now,
        _past(Notice.lease_until, now),
        _past(Notice.retry_at, now),
    )


def since(*moments: Any) -> Any:
    """The latest of some columns, those without a value left out."""
    return func.greatest(*moments)


def waited(now: datetime, *moments: datetime | None) -> float:
    """Seconds since the latest of some moments; 0 when none is known."""
    known = [moment for moment in moments if moment is not None]
    return round(max(0.0, (now - max(known)).total_seconds()), 3) if known else 0.0


def _past(moment: Any, now: datetime) -> ColumnElement[bool]:
    return col(moment).is_(None) | (col(moment) <= now)
