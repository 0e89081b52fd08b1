"""When pages are read."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from picrete_gql.call import Context
from picrete_gql.gateways.queue import Alarm
from picrete_gql.models.photos import PhotoQueued, PhotoRetried
from picrete_gql.resolvers import readings

from ._registry import every, job
from ._turns import in_turn
from ._watching import pieces


@job("photo.read", on=PhotoQueued, subject="photo_id", in_turn=True, timeout=3600, also=[PhotoRetried])
async def read(context: Context, event: PhotoQueued) -> None:
    """Read one page, and then what else waits to be read."""
    assert event.photo_id is not None
    places = context.runtime.reading_places
    work = pieces(context, "photo.read", PhotoQueued, "photo_id", readings.read)
    await in_turn(places, event.photo_id, work, partial(_waiting, context), partial(_again, context))


@every(10, "photo.wake")
async def wake(context: Context) -> None:
    """Pages left by a dead worker or forgotten by Redis are asked for again, once a minute each."""
    salt = int(context.runtime.now().timestamp()) // 60
    alarms = [
        Alarm("photo.read", f"{id}:{salt}", PhotoQueued(photo_id=id).ids()) for id in await readings.stalled(context)
    ]
    if alarms:
        await context.gateways.queue.wake_all(alarms)


async def _waiting(context: Context) -> Sequence[UUID]:
    return await readings.stalled(context, quiet=0, limit=50)


async def _again(context: Context, photo_id: UUID, after: timedelta | None) -> None:
    # The job of this page may be the very one that asks: another try has another name.
    subject = f"{photo_id}:{context.runtime.now().timestamp()}"
    ids = PhotoQueued(photo_id=photo_id).ids()
    await context.gateways.queue.wake("photo.read", subject, ids, delay=after)
