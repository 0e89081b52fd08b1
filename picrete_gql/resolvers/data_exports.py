"""A person's data in one archive: asked for, fetched for a while, removed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from picrete_gql import objects
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import Account, DataExport, DataExportStatus
from picrete_gql.models.data_exports import (
    DataExportExpired,
    DataExportRequested,
)
from picrete_gql.rules import data_exports as rules
from picrete_gql.rules.erasures import AlreadyErased
from picrete_gql.scopes import ANY, OWN

PREFIX = "data-exports/"
MIME = "application/zip"
OPEN = (DataExportStatus.WAITING, DataExportStatus.PACKING)
SHOWN = 20


@command(user=OWN, admin=ANY)
async def request(call: Call, account_id: UUID) -> DataExport:
    """Ask for everything that is known of you, or, as an administrator, of somebody, in one archive."""
    account = await call.get(Account, account_id, lock=True)
    if account.erased_at is not None:
        raise AlreadyErased(account.erased_at)
    mine = select(DataExport).where(DataExport.account_id == account.id)
    before: DataExport | None = await call.first(mine.where(col(DataExport.status).in_(OPEN)))
    if before is not None:
        return before
    today = select(func.count()).where(
        DataExport.account_id == account.id, DataExport.created_at > call.now - timedelta(days=1)
    )
    if (await call.session.execute(today)).scalar_one() >= (limit := call.settings.privacy.exports_per_day):
        raise rules.TooManyDataExports(limit)
    asked_by = call.context.actor.account_id or account.id
    export = call.add(DataExport(account_id=account.id, asked_by=asked_by))
    call.emit(DataExportRequested.about(export))
    return export


@query(user=OWN, admin=ANY)
async def get(call: Call, export_id: UUID) -> DataExport:
    """One archive of a person's data."""
    return await call.get(DataExport, export_id)


@query(user=OWN, admin=ANY)
async def of_accounts(call: Call, ids: Sequence[UUID]) -> list[list[DataExport]]:
    """The latest archives of a person's data, the newest first; only for themselves and administrators."""
    place = func.row_number().over(partition_by=col(DataExport.account_id), order_by=col(DataExport.id).desc())
    ranked = select(DataExport.id, place.label("place")).where(col(DataExport.account_id).in_(ids)).subquery()
    latest = select(ranked.c.id).where(ranked.c.place <= SHOWN)
    wanted = call.select(DataExport).where(col(DataExport.id).in_(latest)).order_by(col(DataExport.id).desc())
    groups: dict[UUID, list[DataExport]] = {id: [] for id in ids}
    for row in await call.all(wanted):
        groups[row.account_id].append(row)
    return [groups[id] for id in ids]


@query(user=OWN, admin=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[DataExport | None]:
    """Archives by id, as far as they are open to the viewer."""
    found = {row.id: row for row in await call.all(call.select(DataExport).where(col(DataExport.id).in_(ids)))}
    return [found.get(id) for id in ids]


@recipe(like=of_ids)
async def urls(context: Context, ids: Sequence[UUID]) -> list[str | None]:
    """A signed address of the archive for a few minutes; null unless it is ready."""

    async def sign(row: DataExport | None) -> str | None:
        now = context.runtime.now()
        if row is None or row.status is not DataExportStatus.READY or row.expires_at is None or row.expires_at <= now:
            return None
        return await context.gateways.storage.view_url(row.key, MIME, f"picrete-{row.created_at:%Y-%m-%d}.zip")

    return list(await asyncio.gather(*(sign(row) for row in await of_ids(context, ids))))


@recipe(like=get)
async def watch(context: Context, export_id: UUID) -> AsyncGenerator[DataExport]:
    """An archive now, and again as it is packed, until it has expired."""
    seen, before = await get(context, export_id), None
    async for _ in context.gateways.bus.changes(seen.account_id):
        export = await get(context, export_id)
        state = (export.status, export.done)
        if state != before:
            before = state
            yield export


@command()
async def expire(call: Call) -> list[str]:
    """Close archives whose time is over. Returns the objects to remove."""
    over = call.select(DataExport).where(
        DataExport.status == DataExportStatus.READY, col(DataExport.expires_at) <= call.now
    )
    rows = await call.all(over.order_by(col(DataExport.id)).limit(200).with_for_update(skip_locked=True))
    for row in rows:
        row.status = DataExportStatus.EXPIRED
        call.emit(DataExportExpired.about(row))
    return [row.key for row in rows]


@recipe(like=expire)
async def clear(context: Context) -> int:
    """Remove archives whose time is over."""
    keys = await expire(context)
    await objects.let_go(context, *keys)
    return len(keys)


@query()
async def known(call: Call, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these archives may lie in the store."""
    alive = (*OPEN, DataExportStatus.READY)
    rows = select(DataExport.id).where(call.visible(DataExport), col(DataExport.id).in_(ids))
    return set(await call.all(rows.where(col(DataExport.status).in_(alive))))


@recipe(like=known)
async def remove_orphans(context: Context) -> int:
    """Remove archives that no row knows, once they are old enough not to be on their way."""
    return await objects.sweep(context, PREFIX, lambda key: UUID(PurePosixPath(key).stem), partial(known, context))
