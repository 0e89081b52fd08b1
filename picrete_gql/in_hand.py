"""A file's place in memory: so many at a time in one process, and so many that wait for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from picrete_gql.call import Context
from picrete_gql.problems import RateLimited


@asynccontextmanager
async def file_in_hand(context: Context) -> AsyncIterator[None]:
    """A place during the block. Raises RateLimited where so many wait that a request would be given up before its turn.

    Whoever takes files in our name, such as the bot, has the time.
    """
    of, places = context.runtime.settings.photos, context.runtime.file_places
    if context.door == "web" and places.waiting >= of.waiting:
        raise RateLimited(of.waiting_seconds)
    async with places:
        yield
