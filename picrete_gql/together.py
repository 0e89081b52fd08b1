"""What many ask at the same time is answered for all of them at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass
class Together(Generic[Q, A]):
    """Asks `answer` for `most` questions at a time; it gives as many answers, in their order.

    While it is being asked, whoever comes waits for the next time: so nothing that anybody is told was found out before
    they asked, and the busier the process, the less each of them costs. Who gives up waiting takes nothing from others.
    """

    answer: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]
    most: int = 1000
    waiting: list[tuple[Q, asyncio.Future[A]]] = field(default_factory=list)
    asking: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """The answer to one question. Raises what `answer` raises."""
        told: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self.waiting.append((question, told))
        if self.asking is None:
            self.asking = asyncio.create_task(self._ask_all())
        return await told

    async def _ask_all(self) -> None:
        try:
            while self.waiting:
                asked, self.waiting = self.waiting[: self.most], self.waiting[self.most :]
                await self._ask([one for one in asked if not one[1].done()])
        except asyncio.CancelledError:
            for _, told in self.waiting:
                told.cancel()
            raise
        finally:
            self.asking = None

    async def _ask(self, asked: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            answers = await self.answer([question for question, _ in asked]) if asked else ()
            for (_, told), found in zip(asked, answers, strict=True):
                if not told.done():
                    told.set_result(found)
        except asyncio.CancelledError:
            for _, told in asked:
                told.cancel()
            raise
        except Exception as error:
            for _, told in asked:
                if not told.done():
                    told.set_exception(error)
