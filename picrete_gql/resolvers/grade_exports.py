"""Files of a work's grades: teachers ask for them, see how far they have come, and save them while they last."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from picrete_gql import objects
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import Account, Criterion, ExportFormat, GradeExport, Submission, Work
from picrete_gql.models.grade_exports import GradeExportExpired, GradeExportQueued, GradeExportRemoved
from picrete_gql.paging import Ask, Page, pages
from picrete_gql.rules import grade_exports as rules
from picrete_gql.scopes import ANY

PREFIX = "exports/"
AT_ONCE = 100


@command(teacher=ANY)
async def create(call: Call, work_id: UUID, format: ExportFormat) -> GradeExport:
    """Ask for a file of a work's grades in the language of the request; watch how it grows."""
    work = await call.get(Work, work_id)
    # Locked, so that two requests at once cannot pass the limit together.
    await call.find(select(Account).where(Account.id == call.actor_id).with_for_update(key_share=True))
    mine = (GradeExport.author_id == call.actor_id, GradeExport.course_id == work.course_id)
    living = await _count(call, GradeExport, *mine, col(GradeExport.expires_at) > call.now)
    limits = call.settings.grade_exports
    rules.ensure_room(living, limits.living)
    submissions = await _count(call, Submission, Submission.work_id == work.id)
    rules.ensure_size(submissions, await _count(call, Criterion, Criterion.work_id == work.id), limits.max_rows)
    locale = call.context.locale
    row = call.add(
        GradeExport(
            course_id=work.course_id,
            work_id=work.id,
            author_id=call.actor_id,
            format=format,
            locale=locale,
            filename=rules.filename(work, format, locale, call.now),
            expires_at=call.now + timedelta(hours=limits.keep_hours),
        )
    )
    call.emit(GradeExportQueued.about(row, format=format.value))
    return row


@query(teacher=ANY)
async def get(call: Call, export_id: UUID) -> GradeExport:
    """One export of grades, until it expires."""
    return await call.get(GradeExport, export_id)


@query(teacher=ANY)
async def of_works(call: Call, ids: Sequence[UUID], ask: Ask) -> list[Page[GradeExport] | None]:
    """The exports of a work's grades that have not expired, the latest first; null for students."""
    mine = set(await call.all(select(Work.id).where(col(Work.id).in_(ids), call.visible(Work))))
    order = [GradeExport.id]
    found = await pages(call, call.select(GradeExport), GradeExport.work_id, ids, order, ask, descending=True)
    return [page if id in mine else None for id, page in zip(ids, found, strict=True)]


@query(teacher=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[GradeExport | None]:
    """Exports by id, as far as they are open to the viewer."""
    found = {row.id: row for row in await call.all(call.select(GradeExport).where(col(GradeExport.id).in_(ids)))}
    return [found.get(id) for id in ids]


@recipe(like=of_ids)
async def save_urls(context: Context, ids: Sequence[UUID]) -> list[str | None]:
    """A signed address at which a browser saves the file, for a few minutes; null until it is ready."""
    storage = context.gateways.storage

    async def sign(row: GradeExport | None) -> str | None:
        if row is None or row.key is None:
            return None
        return await storage.view_url(row.key, rules.MIME[row.format], row.filename, save=True)

    return await asyncio.gather(*(sign(row) for row in await of_ids(context, ids)))


@recipe(like=get)
async def watch(context: Context, export_id: UUID) -> AsyncGenerator[GradeExport]:
    """The export now, and again each time it has come further. The view ends when it is removed."""
    seen = await get(context, export_id)
    async for _ in context.looks(export_id, seen.course_id):
        yield await get(context, export_id)


@command(teacher=ANY)
async def forget(call: Call, export_id: UUID) -> tuple[Work, str | None]:
    """Remove the row of an export."""
    row = await call.get(GradeExport, export_id, lock=True)
    work: Work = await call.find(select(Work).where(Work.id == row.work_id))
    await call.session.delete(row)
    call.emit(GradeExportRemoved.about(row))
    return work, row.key


@recipe(like=forget)
async def remove(context: Context, export_id: UUID) -> Work:
    """Delete an export and its file, also one that is not ready yet."""
    work, key = await forget(context, export_id)
    await objects.let_go(context, *([key] if key else []))
    return work


@command()
async def expire(call: Call) -> list[str]:
    """Remove the rows of exports whose time is over. The keys of their files. Safe with many workers."""
    due = call.select(GradeExport).where(col(GradeExport.expires_at) <= call.now).order_by(col(GradeExport.id))
    rows = await call.all(due.limit(AT_ONCE).with_for_update(skip_locked=True))
    for row in rows:
        await call.session.delete(row)
        call.emit(GradeExportExpired.about(row))
    return [row.key or "" for row in rows]


@recipe(like=expire)
async def expire_all(context: Context) -> int:
    """Remove everything whose time is over, files included."""
    removed = 0
    while keys := await expire(context):
        await objects.let_go(context, *filter(None, keys))
        removed += len(keys)
    return removed


@query()
async def known(call: Call, keys: Sequence[str]) -> set[str]:
    """Which of these files belong to an export."""
    return set(await call.all(select(GradeExport.key).where(call.visible(GradeExport), col(GradeExport.key).in_(keys))))


@recipe(like=known)
async def remove_orphans(context: Context) -> int:
    """Remove files that no export knows: of workers that died, of works that were deleted."""
    return await objects.sweep(context, PREFIX, lambda key: key, partial(known, context))


async def _count(call: Call, model: type, *where: Any) -> int:
    return int((await call.session.execute(select(func.count()).select_from(model).where(*where))).scalar_one())
