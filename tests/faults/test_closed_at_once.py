"""A process that is told to stop while it has only just begun."""

import asyncio

from picrete_gql.main import open_runtime
from picrete_gql.settings import Settings


async def test_listening_ends_however_soon_it_is_asked_to(settings: Settings) -> None:
    runtime = open_runtime(settings)
    before = asyncio.all_tasks()
    # Each time a little later, so that the end meets every step of connecting.
    for turns in range(40):
        async with asyncio.timeout(20) as patience:
            async with runtime.listening():
                for _ in range(turns):
                    await asyncio.sleep(0)
        assert not patience.expired(), turns
        assert not [task for task in asyncio.all_tasks() - before if "Bus.listen" in repr(task)], turns
    await runtime.close()
