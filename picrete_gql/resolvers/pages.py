"""Pages as they were read, for people: the latest reading, why there is none, and reading once more."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func
from sqlmodel import select

from picrete_gql import handing_in
from picrete_gql.call import Call, command, query
from picrete_gql.models import Photo, PhotoStatus, Reading, Review, Submission, Verdict
from picrete_gql.problems import Conflict
from picrete_gql.rules import retention
from picrete_gql.rules import submissions as machine
from picrete_gql.scopes import ANY, OWN
from picrete_gql.shapes import One, Value, one, shaped, value

LATEST = One(model=Reading, by="photo_id", order=lambda reading: [reading.number.desc()])
FAILURES = Value(model=Photo, by="id", value=lambda photo: func.nullif(photo.failure, ""))


@shaped(LATEST)
@query(student=OWN, teacher=ANY)
async def of_photos(call: Call, ids: Sequence[UUID]) -> list[Reading | None]:
    """What was read on a page, by the latest run."""
    return await one(call, LATEST, ids)


@shaped(FAILURES)
@query(teacher=ANY)
async def failures(call: Call, ids: Sequence[UUID]) -> list[str | None]:
    """Why a page could not be read; null for students and for pages without a failure."""
    return await value(call, FAILURES, ids)


@command(teacher=ANY)
async def read_again(call: Call, photo_id: UUID) -> Photo:
    """Read a page once more. An approval of the old reading falls; reported issues stay."""
    seen = await call.get(Photo, photo_id)
    submission = await call.find(call.select(Submission).where(Submission.attempt_id == seen.attempt_id), lock=True)
    photo = await call.get(Photo, photo_id, lock=True)
    if photo.status not in (PhotoStatus.READY, PhotoStatus.FAILED):
        raise Conflict(photo.status.value)
    if photo.image_removed_at is not None:
        raise retention.ImageRemoved(photo.image_removed_at)
    machine.read_again(submission)
    others = await call.all(select(Photo).where(Photo.attempt_id == photo.attempt_id).with_for_update())
    for page in others:
        failed = page.status is PhotoStatus.FAILED and page.image_removed_at is None
        if page.id == photo.id or failed:
            page.status, page.tries, page.takes, page.failure = PhotoStatus.PENDING, 0, 0, ""
            page.ticket_id = page.ticket_url = None
            handing_in.queue(call, page)
    approved = select(Review).where(Review.photo_id == photo.id, Review.verdict == Verdict.APPROVED)
    for review in await call.all(approved):
        await call.session.delete(review)
    return photo
