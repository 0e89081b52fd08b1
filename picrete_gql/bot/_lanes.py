"""One worker per chat: things of one chat happen in order, chats do not wait for each other."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

import structlog

from picrete_gql.problems import Unavailable

log = structlog.get_logger(__name__)


class Lane:
    """The bell of one chat's worker."""

    def __init__(self, chat_id: int) -> None:
        self.chat_id = chat_id
        self.rung = asyncio.Event()

    async def nap(self, seconds: float) -> None:
        """Sleep so long, or until there is something new."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.rung.wait()
        self.rung.clear()


class Lanes:
    """Starts a worker for a chat when it is woken and has none. A worker returns when nothing is left to do."""

    def __init__(self, work: Callable[[Lane], Awaitable[None]], pause: float) -> None:
        """`pause` seconds are waited when the database is away."""
        self.work, self.pause = work, pause
        self.lanes: dict[int, Lane] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    def wake(self, chats: Iterable[int]) -> None:
        """There is something to do in these chats."""
        for chat_id in chats:
            lane = self.lanes.get(chat_id)
            if lane is None:
                lane = self.lanes[chat_id] = Lane(chat_id)
                task = asyncio.create_task(self._run(lane))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
            lane.rung.set()

    async def stop(self) -> None:
        """Stop everywhere; what was not done is in the database."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _run(self, lane: Lane) -> None:
        try:
            while lane.rung.is_set():
                lane.rung.clear()
                try:
                    await self.work(lane)
                except Unavailable as problem:
                    log.warning("bot.lane_waits", why=str(problem), detail=problem.detail)
                    lane.rung.set()
                    await asyncio.sleep(self.pause)
        except Exception:
            # Not tried again by itself, or a fault of ours could send one message for ever; the next wake tries again.
            log.exception("bot.lane_broke", chat=lane.chat_id)
        finally:
            # No await between the last look at the bell and this: a wake in between would be lost.
            del self.lanes[lane.chat_id]
