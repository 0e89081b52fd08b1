"""Questions that are asked at the same time, and what becomes of them when some give up or something goes wrong."""

import asyncio
from collections.abc import Sequence

import pytest

from picrete_gql.together import Together


class Oracle:
    """Doubles numbers, all of a time together, when it is let."""

    def __init__(self, most: int = 100) -> None:
        self.asked: list[list[int]] = []
        self.open = asyncio.Event()
        self.together = Together(self.double, most)

    async def double(self, numbers: Sequence[int]) -> list[int]:
        """A negative number is a fault."""
        self.asked.append(list(numbers))
        await self.open.wait()
        if min(numbers) < 0:
            raise ValueError(numbers)
        return [2 * number for number in numbers]

    def ask(self, number: int) -> asyncio.Task[int]:
        """Somebody who asks."""
        return asyncio.create_task(self.together.ask(number))


async def steps(count: int = 5) -> None:
    """Let everybody go on a little."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_whoever_comes_meanwhile_waits_for_the_next_time() -> None:
    oracle = Oracle(most=3)
    first = oracle.ask(1)
    await steps()
    rest = [oracle.ask(number) for number in range(2, 7)]
    await steps()
    assert oracle.asked == [[1]]
    oracle.open.set()
    assert await asyncio.gather(first, *rest) == [2, 4, 6, 8, 10, 12]
    assert oracle.asked == [[1], [2, 3, 4], [5, 6]] and oracle.together.asking is None


@pytest.mark.parametrize("moment", range(6))
async def test_who_gives_up_takes_nothing_from_others(moment: int) -> None:
    oracle = Oracle()
    gone = oracle.ask(1)
    await steps(moment)
    gone.cancel()
    await steps(moment)
    later = oracle.ask(2)
    await steps()
    oracle.open.set()
    async with asyncio.timeout(5):
        assert await later == 4
        assert await oracle.ask(3) == 6
    assert gone.cancelled()


async def test_a_fault_is_told_to_those_whom_it_concerns() -> None:
    oracle = Oracle()
    oracle.open.set()
    found = await asyncio.gather(oracle.ask(1), oracle.ask(-1), return_exceptions=True)
    assert all(isinstance(one, ValueError) for one in found)
    assert await oracle.ask(2) == 4


async def test_when_the_process_stops_nobody_waits_for_ever() -> None:
    oracle = Oracle()
    waiting = [oracle.ask(1)]
    await steps()
    waiting.append(oracle.ask(2))
    await steps()
    assert oracle.together.asking is not None
    oracle.together.asking.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(*waiting, return_exceptions=True)
    assert all(one.cancelled() for one in waiting) and oracle.together.asking is None
