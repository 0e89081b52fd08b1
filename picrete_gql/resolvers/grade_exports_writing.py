"""The making of a file of grades as seen by its worker: take, read and write piece by piece, store, or give up."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlmodel import col
from uuid_utils.compat import uuid7

from picrete_gql import gradebook, objects, waiting
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.leases import LeaseLost, persistently, under_lease
from picrete_gql.models import ExportFailure, ExportStatus, GradeExport, Work
from picrete_gql.models.grade_exports import (
    GradeExportAdvanced,
    GradeExportFailed,
    GradeExportReady,
    GradeExportStarted,
)
from picrete_gql.problems import Unavailable
from picrete_gql.rules import grade_exports as rules

WAITING = (ExportStatus.PENDING, ExportStatus.PROCESSING)
MOST_TAKES = 5
QUIET_SECONDS = 5.0
TEMPORARY = "picrete-export-"
# No job runs so long.
LEFTOVER_SECONDS = 7200.0


@dataclass(frozen=True)
class Taken:
    """An export that a worker may make now: which submissions, in which order."""

    export: GradeExport
    head: rules.Head
    submissions: list[UUID]


@command()
async def begin(call: Call, export_id: UUID, owner: UUID) -> Taken | None:
    """Take an export for as long as the lease is renewed. None when there is nothing to do for this worker."""
    export = await call.get(GradeExport, export_id, lock=True)
    if export.status not in WAITING or export.expires_at <= call.now:
        return None
    if any(moment is not None and moment > call.now for moment in (export.lease_until, export.retry_at)):
        return None
    if export.takes >= MOST_TAKES:
        _fail(call, export, ExportFailure.GIVEN_UP)
        return None
    work: Work = await call.find(call.select(Work).where(Work.id == export.work_id))
    head = await gradebook.head_of(call, work, export.locale)
    submissions = await gradebook.in_order(call, work.id)
    _lease(call, export, owner)
    export.status, export.takes = ExportStatus.PROCESSING, export.takes + 1
    export.done, export.total = 0, len(submissions)
    call.emit(GradeExportStarted.about(export))
    return Taken(export, head, submissions)


@command()
async def renew(call: Call, export_id: UUID, owner: UUID) -> bool:
    """Keep the lease while the file grows. False when it was deleted or another worker took over."""
    export = await _own(call, export_id, owner)
    if export is None:
        return False
    _lease(call, export, owner)
    return True


@query()
async def batch(call: Call, head: rules.Head, ids: Sequence[UUID]) -> list[rules.Entry]:
    """Some submissions with everything that is said of them."""
    call.visible(GradeExport)
    return await gradebook.entries(call, head, ids)


@command()
async def advance(call: Call, export_id: UUID, owner: UUID, done: int) -> bool:
    """Say how far it has come. False when this worker's turn is over."""
    export = await _own(call, export_id, owner)
    if export is None:
        return False
    export.done = done
    # Nothing but the export itself: who watches its work need not look again.
    call.emit(GradeExportAdvanced(subject_id=export.id))
    return True


@command()
async def hand_back(call: Call, export_id: UUID, owner: UUID) -> None:
    """The process is told to stop: whoever comes next need not wait for the lease to run out."""
    if export := await _own(call, export_id, owner):
        export.takes -= 1
        export.lease_owner = export.lease_until = None


@command()
async def finish(call: Call, export_id: UUID, owner: UUID, key: str, size: int) -> bool:
    """The file is stored. False when the export was deleted or another worker took over."""
    export = await _own(call, export_id, owner)
    if export is None:
        # Said twice because the first answer was lost: it is done all the same.
        return await _is_stored(call, export_id, key)
    _let_go(export)
    export.status, export.key, export.size, export.done = ExportStatus.READY, key, size, export.total or 0
    export.ready_at = call.now
    export.expires_at = call.now + timedelta(hours=call.settings.grade_exports.keep_hours)
    call.emit(GradeExportReady.about(export, format=export.format.value, submissions=export.total))
    return True


@command()
async def postpone(call: Call, export_id: UUID, owner: UUID, why: Unavailable) -> timedelta | None:
    """The store did not answer: try again after the returned time, or (None) give up."""
    export = await _own(call, export_id, owner)
    if export is None:
        return None
    of = call.settings.grade_exports
    export.tries += 1
    if export.tries >= of.tries:
        _fail(call, export, ExportFailure.STORE_AWAY)
        return None
    wait = timedelta(seconds=of.backoff_seconds * 2 ** (export.tries - 1))
    _let_go(export)
    export.status, export.takes, export.retry_at = ExportStatus.PENDING, export.takes - 1, call.now + wait
    return wait


