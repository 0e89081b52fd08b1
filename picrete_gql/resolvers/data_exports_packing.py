"""The packing of a person's data as seen by its worker: take, read piece by piece, store, or come back later."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from uuid_utils.compat import uuid7

from picrete_gql import dossiers
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.gateways.storage import Missing
from picrete_gql.leases import LeaseLost, under_lease
from picrete_gql.models import Account, DataExport, DataExportStatus, Photo, PhotoStatus
from picrete_gql.models.data_exports import DataExportAdvanced, DataExportFailed, DataExportReady
from picrete_gql.packing import Archive
from picrete_gql.problems import Locale, NotFound, Unavailable
from picrete_gql.rules import data_exports as rules

MIME = "application/zip"
QUIET_SECONDS = 5.0
OPEN = (DataExportStatus.WAITING, DataExportStatus.PACKING)
# How often a watcher hears of progress at most.
STEPS = 20
PIECES = ("trainer", "notices", "events")


@dataclass(frozen=True)
class Taken:
    """An archive that a worker may pack now."""

    export: DataExport
    attempts: list[UUID]
    locale: Locale


@command()
async def begin(call: Call, account_id: UUID, owner: UUID) -> Taken | None:
    """Take a person's open archive for as long as the lease is renewed. None when there is nothing to do."""
    wanted = call.select(DataExport).where(DataExport.account_id == account_id, col(DataExport.status).in_(OPEN))
    export: DataExport | None = await call.first(wanted.with_for_update())
    if export is None or any(m is not None and m > call.now for m in (export.lease_until, export.retry_at)):
        return None
    if export.status is DataExportStatus.PACKING and not _another(call, export, "the worker died"):
        return None
    account: Account = await call.find(select(Account).where(Account.id == account_id))
    attempts = await dossiers.attempts(call, account_id)
    export.status, export.done, export.total = DataExportStatus.PACKING, 0, len(attempts)
    _lease(call, export, owner)
    call.emit(DataExportAdvanced.about(export))
    return Taken(export, attempts, account.locale)


@command()
async def renew(call: Call, export_id: UUID, owner: UUID) -> bool:
    """Keep the lease while the archive is packed. False when another worker took over, or the person was erased."""
    export = await _own(call, export_id, owner)
    if export is not None:
        _lease(call, export, owner)
    return export is not None


@command()
async def advance(call: Call, export_id: UUID, owner: UUID, done: int) -> bool:
    """Say how many attempts are in the archive. False when it is not this worker's any more."""
    export = await _own(call, export_id, owner)
    if export is None:
        return False
    export.done = done
    call.emit(DataExportAdvanced.about(export))
    return True


@command()
async def hand_back(call: Call, export_id: UUID, owner: UUID) -> bool:
    """The process is told to stop: whoever comes next need not wait for the lease to run out."""
    export = await _own(call, export_id, owner)
    if export is not None:
        export.status, export.lease_owner, export.lease_until = DataExportStatus.WAITING, None, None
    return export is not None


@command()
async def finish(call: Call, export_id: UUID, owner: UUID, size: int) -> bool:
    """The archive is stored. False when another worker took over, or the person was erased."""
    export = await _own(call, export_id, owner)
    if export is None:
        return False
    export.status, export.size, export.ready_at = DataExportStatus.READY, size, call.now
    export.done, export.expires_at = export.total or 0, call.now + timedelta(hours=call.settings.privacy.export_hours)
    export.lease_owner = export.lease_until = export.retry_at = None
    call.emit(DataExportReady.about(export))
    return True


@command()
async def postpone(call: Call, export_id: UUID, owner: UUID, why: str) -> timedelta | None:
    """The store does not answer: try again after the returned time, or (None) give the archive up."""
    export = await _own(call, export_id, owner)
    if export is None:
        return None
    if not _another(call, export, why):
        return None
    wait = timedelta(seconds=call.settings.privacy.export_backoff_seconds * 2 ** (export.tries - 1))
    export.retry_at = call.now + wait
    return wait


@query()
async def person(call: Call, account_id: UUID) -> dict[str, Any]:
    """The small things: account, sign-ins, memberships."""
    call.visible(Account)
    return {
        "account": await dossiers.person(call, account_id),
        "sign_ins": await dossiers.sign_ins(call, account_id),
        "memberships": await dossiers.memberships(call, account_id),
    }


@query()
async def attempt(call: Call, attempt_id: UUID) -> tuple[dict[str, Any], list[Photo]]:
    """One attempt with its pages."""
    call.visible(Photo)
    return await dossiers.attempt(call, attempt_id)


