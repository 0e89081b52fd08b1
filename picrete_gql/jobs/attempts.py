"""When attempts end by themselves."""

from datetime import timedelta

from picrete_gql.call import Context
from picrete_gql.models.photos import PhotoUploaded
from picrete_gql.resolvers import attempts, photos, reviews, works

from ._registry import every, job


@job("attempt.settle", on=PhotoUploaded, subject="photo_id", timeout=60)
async def settle(context: Context, event: PhotoUploaded) -> timedelta | None:
    """A photo that arrives after the end may be the one that the reading waits for."""
    assert event.attempt_id is not None
    await attempts.settle(context, event.attempt_id)
    return None


@every(5, "attempt.expire")
async def expire(context: Context) -> None:
    """End all attempts whose time is over."""
    while await attempts.expire_due(context):
        pass


@every(10, "attempt.settle")
async def settle_all(context: Context) -> None:
    """Begin the readings whose grace is over."""
    for attempt_id in await attempts.unsettled(context):
        await attempts.settle(context, attempt_id)


@every(30, "work.tick")
async def tick(context: Context) -> None:
    """Let the clock begin and complete works."""
    while await works.tick(context):
        pass


@every(30, "review.time-out")
async def time_out(context: Context) -> None:
    """End the reviews that nobody ended in time."""
    while await reviews.time_out(context):
        pass


@every(60, "photo.clean")
async def clean(context: Context) -> None:
    """Give back reservations whose bytes never came."""
    await photos.drop_stale(context)
    # Walking the whole bucket is dear: once in ten minutes is enough.
    if context.runtime.now().minute % 10 == 0:
        await photos.remove_orphans(context)
