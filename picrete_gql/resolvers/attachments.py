"""Pictures that belong to a variant of a task."""

import asyncio
import re
from collections.abc import Sequence
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from picrete_gql import objects
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.in_hand import file_in_hand
from picrete_gql.models import Attachment, Variant, Work, WorkStatus
from picrete_gql.models.works import WorkChanged
from picrete_gql.problems import Invalid
from picrete_gql.rules import images
from picrete_gql.rules import photos as names
from picrete_gql.rules import works as rules
from picrete_gql.scopes import ANY, OWN
from picrete_gql.shapes import Many, One, many, one, shaped

OF_VARIANTS = Many(model=Attachment, by="variant_id", order=lambda picture: [picture.id])

MOST = 10
KEY = re.compile(r"/attachments/([0-9a-f]{32})\.picture\.jpg\Z")


@shaped(OF_VARIANTS)
@query(student=OWN, teacher=ANY)
async def of_variants(call: Call, ids: Sequence[UUID]) -> list[list[Attachment]]:
    """The pictures of a variant, in the order of their arrival."""
    return await many(call, OF_VARIANTS, ids)


@query(student=OWN, teacher=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[Attachment | None]:
    """Pictures by id, as far as they are open to the viewer."""
    return await one(call, One(model=Attachment, by="id"), ids)


@recipe(like=of_ids)
async def view_urls(context: Context, ids: Sequence[UUID]) -> list[str | None]:
    """A signed address of the picture, for a few minutes."""
    rows = await of_ids(context, ids)
    urls = [context.gateways.storage.view_url(row.key, "image/jpeg") for row in rows if row is not None]
    signed = iter(await asyncio.gather(*urls))
    return [next(signed) if row is not None else None for row in rows]


@query(teacher=ANY)
async def ensure_draft(call: Call, variant_id: UUID) -> Variant:
    """Whether a variant may still change, asked before anything costly is done."""
    variant = await call.get(Variant, variant_id)
    work: Work = await call.find(select(Work).where(Work.id == variant.work_id))
    if work.status is not WorkStatus.DRAFT:
        raise rules.WorkFrozen("attachments")
    return variant


@command(teacher=ANY)
async def keep(call: Call, variant_id: UUID, id: UUID, key: str, filename: str, image: images.Prepared) -> Attachment:
    """Store the row of a picture whose bytes are stored."""
    variant = await call.get(Variant, variant_id, lock=True)
    work: Work = await call.find(select(Work).where(Work.id == variant.work_id), lock=True)
    if work.status is not WorkStatus.DRAFT:
        raise rules.WorkFrozen("attachments")
    count = select(func.count()).where(Attachment.variant_id == variant.id)
    if (await call.session.execute(count)).scalar_one() >= MOST:
        raise Invalid("file", f"Не больше {MOST} картинок у варианта.", f"At most {MOST} pictures per variant.")
    place: dict[str, Any] = {"course_id": variant.course_id, "work_id": variant.work_id, "variant_id": variant.id}
    facts: dict[str, Any] = {"size": image.size, "width": image.width, "height": image.height}
    row = call.add(Attachment(id=id, **place, **facts, filename=names.filename(filename), key=key))
    call.emit(WorkChanged.about(work, attachment=row.filename))
    return row


@recipe(like=keep)
async def upload(context: Context, variant_id: UUID, filename: str, body: BinaryIO | bytes) -> Attachment:
    """Add a picture to a draft's variant; it is checked and made upright like a photo."""
    variant = await ensure_draft(context, variant_id)
    id = uuid7()
    # Not named by a photo's id: the sweeper of photos must leave it alone.
    key = f"courses/{variant.course_id}/{variant.work_id}/attachments/{id.hex}.picture.jpg"
    async with file_in_hand(context):
        image = await context.runtime.decode(images.prepare, body, limits=context.runtime.settings.photos)
        await context.gateways.storage.put(key, image.data, image.mime)
    try:
        return await keep(context, variant_id, id, key, filename, image)
    except Exception:
        await objects.let_go(context, key)
        raise


@command(teacher=ANY)
async def forget(call: Call, attachment_id: UUID) -> tuple[Variant, str]:
    """Remove the row of a picture from a draft."""
    row = await call.get(Attachment, attachment_id, lock=True)
    work: Work = await call.find(select(Work).where(Work.id == row.work_id), lock=True)
    if work.status is not WorkStatus.DRAFT:
        raise rules.WorkFrozen("attachments")
    variant = await call.get(Variant, row.variant_id)
    await call.session.delete(row)
    call.emit(WorkChanged.about(work, attachment=row.filename))
    return variant, row.key


@recipe(like=forget)
async def remove(context: Context, attachment_id: UUID) -> Variant:
    """Take a picture from a draft's variant."""
    variant, key = await forget(context, attachment_id)
    await objects.let_go(context, key)
    return variant


@query()
async def known(call: Call, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these pictures have a row."""
    return set(await call.all(select(Attachment.id).where(call.visible(Attachment), col(Attachment.id).in_(ids))))


@recipe(like=known)
async def remove_orphans(context: Context) -> int:
    """Remove stored pictures that no row knows, once they are old enough not to be on their way."""

    def named(key: str) -> UUID | None:
        return UUID(match[1]) if (match := KEY.search(key)) else None

    return await objects.sweep(context, "courses/", named, partial(known, context))
