"""Photos of pages: in through the web or the bot, checked, numbered, stored."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from picrete_gql import handing_in, objects
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.gateways.storage import Missing
from picrete_gql.in_hand import file_in_hand
from picrete_gql.models import Attempt, AttemptStatus, Photo, PhotoStatus, UploadSource, Work
from picrete_gql.models.photos import PhotoRemoved, PhotoReserved, PhotoUploaded
from picrete_gql.problems import Invalid, NotFound, Problem
from picrete_gql.rules import attempts as deadlines
from picrete_gql.rules import images
from picrete_gql.rules import photos as rules
from picrete_gql.scopes import ANY, OWN
from picrete_gql.shapes import Many, One, many, one, shaped

PHOTO = One(model=Photo, by="id")
OF_ATTEMPTS = Many(model=Photo, by="attempt_id", order=lambda photo: [photo.number])


@dataclass(frozen=True)
class Ticket:
    """A place reserved for a presigned upload: PUT the file to `url`, then confirm."""

    photo: Photo
    url: str


@query(student=OWN)
async def ensure_open(call: Call, attempt_id: UUID) -> Attempt:
    """Whether photos may come in at all, asked before anything costly is done."""
    attempt = await call.get(Attempt, attempt_id)
    deadlines.ensure_open(attempt, call.now)
    return attempt


@command(student=OWN)
async def reserve(call: Call, attempt_id: UUID, filename: str, image: images.Prepared | None) -> Photo:
    """Give the next photo of an open attempt its number. The same file again is the photo that is already there."""
    attempt = await call.get(Attempt, attempt_id, lock=True)
    deadlines.ensure_open(attempt, call.now)
    if image is not None:
        same = await call.first(select(Photo).where(Photo.attempt_id == attempt.id, Photo.sha256 == image.sha256))
        if same is not None:
            return same  # type: ignore[no-any-return]
    taken = (await call.session.execute(select(func.count()).where(Photo.attempt_id == attempt.id))).scalar_one()
    rules.ensure_room(taken, call.settings.photos.max_count)
    photo = Photo(
        course_id=attempt.course_id,
        work_id=attempt.work_id,
        attempt_id=attempt.id,
        student_id=attempt.student_id,
        number=taken + 1,
        filename=rules.filename(filename),
        source=UploadSource.TELEGRAM if call.context.door == "telegram" else UploadSource.WEB,
    )
    if image is not None:
        _describe(photo, image)
    call.add(photo)
    call.emit(PhotoReserved.about(photo, number=photo.number))
    return photo


@command(student=OWN)
async def arrive(call: Call, photo_id: UUID, image: images.Prepared) -> Photo:
    """The bytes are stored: the photo counts. A reserved photo may arrive within the grace after the end."""
    reserved = await call.get(Photo, photo_id)
    attempt = await call.get(Attempt, reserved.attempt_id, lock=True)
    photo = await call.get(Photo, photo_id, lock=True)
    if photo.status is not PhotoStatus.UPLOADING:
        return photo
    work = await call.find(select(Work).where(Work.id == attempt.work_id))
    if attempt.status is not AttemptStatus.ACTIVE or call.now >= attempt.expires_at:
        ended = attempt.submitted_at or attempt.expires_at
        if call.now >= ended + deadlines.grace(call.settings.attempts, work.kind):
            raise deadlines.DeadlinePassed(ended)
    same = await call.first(
        select(Photo).where(Photo.attempt_id == attempt.id, Photo.sha256 == image.sha256, Photo.id != photo.id)
    )
    if same is not None:
        await _drop(call, photo, "the same file again")
        return same  # type: ignore[no-any-return]
    _describe(photo, image)
    photo.status, photo.uploaded_at = PhotoStatus.PENDING, call.now
    await handing_in.submission_of(call, attempt)
    call.emit(PhotoUploaded.about(photo, number=photo.number, source=photo.source.value))
    return photo


@command(student=OWN)
async def discard(call: Call, photo_id: UUID) -> bool:
    """Give a reservation back whose bytes did not come."""
    reserved = await call.get(Photo, photo_id)
    await call.get(Attempt, reserved.attempt_id, lock=True)
    photo = await call.get(Photo, photo_id, lock=True)
    if photo.status is not PhotoStatus.UPLOADING:
        return False
    await _drop(call, photo, "upload failed")
    return True


@recipe(like=reserve)
async def upload(context: Context, attempt_id: UUID, filename: str, body: BinaryIO | bytes) -> Photo:
    """Add a photo (JPEG, PNG, WebP, HEIC) to an open attempt. The server checks, turns and numbers it."""
    await ensure_open(context, attempt_id)
    async with file_in_hand(context):
        image = await context.runtime.decode(images.prepare, body, limits=context.runtime.settings.photos)
        photo = await reserve(context, attempt_id, filename, image)
        return photo if photo.status is not PhotoStatus.UPLOADING else await _store(context, photo, image)


@recipe(like=reserve)
async def begin_upload(context: Context, attempt_id: UUID, filename: str) -> Ticket:
    """Reserve a place and get a signed address to PUT the file to; confirm when it is there."""
    photo = await reserve(context, attempt_id, filename, None)
    return Ticket(photo, await context.gateways.storage.put_url(photo.incoming_key))


@query(student=OWN)
async def own(call: Call, photo_id: UUID) -> Photo:
    """A photo of your own."""
    return await call.get(Photo, photo_id)


@recipe(like=own)
async def confirm_upload(context: Context, photo_id: UUID) -> Photo:
    """Check the file that was PUT and make it a photo. A file that is refused gives the place back."""
    photo = await own(context, photo_id)
    if photo.status is not PhotoStatus.UPLOADING:
        return photo
    async with file_in_hand(context):
        stored = await _store(context, photo, await _fetch(context, photo))
    await objects.let_go(context, photo.incoming_key)
    return stored


@command(student=OWN)
async def forget(call: Call, photo_id: UUID) -> Photo:
    """Take a photo out of an open attempt; the following ones move up."""
    photo = await call.get(Photo, photo_id)
    attempt = await call.get(Attempt, photo.attempt_id, lock=True)
    deadlines.ensure_open(attempt, call.now)
    photo = await call.get(Photo, photo_id, lock=True)
    await _drop(call, photo, "removed by the student")
    return photo


@recipe(like=forget)
async def remove(context: Context, photo_id: UUID) -> Attempt:
    """Delete a photo of an open attempt; the following ones move up."""
    photo = await forget(context, photo_id)
    await objects.let_go(context, photo.key, photo.incoming_key)
    return await ensure_open(context, photo.attempt_id)


@shaped(OF_ATTEMPTS)
@query(student=OWN, teacher=ANY)
async def of_attempts(call: Call, ids: Sequence[UUID]) -> list[list[Photo]]:
    """The photos of an attempt, in the order of their numbers."""
    return await many(call, OF_ATTEMPTS, ids)


@query(student=OWN, teacher=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[Photo | None]:
    """Photos by id, as far as they are open to the viewer."""
    return await one(call, PHOTO, ids)


@shaped(PHOTO)
@query(student=OWN, teacher=ANY)
async def get(call: Call, photo_id: UUID) -> Photo:
    """One photo."""
    return await call.get(Photo, photo_id)


@recipe(like=of_ids)
async def view_urls(context: Context, ids: Sequence[UUID]) -> list[str | None]:
    """A signed address of the upright image, for a few minutes; null before its bytes come and once it is removed."""
    photos = await of_ids(context, ids)
    storage = context.gateways.storage

    async def sign(photo: Photo | None) -> str | None:
        if photo is None or photo.status is PhotoStatus.UPLOADING or photo.image_removed_at is not None:
            return None
        return await storage.view_url(photo.key, photo.mime)

    return list(await asyncio.gather(*(sign(photo) for photo in photos)))


@command()
async def drop_stale(call: Call) -> int:
    """Give back reservations of open attempts whose bytes never came. Safe with many workers."""
    before = call.now - timedelta(minutes=call.settings.photos.orphan_minutes)
    stale = call.select(Photo).where(Photo.status == PhotoStatus.UPLOADING, Photo.created_at < before)
    found = await call.all(stale.order_by(col(Photo.attempt_id)).limit(200))
    for photo in found:
        await call.first(select(Attempt).where(Attempt.id == photo.attempt_id).with_for_update())
        again = await call.first(select(Photo).where(Photo.id == photo.id).with_for_update())
        if again is not None and again.status is PhotoStatus.UPLOADING:
            await _drop(call, again, "never arrived")
    return len(found)


@query()
async def known(call: Call, ids: Sequence[UUID], *, waiting: bool) -> set[UUID]:
    """Which of these photos still have an image; with `waiting` only those whose bytes have not arrived."""
    rows = select(Photo.id).where(call.visible(Photo), col(Photo.id).in_(ids), col(Photo.image_removed_at).is_(None))
    return set(await call.all(rows.where(Photo.status == PhotoStatus.UPLOADING) if waiting else rows))


@recipe(like=known)
async def remove_orphans(context: Context) -> int:
    """Remove stored objects that no row knows, once they are old enough not to be on their way."""
    # Other rooms keep their own objects under `courses/…`: a name that is no photo's id is left alone.
    removed = await objects.sweep(context, "courses/", _photo_id, partial(known, context, waiting=False))
    # Once a photo has arrived, the untouched file with its metadata has no business here any more.
    return removed + await objects.sweep(context, "incoming/", _photo_id, partial(known, context, waiting=True))


async def _fetch(context: Context, photo: Photo) -> images.Prepared:
    limits = context.runtime.settings.photos
    try:
        if await context.gateways.storage.size(photo.incoming_key) > limits.max_bytes:
            raise images.ImageTooLarge(limits.max_bytes)
        body = await context.gateways.storage.get(photo.incoming_key, limit=limits.max_bytes)
        return await context.runtime.decode(images.prepare, body, limits=limits)
    except Missing as error:
        raise rules.PhotoNotArrived from error
    except Problem as problem:
        if problem.code == Invalid.code:
            await discard(context, photo.id)
            await objects.let_go(context, photo.incoming_key)
        raise


async def _store(context: Context, photo: Photo, image: images.Prepared) -> Photo:
    try:
        await context.gateways.storage.put(photo.key, image.data, image.mime)
        arrived = await arrive(context, photo.id, image)
    except NotFound:
        await objects.let_go(context, photo.key)
        raise
    except Exception:
        if await discard(context.as_system(), photo.id):
            await objects.let_go(context, photo.key)
        raise
    if arrived.id != photo.id:
        await objects.let_go(context, photo.key)
    return arrived


async def _drop(call: Call, photo: Photo, why: str) -> None:
    await call.session.delete(photo)
    await call.flush()
    rest = select(Photo).where(Photo.attempt_id == photo.attempt_id).order_by(col(Photo.number))
    await handing_in.renumber(call, await call.all(rest))
    call.emit(PhotoRemoved.about(photo, why=why))


def _describe(photo: Photo, image: images.Prepared) -> None:
    photo.sha256, photo.phash, photo.mime = image.sha256, image.phash, image.mime
    photo.size, photo.width, photo.height = image.size, image.width, image.height


def _photo_id(key: str) -> UUID | None:
    name = key.rsplit("/", 1)[-1].removesuffix(".jpg")
    try:
        return UUID(name)
    except ValueError:
        return None