@command()
async def give_up(call: Call, export_id: UUID, owner: UUID, failure: ExportFailure) -> bool:
    """There will be no file. False when this worker's turn is over."""
    export = await _own(call, export_id, owner)
    if export is None:
        return False
    _fail(call, export, failure)
    return True


@recipe(like=begin)
async def make(context: Context, export_id: UUID) -> timedelta | None:
    """Make one file: take it, write it, store it. Returns when to try again, if at all."""
    owner = uuid7()
    taken = await begin(context, export_id, owner)
    if taken is None:
        return None
    seconds = context.runtime.settings.grade_exports.lease_seconds
    key = f"exports/{taken.export.course_id}/{export_id}/{owner}.{taken.export.format.value}"
    back = partial(hand_back, context, export_id, owner)
    try:
        work = _write_and_store(context, taken, owner, key)
        size = await under_lease(work, lambda: renew(context, export_id, owner), seconds, back)
    except LeaseLost:
        return None
    except rules.FileTooLarge:
        await give_up(context, export_id, owner, ExportFailure.TOO_LARGE)
        return None
    except Unavailable as problem:
        return await postpone(context, export_id, owner, problem)
    if not await persistently(partial(finish, context, export_id, owner, key, size)):
        await objects.let_go(context, key)
    return None


async def _write_and_store(context: Context, taken: Taken, owner: UUID, key: str) -> int:
    compute, settings = context.runtime.compute, context.runtime.settings.grade_exports
    folder = Path(await compute(partial(tempfile.mkdtemp, prefix=TEMPORARY, dir=settings.folder or None)))
    try:
        path = folder / f"grades.{taken.export.format.value}"
        await _write(context, taken, owner, path)
        size = path.stat().st_size
        with path.open("rb") as file:
            await context.gateways.storage.put_file(key, file, size, rules.MIME[taken.export.format])
        return size
    finally:
        await compute(partial(shutil.rmtree, folder, ignore_errors=True))


async def _write(context: Context, taken: Taken, owner: UUID, path: Path) -> None:
    compute, settings = context.runtime.compute, context.runtime.settings.grade_exports
    file = await compute(rules.open_file, taken.export.format, path, taken.head, settings.max_bytes)
    told, total = context.runtime.now(), len(taken.submissions)
    try:
        for start in range(0, total, settings.batch):
            ids = taken.submissions[start : start + settings.batch]
            await compute(file.write, await batch(context, taken.head, ids))
            if (context.runtime.now() - told).total_seconds() >= settings.progress_seconds:
                told = context.runtime.now()
                if not await advance(context, taken.export.id, owner, min(start + settings.batch, total)):
                    raise LeaseLost
        await compute(file.close)
    except BaseException:
        await compute(file.abandon)
        raise


@recipe(like=begin)
async def remove_leftovers(context: Context) -> int:
    """Remove from this machine what killed workers left half written: it holds names and marks."""
    base = context.runtime.settings.grade_exports.folder or tempfile.gettempdir()
    before = time.time() - LEFTOVER_SECONDS
    return await context.runtime.compute(_remove_older, Path(base), before)


def _remove_older(base: Path, before: float) -> int:
    old = [path for path in base.glob(f"{TEMPORARY}*") if path.stat().st_mtime < before]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


@query()
async def stalled(call: Call, *, quiet: float = QUIET_SECONDS, limit: int = 500) -> list[GradeExport]:
    """Exports that wait and nobody makes: never taken, due for another try, or left by a dead worker."""
    where = waiting.exports(call.now, timedelta(seconds=quiet))
    return await call.all(call.select(GradeExport).where(*where).order_by(col(GradeExport.id)).limit(limit))


async def _own(call: Call, export_id: UUID, owner: UUID) -> GradeExport | None:
    export: GradeExport | None = await call.first(
        call.select(GradeExport).where(GradeExport.id == export_id).with_for_update()
    )
    return export if export is not None and export.lease_owner == owner else None


async def _is_stored(call: Call, export_id: UUID, key: str) -> bool:
    stored = call.select(GradeExport).where(GradeExport.id == export_id, GradeExport.key == key)
    return await call.first(stored) is not None


def _lease(call: Call, export: GradeExport, owner: UUID) -> None:
    export.lease_owner = owner
    export.lease_until = call.now + timedelta(seconds=call.settings.grade_exports.lease_seconds)


def _let_go(export: GradeExport) -> None:
    export.lease_owner = export.lease_until = export.retry_at = None


def _fail(call: Call, export: GradeExport, failure: ExportFailure) -> None:
    _let_go(export)
    export.status, export.failure = ExportStatus.FAILED, failure
    call.emit(GradeExportFailed.about(export, failure=failure.value))
