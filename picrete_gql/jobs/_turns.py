"""So many at a time in one process. Whoever finds no place leaves: what waits is a row, not a job.

A job that waited for its turn would take a worker's place from jobs that need no turn, such as the deadlines' clock.
So a job without a place ends at once, and one that is done goes on with the rows that still wait.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from picrete_gql.problems import NotFound
from picrete_gql.runtime import Places

# After so long the rest is left to another job, so that no job comes near its time-out.
CHAIN_SECONDS = 600.0


async def in_turn(
    places: Places,
    subject: UUID,
    work: Callable[[UUID], Awaitable[timedelta | None]],
    waiting: Callable[[], Awaitable[Sequence[UUID]]],
    wake: Callable[[UUID, timedelta | None], Awaitable[object]],
) -> None:
    """Work on the subject and then on whatever waits. `work` says when to try again, `wake` asks for that."""
    if places.locked():
        places.turned_away += 1
        return
    async with places:
        loop, tried = asyncio.get_running_loop(), {subject}
        ends, following = loop.time() + CHAIN_SECONDS, subject
        while True:
            await _one(following, work, wake)
            found = await _next(places, tried, waiting)
            if found is None:
                return
            if loop.time() > ends:
                await wake(found, None)
                return
            following = found
            tried.add(following)


async def _one(
    subject: UUID,
    work: Callable[[UUID], Awaitable[timedelta | None]],
    wake: Callable[[UUID, timedelta | None], Awaitable[object]],
) -> None:
    try:
        again = await work(subject)
    except NotFound:
        return
    if again is not None:
        await wake(subject, again)


async def _next(places: Places, tried: set[UUID], waiting: Callable[[], Awaitable[Sequence[UUID]]]) -> UUID | None:
    while True:
        turned_away = places.turned_away
        found = next((id for id in await waiting() if id not in tried), None)
        # Somebody who came while we looked may not have been seen.
        if found is not None or turned_away == places.turned_away:
            return found
