"""Materials of a course: teachers bring them, members look at them."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from picrete_gql import objects
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.in_hand import file_in_hand
from picrete_gql.models import Course, Material
from picrete_gql.models.materials import MaterialAdded, MaterialRemoved
from picrete_gql.paging import Ask, Page, pages
from picrete_gql.rules import materials as rules
from picrete_gql.rules import photos as names
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY

PREFIX = "materials/"


@query(teacher=ANY)
async def ensure_room(call: Call, course_id: UUID) -> Course:
    """Whether a course takes one more material, asked before anything costly is done."""
    course = await call.get(Course, course_id)
    await _ensure_room(call, course)
    return course


@command(teacher=ANY)
async def keep(call: Call, course_id: UUID, id: UUID, title: str, filename: str, file: rules.File) -> Material:
    """Store the row of a material whose bytes are stored."""
    # Locked, so that two uploads at once cannot pass the limit together.
    course = await call.get(Course, course_id, lock=True)
    await _ensure_room(call, course)
    row = call.add(_row(course_id, id, title, filename, file))
    row.author_id = call.context.actor.account_id
    call.emit(MaterialAdded.about(row, title=row.title))
    return row


@recipe(like=keep)
async def upload(context: Context, course_id: UUID, filename: str, body: BinaryIO | bytes, title: str = "") -> Material:
    """Add a PDF or a picture to a course. Its bytes decide what it is; without a title it is called like the file."""
    await ensure_room(context, course_id)
    settings, id = context.runtime.settings, uuid7()
    async with file_in_hand(context):
        file = await context.runtime.decode(rules.prepare, body, settings.materials, settings.photos)
        filename = names.filename(filename)
        title = clean("title", title, most=200) or PurePosixPath(filename).stem
        key = _row(course_id, id, title, filename, file).key
        await context.gateways.storage.put(key, file.data, file.mime)
    try:
        return await keep(context, course_id, id, title, filename, file)
    except BaseException:
        await objects.let_go(context, key)
        raise


@command(teacher=ANY)
async def forget(call: Call, material_id: UUID) -> tuple[Course, str]:
    """Remove the row of a material."""
    row = await call.get(Material, material_id, lock=True)
    course: Course = await call.find(select(Course).where(Course.id == row.course_id))
    await call.session.delete(row)
    call.emit(MaterialRemoved.about(row, title=row.title))
    return course, row.key


@recipe(like=forget)
async def remove(context: Context, material_id: UUID) -> Course:
    """Delete a material of a course."""
    course, key = await forget(context, material_id)
    await objects.let_go(context, key)
    return course


@query(student=ANY, teacher=ANY)
async def get(call: Call, material_id: UUID) -> Material:
    """One material."""
    return await call.get(Material, material_id)


@query(student=ANY, teacher=ANY)
async def of_courses(call: Call, ids: Sequence[UUID], ask: Ask) -> list[Page[Material]]:
    """The materials of a course, the latest first."""
    return await pages(call, call.select(Material), Material.course_id, ids, [Material.id], ask, descending=True)


@query(student=ANY, teacher=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[Material | None]:
    """Materials by id, as far as they are open to the viewer."""
    found = {row.id: row for row in await call.all(call.select(Material).where(col(Material.id).in_(ids)))}
    return [found.get(id) for id in ids]


@recipe(like=of_ids)
async def view_urls(context: Context, ids: Sequence[UUID]) -> list[str | None]:
    """A signed address of the file for a few minutes, under its own name."""
    storage = context.gateways.storage
    rows = await of_ids(context, ids)
    urls = [storage.view_url(row.key, row.mime, row.shown_name) for row in rows if row is not None]
    signed = iter(await asyncio.gather(*urls))
    return [next(signed) if row is not None else None for row in rows]


@query()
async def known(call: Call, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these materials have a row."""
    return set(await call.all(select(Material.id).where(call.visible(Material), col(Material.id).in_(ids))))


@recipe(like=known)
async def remove_orphans(context: Context) -> int:
    """Remove stored files that no row knows, once they are old enough not to be on their way."""
    return await objects.sweep(context, PREFIX, lambda key: UUID(PurePosixPath(key).stem), partial(known, context))


def _row(course_id: UUID, id: UUID, title: str, filename: str, file: rules.File) -> Material:
    return Material(
        id=id,
        course_id=course_id,
        title=title,
        filename=filename,
        mime=file.mime,
        size=len(file.data),
        sha256=file.sha256,
        pages=file.pages,
        width=file.width,
        height=file.height,
    )


async def _ensure_room(call: Call, course: Course) -> None:
    count = select(func.count()).where(Material.course_id == course.id)
    if (await call.session.execute(count)).scalar_one() >= (limit := call.settings.materials.max_count):
        raise rules.MaterialLimitReached(limit)
