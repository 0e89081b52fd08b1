"""A subscription in the background: what it showed last, and waiting until it shows something."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from picrete_gql.commands.demo.failed import Failed

State = dict[str, Any]
PATIENCE = 120.0


class Watch:
    """Reads one subscription to its end. `states` are all that were seen, the last one is the present."""

    def __init__(self, stream: AsyncIterator[State], on_change: Callable[[State], None] = lambda state: None) -> None:
        self.states: list[State] = []
        self._on_change = on_change
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._read(stream))

    @property
    def now(self) -> State:
        """The latest state."""
        return self.states[-1]

    async def until(self, wanted: Callable[[State], object], what: str, seconds: float = PATIENCE) -> State:
        """The first state, from the present one on, for which `wanted` holds. Raises Failed when it does not come."""
        try:
            async with asyncio.timeout(seconds), self._news:
                while not (self.states and wanted(self.now)):
                    if self._task.done():
                        raise Failed(f"The live view ended while waiting for {what}: {self._why()}")
                    await self._news.wait()
                return self.now
        except TimeoutError as error:
            last = self.states[-1] if self.states else "nothing at all"
            raise Failed(f"Waited {seconds:g} s for {what}; the live view shows {last}") from error

    async def stop(self) -> None:
        """End the subscription."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _read(self, stream: AsyncIterator[State]) -> None:
        try:
            async for data in stream:
                (state,) = data.values()
                async with self._news:
                    self.states.append(state)
                    self._news.notify_all()
                self._on_change(state)
        finally:
            async with self._news:
                self._news.notify_all()

    def _why(self) -> str:
        if self._task.cancelled():
            return "it was stopped"
        return str(self._task.exception() or "the server completed it")
