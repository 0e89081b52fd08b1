"""How an attempt ends: shared by the student's submit, the deadline, and the arrival of a late photo.

These are steps inside somebody's transaction, on an attempt that is already locked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

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
from picrete_gql.paging import in_order
from picrete_gql.rules import attempts as deadlines
from picrete_gql.rules import submissions as machine


async def submit(call: Call, attempt: Attempt, work: Work) -> None:
    """The student hands in."""
    await _close(call, attempt, AttemptStatus.SUBMITTED, call.now)
    call.emit(AttemptSubmitted.about(attempt))
    await settle(call, attempt, work)


async def expire(call: Call, attempt: Attempt, work: Work) -> None:
    """The deadline hands in, as of its own time, whenever somebody notices."""
    await expire_all(call, [attempt], {work.id: work})


async def expire_all(call: Call, attempts: Sequence[Attempt], works: Mapping[UUID, Work]) -> None:
    """The deadline hands in many at once: a few statements for all of them, and not a few for each."""
    for attempt in attempts:
        attempt.status, attempt.submitted_at = AttemptStatus.EXPIRED, attempt.expires_at
    await call.flush()
    submissions, photos = await _submissions(call, attempts), await _photos(call, attempts)
    for attempt, own in zip(attempts, photos, strict=True):
        arrived = sum(photo.status is not PhotoStatus.UPLOADING for photo in own)
        call.emit(AttemptExpired.about(attempt, photos=arrived))
        await _settle(call, attempt, works[attempt.work_id], submissions[attempt.id], own)


async def settle(call: Call, attempt: Attempt, work: Work) -> bool:
    """Once no photo is under way any more, or the grace is over, the pages go to be read. False: not yet."""
    submission = await submission_of(call, attempt)
    [photos] = await _photos(call, [attempt])
    return await _settle(call, attempt, work, submission, photos)


async def _settle(call: Call, attempt: Attempt, work: Work, submission: Submission, photos: list[Photo]) -> bool:
    done = submission.ocr_status is not OcrStatus.PENDING or any(photo.queued_at for photo in photos)
    if attempt.status is AttemptStatus.ACTIVE or done or attempt.submitted_at is None:
        return True
    under_way = [photo for photo in photos if photo.status is PhotoStatus.UPLOADING]
    if under_way and call.now < attempt.submitted_at + deadlines.grace(call.settings.attempts, work.kind):
        return False
    for photo in under_way:
        call.emit(PhotoRemoved.about(photo, why="never arrived"))
        await call.session.delete(photo)
    if under_way:
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
    return (await _submissions(call, [attempt]))[attempt.id]


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


async def _submissions(call: Call, attempts: Sequence[Attempt]) -> dict[UUID, Submission]:
    wanted = select(Submission).where(col(Submission.attempt_id).in_([attempt.id for attempt in attempts]))
    rows = await call.all(wanted.order_by(col(Submission.id)).with_for_update())
    found: dict[UUID, Submission] = {row.attempt_id: row for row in rows}
    if new := [attempt for attempt in attempts if attempt.id not in found]:
        most = await _points(call, {attempt.work_id for attempt in new})
        for attempt in new:
            place: dict[str, Any] = {key: getattr(attempt, key) for key in ("course_id", "work_id", "student_id")}
            points = most.get(attempt.work_id, Decimal(0))
            found[attempt.id] = call.add(Submission(**place, attempt_id=attempt.id, max_points=points))
        await call.flush()
    return found


async def _points(call: Call, works: set[UUID]) -> dict[UUID, Decimal]:
    summed = select(Task.work_id, func.sum(Task.max_points)).where(col(Task.work_id).in_(works))
    rows = (await call.session.execute(summed.group_by(col(Task.work_id)))).all()
    return {row[0]: row[1] for row in rows}


async def _photos(call: Call, attempts: Sequence[Attempt]) -> list[list[Photo]]:
    ids = [attempt.id for attempt in attempts]
    wanted = select(Photo).where(col(Photo.attempt_id).in_(ids)).order_by(col(Photo.attempt_id), col(Photo.number))
    return in_order(ids, await call.all(wanted.with_for_update()), lambda photo: photo.attempt_id)
