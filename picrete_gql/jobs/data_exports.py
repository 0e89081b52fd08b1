"""When a person's data are packed, and when the archives go."""

from datetime import timedelta

from picrete_gql.call import Context
from picrete_gql.models.data_exports import DataExportRequested, DataExportRetried
from picrete_gql.resolvers import data_exports
from picrete_gql.resolvers import data_exports_packing as packing

from ._registry import every, job

MINUTE_OF_TEN = 5


@job("data_export.make", on=DataExportRequested, subject="account_id", timeout=7200, also=[DataExportRetried])
async def make(context: Context, event: DataExportRequested) -> timedelta | None:
    """Pack one person's archive."""
    assert event.account_id is not None
    return await packing.make(context, event.account_id)


@every(10, "data_export.wake")
async def wake(context: Context) -> None:
    """Archives left by a dead worker or forgotten by Redis are asked for again, once a minute each."""
    salt = int(context.runtime.now().timestamp()) // 60
    for export in await packing.stalled(context):
        ids = DataExportRequested.about(export).ids()
        await context.gateways.queue.wake("data_export.make", f"{export.account_id}:{salt}", ids)


@every(60, "data_export.clean")
async def clean(context: Context) -> None:
    """Remove archives whose time is over, and every ten minutes those that no row knows."""
    while await data_exports.clear(context):
        pass
    if context.runtime.now().minute % 10 == MINUTE_OF_TEN:
        await data_exports.remove_orphans(context)
