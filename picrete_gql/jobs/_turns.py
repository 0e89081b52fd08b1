"""So many at a time in one process. Whoever finds no place leaves: what waits is a row, not a job.

A job that waited for its turn would take a worker's place from jobs that need no turn, such as the deadlines' clock.
So a job without a place ends at once, and one that is done goes on with the rows that still wait.
"""

import asyncio
import random
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
            await _one(places, following, work, wake)
            found = await _next(places, tried, waiting)
            if found is None:
                return
            if loop.time() > ends:
                await wake(found, None)
                return
            following = found
            tried.add(following)


async def _one(
    places: Places,
    subject: UUID,
    work: Callable[[UUID], Awaitable[timedelta | None]],
    wake: Callable[[UUID, timedelta | None], Awaitable[object]],
) -> None:
    if subject in places.busy:
        return
    places.busy.add(subject)
    try:
        again = await work(subject)
    except NotFound:
        return
    finally:
        places.busy.discard(subject)
    if again is not None:
        await wake(subject, again)


async def _next(places: Places, tried: set[UUID], waiting: Callable[[], Awaitable[Sequence[UUID]]]) -> UUID | None:
    while True:
        turned_away = places.turned_away
        found = [id for id in await waiting() if id not in tried and id not in places.busy]
        # Everybody looks at the same list, in this process and in others: who takes the first one takes it in vain.
        if found:
            return random.choice(found)
        # Somebody who came while we looked may not have been seen.
        if turned_away == places.turned_away:
            return None
