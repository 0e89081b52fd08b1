"""When pages are read."""

from datetime import timedelta

from picrete_gql.call import Context
from picrete_gql.models.photos import PhotoQueued
from picrete_gql.resolvers import readings

from ._registry import every, job


@job("photo.read", on=PhotoQueued, subject="photo_id", timeout=3600)
async def read(context: Context, event: PhotoQueued) -> timedelta | None:
    """Read one page."""
    assert event.photo_id is not None
    async with context.runtime.reading_slots:
        return await readings.read(context, event.photo_id)


@every(10, "photo.wake")
async def wake(context: Context) -> None:
    """Pages left by a dead worker or forgotten by Redis are asked for again, once a minute each."""
    salt = int(context.runtime.now().timestamp()) // 60
    for photo in await readings.stalled(context):
        ids = PhotoQueued.about(photo).ids()
        await context.gateways.queue.wake("photo.read", f"{photo.id}:{salt}", ids)
