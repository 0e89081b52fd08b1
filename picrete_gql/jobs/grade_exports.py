"""When files of grades are made, and when they are gone."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from picrete_gql.call import Context
from picrete_gql.models.grade_exports import GradeExportQueued, GradeExportRetried
from picrete_gql.resolvers import grade_exports
from picrete_gql.resolvers import grade_exports_writing as writing

from ._registry import every, job
from ._turns import in_turn
from ._watching import pieces

MINUTE_OF_TEN = 5


@job(
    "grade_export.make",
    on=GradeExportQueued,
    subject="subject_id",
    in_turn=True,
    timeout=3600,
    also=[GradeExportRetried],
)
async def make(context: Context, event: GradeExportQueued) -> None:
    """Make one file, and then what else waits to be made."""
    assert event.subject_id is not None
    places = context.runtime.export_places
    work = pieces(context, "grade_export.make", GradeExportQueued, "subject_id", writing.make)
    await in_turn(places, event.subject_id, work, partial(_waiting, context), partial(_again, context))


@every(10, "grade_export.wake")
async def wake(context: Context) -> None:
    """Exports left by a dead worker or forgotten by Redis are asked for again, once a minute each."""
    salt = int(context.runtime.now().timestamp()) // 60
    for export in await writing.stalled(context):
        ids = GradeExportQueued(subject_id=export.id).ids()
        await context.gateways.queue.wake("grade_export.make", f"{export.id}:{salt}", ids)


@every(60, "grade_export.clean")
async def clean(context: Context) -> None:
    """Remove what has expired, and every ten minutes the files that no export knows."""
    await grade_exports.expire_all(context)
    if context.runtime.now().minute % 10 == MINUTE_OF_TEN:
        await grade_exports.remove_orphans(context)
        await writing.remove_leftovers(context)


async def _waiting(context: Context) -> Sequence[UUID]:
    return [export.id for export in await writing.stalled(context, quiet=0, limit=50)]


async def _again(context: Context, export_id: UUID, after: timedelta | None) -> None:
    # The job of this export may be the very one that asks: another try has another name.
    subject = f"{export_id}:{context.runtime.now().timestamp()}"
    ids = GradeExportQueued(subject_id=export_id).ids()
    await context.gateways.queue.wake("grade_export.make", subject, ids, delay=after)
