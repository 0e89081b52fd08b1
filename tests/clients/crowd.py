"""Many sockets come, watch and go in every way there is; afterwards nothing of them may be left in the process."""

import asyncio
import gc
import os
import sys
from pathlib import Path
from types import AsyncGeneratorType

from picrete_gql.settings import Settings
from tests.door.porch import Porch, open_porch
from tests.door.test_socket_ends import LEAVING, leave, operations
from tests.door.test_sockets import watched

AT_ONCE = 50
WARM = 1_000
# Where the generators of a subscription live; those of the process itself are elsewhere.
OURS = ("picrete_gql/schema", "picrete_gql/resolvers", "picrete_gql/gateways")
# What allocators may keep for themselves per thousand sockets, long after these have gone; and what Python may have
# handed out and not got back: nothing, but for what comes and goes by itself.
MOST_KIB_PER_THOUSAND, MOST_BLOCKS = 1_500, 5_000


async def crowd(settings: Settings, many: int) -> tuple[bool, str]:
    """Let `many` sockets come and go at a door of their own. Whether nothing was left, and what was seen."""
    async with open_porch(settings) as porch:
        return await pass_by(porch, many)


async def pass_by(porch: Porch, many: int) -> tuple[bool, str]:
    """The same at a door that is open already."""
    attempt = await watched(porch, f"crowd-{many}")
    # Pools, caches and the allocator grow to their size first.
    await _come_and_go(porch, attempt, min(many, WARM))
    await _left(porch)
    memory, blocks = _memory(), sys.getallocatedblocks()
    await _come_and_go(porch, attempt, many)
    after, grown, kept = await _left(porch), _memory() - memory, sys.getallocatedblocks() - blocks
    limit = max(8_000, MOST_KIB_PER_THOUSAND * many // 1000)
    told = f"{many} sockets: {after} left, {grown} KiB and {kept} blocks more"
    return not any(after.values()) and grown < limit and kept < MOST_BLOCKS, told


async def _come_and_go(porch: Porch, attempt: str, many: int) -> None:
    guests = iter(range(many))

    async def one_after_the_other() -> None:
        for n in guests:
            await leave(porch, attempt, LEAVING[n % len(LEAVING)])

    # Not a task for each of them: ten thousand that wait would themselves be the memory that is looked for.
    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))


async def _left(porch: Porch) -> dict[str, int]:
    """Bells, operations, tasks, subscriptions and running generators, once they had a moment to go."""
    found: dict[str, int] = {}
    for _ in range(100):
        gc.collect()
        found = {
            "bells": len(porch.runtime.gateways.bus.bells),
            "operations": len(operations()),
            "subscriptions": len(porch.streams),
            "generators": _streams(),
        }
        if not any(found.values()):
            break
        await asyncio.sleep(0.1)
    return found


def _streams() -> int:
    # Nothing may hold on to what is counted: a generator that somebody looks at cannot go.
    return sum(map(_is_stream, gc.get_objects()))


def _is_stream(one: object) -> bool:
    if not isinstance(one, AsyncGeneratorType) or one.ag_frame is None:
        return False
    return any(folder in one.ag_code.co_filename for folder in OURS)


def _memory() -> int:
    """KiB that this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