@query()
async def piece(call: Call, kind: str, account_id: UUID, after: Any) -> tuple[list[dict[str, Any]], Any]:
    """Some of what there may be much of, and where the next piece begins."""
    call.visible(Account)
    read: Any = getattr(dossiers, kind)
    told: tuple[list[dict[str, Any]], Any] = await read(call, account_id, after)
    return told


@recipe(like=begin)
async def make(context: Context, account_id: UUID) -> timedelta | None:
    """Pack a person's archive. Returns when to try again, if at all."""
    owner = uuid7()
    taken = await begin(context, account_id, owner)
    if taken is None:
        return None
    id, seconds = taken.export.id, context.runtime.settings.privacy.export_lease_seconds
    try:
        back = partial(hand_back, context, id, owner)
        await under_lease(_pack(context, taken, owner), lambda: renew(context, id, owner), seconds, back)
    except (LeaseLost, NotFound):
        return None
    except Unavailable as problem:
        return await postpone(context, id, owner, problem.detail or str(problem))
    return None


@query()
async def stalled(call: Call, *, quiet: float = QUIET_SECONDS) -> list[DataExport]:
    """Archives that nobody packs: forgotten by Redis, due for another try, or left by a dead worker."""
    before = call.now - timedelta(seconds=quiet)
    waiting = call.select(DataExport).where(
        col(DataExport.status).in_(OPEN),
        DataExport.created_at <= before,
        col(DataExport.lease_until).is_(None) | (col(DataExport.lease_until) <= call.now),
        col(DataExport.retry_at).is_(None) | (col(DataExport.retry_at) <= before),
    )
    return await call.all(waiting.order_by(col(DataExport.id)).limit(100))


async def _pack(context: Context, taken: Taken, owner: UUID) -> None:
    archive, run = Archive(context.runtime.now()), context.runtime.compute
    try:
        await run(archive.text, "README.txt", rules.LETTER[taken.locale])
        for name, told in (await person(context, taken.export.account_id)).items():
            await run(archive.json, f"{name}.json", told)
        step = max(1, len(taken.attempts) // STEPS)
        for number, id in enumerate(taken.attempts, 1):
            await _attempt(context, archive, f"attempts/{number:03}", id)
            if number % step == 0 and not await advance(context, taken.export.id, owner, number):
                raise LeaseLost
        for kind in PIECES:
            await _pieces(archive, run, kind, partial(piece, context, kind, taken.export.account_id))
        size = await run(archive.finish)
        await context.gateways.storage.put_file(taken.export.key, archive.file, size, MIME)
    finally:
        archive.close()
    # Not ours any more: another worker puts its own in the same place, and what nobody wants is swept.
    await finish(context, taken.export.id, owner, size)


async def _attempt(context: Context, archive: Archive, folder: str, id: UUID) -> None:
    told, photos = await attempt(context, id)
    for photo in photos:
        if photo.status is PhotoStatus.UPLOADING or photo.image_removed_at is not None:
            continue
        try:
            body = await context.gateways.storage.get(photo.key)
        except Missing:
            continue
        await context.runtime.compute(archive.image, f"{folder}/page-{photo.number}.jpg", body)
    await context.runtime.compute(archive.json, f"{folder}/attempt.json", told)


async def _pieces(
    archive: Archive, run: Any, kind: str, read: Callable[[Any], Awaitable[tuple[list[dict[str, Any]], Any]]]
) -> None:
    told, after = await read(None)
    number = 0
    while told or number == 0:
        number += 1
        await run(archive.json, f"{kind}-{number:03}.json", told)
        if after is None:
            return
        told, after = await read(after)


async def _own(call: Call, export_id: UUID, owner: UUID) -> DataExport | None:
    found = call.select(DataExport).where(DataExport.id == export_id).with_for_update()
    export: DataExport | None = await call.first(found)
    return export if export is not None and export.lease_owner == owner else None


def _another(call: Call, export: DataExport, why: str) -> bool:
    """Count a packing that failed. False when it was the last one."""
    export.tries += 1
    export.status, export.lease_owner, export.lease_until = DataExportStatus.WAITING, None, None
    if export.tries < call.settings.privacy.export_tries:
        return True
    export.status, export.failure = DataExportStatus.FAILED, why[:1000]
    call.emit(DataExportFailed.about(export))
    return False


def _lease(call: Call, export: DataExport, owner: UUID) -> None:
    export.lease_owner = owner
    export.lease_until = call.now + timedelta(seconds=call.settings.privacy.export_lease_seconds)
