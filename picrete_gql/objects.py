"""What rooms that keep objects share: letting go of them, and finding those that no row knows."""

from collections.abc import Awaitable, Callable, Hashable
from datetime import timedelta
from typing import TypeVar

import structlog

from picrete_gql.call import Context
from picrete_gql.problems import Unavailable

K = TypeVar("K", bound=Hashable)
log = structlog.get_logger(__name__)


async def let_go(context: Context, *keys: str) -> None:
    """Remove objects that nobody needs any more; what the store does not hear of now, the sweeper removes later."""
    if not keys:
        return
    try:
        await context.gateways.storage.remove(*keys)
    except Unavailable as problem:
        log.warning("object.left_behind", keys=keys[:10], count=len(keys), detail=problem.detail)


async def sweep(
    context: Context, prefix: str, named: Callable[[str], K | None], known: Callable[[list[K]], Awaitable[set[K]]]
) -> int:
    """Remove the objects below a prefix that no row knows, once they are old enough not to be on their way.

    `named` says which row a key belongs to; what it answers None for is another room's and left alone.
    Raises Unavailable.
    """
    before = context.runtime.now() - timedelta(minutes=context.runtime.settings.photos.orphan_minutes)
    removed, after = 0, ""
    while page := await context.gateways.storage.list(prefix, after=after):
        after = page[-1].key
        old = [one.key for one in page if one.modified_at is None or one.modified_at < before]
        rows = {key: row for key in old if (row := named(key)) is not None}
        alive = await known(list(rows.values()))
        if doomed := [key for key, row in rows.items() if row not in alive]:
            await context.gateways.storage.remove(*doomed)
            removed += len(doomed)
    return removed
