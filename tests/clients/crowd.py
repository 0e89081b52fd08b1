"""Many sockets come, watch and go in every way there is; afterwards nothing of them may be left in the process."""

import asyncio
import gc
import os
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
# What Python's allocator may keep for itself per thousand sockets, long after they have gone.
MOST_KIB_PER_THOUSAND = 600


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
    memory = _memory()
    await _come_and_go(porch, attempt, many)
    after, grown = await _left(porch), _memory() - memory
    limit = max(8_000, MOST_KIB_PER_THOUSAND * many // 1000)
    told = f"{many} sockets: {after} left, {grown} KiB more"
    return not any(after.values()) and grown < limit, told


async def _come_and_go(porch: Porch, attempt: str, many: int) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(n: int) -> None:
        async with turns:
            await leave(porch, attempt, LEAVING[n % len(LEAVING)])

    await asyncio.gather(*(one(n) for n in range(many)))


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
