"""How an attempt ends: shared by the student's submit, the deadline, and the arrival of a late photo.

These are steps inside somebody's transaction, on an attempt that is already locked.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func
from sqlmodel import col, select

from picrete_gql.call import Call
from picrete_gql.models import (
    Attempt,
    AttemptStatus,
    OcrStatus,
    Photo,
    PhotoStatus,
    Submission,
    SubmissionStatus,
    Task,
    Work,
)
from picrete_gql.models.attempts import AttemptExpired, AttemptSubmitted
from picrete_gql.models.photos import PhotoQueued, PhotoRemoved
from picrete_gql.rules import attempts as deadlines
from picrete_gql.rules import submissions as machine


async def submit(call: Call, attempt: Attempt, work: Work) -> None:
    """The student hands in."""
    await _close(call, attempt, AttemptStatus.SUBMITTED, call.now)
    call.emit(AttemptSubmitted.about(attempt))
    await settle(call, attempt, work)


async def expire(call: Call, attempt: Attempt, work: Work) -> None:
    """The deadline hands in, as of its own time, whenever somebody notices."""
    await _close(call, attempt, AttemptStatus.EXPIRED, attempt.expires_at)
    call.emit(AttemptExpired.about(attempt))
    await settle(call, attempt, work)


async def settle(call: Call, attempt: Attempt, work: Work) -> bool:
    """Once no photo is under way any more, or the grace is over, the pages go to be read. False: not yet."""
    submission = await submission_of(call, attempt)
    photos = await _photos(call, attempt)
    done = submission.ocr_status is not OcrStatus.PENDING or any(photo.queued_at for photo in photos)
    if attempt.status is AttemptStatus.ACTIVE or done or attempt.submitted_at is None:
        return True
    under_way = [photo for photo in photos if photo.status is PhotoStatus.UPLOADING]
    if under_way and call.now < attempt.submitted_at + deadlines.grace(call.settings.attempts, work.kind):
        return False
    for photo in under_way:
        call.emit(PhotoRemoved.about(photo, why="never arrived"))
        await call.session.delete(photo)
    await call.flush()
    arrived = [photo for photo in photos if photo not in under_way]
    await renumber(call, arrived)
    if machine.handed_in(submission, work, len(arrived)):
        for photo in arrived:
            queue(call, photo)
    return True


def queue(call: Call, photo: Photo) -> None:
    """Ask for a photo to be read."""
    photo.queued_at, photo.retry_at = call.now, None
    call.emit(PhotoQueued.about(photo, number=photo.number))


async def renumber(call: Call, photos: list[Photo]) -> None:
    """Close the gaps in the numbers of an attempt's photos."""
    for number, photo in enumerate(sorted(photos, key=lambda photo: photo.number), 1):
        if photo.number != number:
            photo.number = number
            await call.flush()


async def submission_of(call: Call, attempt: Attempt) -> Submission:
    """The attempt's submission, locked; made when there is none yet. The attempt must be locked."""
    wanted = select(Submission).where(Submission.attempt_id == attempt.id)
    found: Submission | None = await call.first(wanted.with_for_update())
    if found is not None:
        return found
    points = select(func.coalesce(func.sum(Task.max_points), 0)).where(Task.work_id == attempt.work_id)
    place: dict[str, Any] = {key: getattr(attempt, key) for key in ("course_id", "work_id", "student_id")}
    most: Decimal = (await call.session.execute(points)).scalar_one()
    submission = call.add(Submission(**place, attempt_id=attempt.id, max_points=most))
    await call.flush()
    return submission


def waits() -> Any:
    """The submissions whose pages have not been sent to be read, as a WHERE clause."""
    queued = exists().where(col(Photo.attempt_id) == Submission.attempt_id, col(Photo.queued_at).is_not(None))
    return (
        (col(Submission.status) == SubmissionStatus.UPLOADED)
        & (col(Submission.ocr_status) == OcrStatus.PENDING)
        & ~queued
    )


async def _close(call: Call, attempt: Attempt, status: AttemptStatus, at: datetime) -> None:
    attempt.status, attempt.submitted_at = status, at
    await call.flush()


async def _photos(call: Call, attempt: Attempt) -> list[Photo]:
    wanted = select(Photo).where(Photo.attempt_id == attempt.id).order_by(col(Photo.number))
    return await call.all(wanted.with_for_update())
