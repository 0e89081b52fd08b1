"""Nobody may keep the whole process busy: so many operations of one person at once, the others wait their turn."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from picrete_gql import metrics
from picrete_gql.call import Context
from picrete_gql.problems import RateLimited
from picrete_gql.settings import Graphql


class Line:
    """Whoever runs and waits under one name."""

    def __init__(self, most: int) -> None:
        self.turns = asyncio.Semaphore(most)
        self.present = 0


class Turn:
    """One of a line, from when they come until they have run."""

    __slots__ = ("line", "name", "of")

    def __init__(self, of: "Turns", name: str, line: Line) -> None:
        self.of, self.name, self.line = of, name, line

    async def __aenter__(self) -> None:
        self.line.present += 1
        try:
            await self.line.turns.acquire()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *error: object) -> None:
        self.line.turns.release()
        self._leave()

    def _leave(self) -> None:
        self.line.present -= 1
        if not self.line.present:
            del self.of.lines[self.name]


class Turns:
    """The lines of one process."""

    def __init__(self, of: Graphql) -> None:
        self.of = of
        self.lines: dict[str, Line] = {}
        self.streams: dict[str, int] = defaultdict(int)

    def turn(self, context: Context) -> Turn:
        """One query or mutation, when it may run. Raises RateLimited when too many wait already."""
        name, most = self._name(context)
        line = self.lines.get(name)
        if line is None:
            line = self.lines[name] = Line(most)
        if line.present >= most + self.of.waiting_per_user:
            metrics.RATE_LIMITED.labels("operation").inc()
            raise RateLimited(1)
        return Turn(self, name, line)

    @asynccontextmanager
    async def stream(self, context: Context) -> AsyncGenerator[None]:
        """One subscription, for as long as it runs. Raises RateLimited when there are too many."""
        name, _ = self._name(context)
        if context.actor.account_id is not None and self.streams[name] >= self.of.subscriptions_per_user:
            metrics.RATE_LIMITED.labels("subscription").inc()
            raise RateLimited(1)
        self.streams[name] += 1
        try:
            with metrics.LIVE_SUBSCRIBERS.track_inprogress():
                yield
        finally:
            self.streams[name] -= 1
            if not self.streams[name]:
                del self.streams[name]

    def _name(self, context: Context) -> tuple[str, int]:
        if context.actor.account_id is not None:
            return str(context.actor.account_id), self.of.parallel_per_user
        return f"address {context.ip}", self.of.parallel_per_address
