"""One view and all who follow it: it is run once for each change, written once, and goes to whoever may see it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, aclosing
from dataclasses import replace
from enum import Enum
from typing import Any
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from picrete_gql import metrics, tracing
from picrete_gql.actors import Seat
from picrete_gql.call import Context
from picrete_gql.gateways.bus import Pulse
from picrete_gql.resolvers import members

from .answers import errors_of, payload
from .asks import Ask
from .documents import Operation
from .faults import told, told_of
from .runner import Runner
from .watchers import Watcher, tail_of

# So many deliveries take about a millisecond; then whoever else waits for the loop has a turn.
BREATH = 50


class End(Enum):
    """How following a group can end, besides with errors."""

    COMPLETE = "complete"
    MOVED = "moved"


class Group:
    """A view in one scope. In a seat, each round asks anew who may sit there, all in one query."""

    def __init__(self, runner: Runner, context: Context, operation: Operation, ask: Ask) -> None:
        self.runner, self.operation, self.ask = runner, operation, ask
        self.pulse = Pulse(self._begin)
        self.context = replace(context, pulse=self.pulse)
        self.seat = context.actor if isinstance(context.actor, Seat) else None
        self.watchers: dict[Watcher, None] = {}
        self.accounts: list[UUID] | None = None
        self.joined = self.begun = 0
        self.heard, self.is_news = -1, True
        self.happened: float | None = None
        self.look = ExitStack()
        self.end: End | list[dict[str, Any]] | None = None
        self.task: asyncio.Task[None] | None = None
        self.on_end: Callable[[], None] = lambda: None

    def join(self, watcher: Watcher) -> None:
        """Follow from now on: the next look is the first to be shown."""
        self.joined += 1
        watcher.number, watcher.is_settled, watcher.is_moved = self.joined, False, False
        self.watchers[watcher], self.accounts = None, None
        if self.task is None:
            self.task = asyncio.create_task(self._run())
        else:
            self.pulse.ask()

    def leave(self, watcher: Watcher) -> None:
        """Follow no more. A group that nobody follows ends."""
        self.watchers.pop(watcher, None)
        self.accounts = None
        if not self.watchers and self.task is not None:
            self.on_end()
            self.task.cancel()

    async def still_seated(self, watcher: Watcher) -> bool:
        """Whether somebody may stay, asked because something about them has changed."""
        return self.seat is None or not await self._unseated(self.seat, [watcher.account_id])

    def _begin(self) -> None:
        # A look that began before somebody came may have missed what they know to have happened.
        self.begun = self.joined
        self.is_news, self.heard = self.pulse.news != self.heard, self.pulse.news
        self.happened = self.pulse.bell.note() if self.pulse.bell else None
        # Each look is a trace of its own: the view may be followed for hours, by people of many traces.
        self.look.close()
        self.look.enter_context(tracing.span("live.look", parent=tracing.root()))

    async def _run(self) -> None:
        structlog.contextvars.bind_contextvars(request_id=str(uuid7()))
        try:
            with self.look, metrics.LIVE_GROUPS.track_inprogress():
                async with aclosing(self.runner.stream(self.context, self.operation, self.ask)) as results:
                    self.end = await self._follow(results)
        except Exception as error:
            self.end = self._told(errors_of(error, self.context.locale))
        self.on_end()
        for watcher in self.watchers:
            watcher.woken.set()

    async def _follow(self, results: AsyncGenerator[Any]) -> End | list[dict[str, Any]]:
        async for result in results:
            if self.seat is not None:
                if self.seat.is_personal:
                    return End.MOVED
                await self._ask_who_sits(self.seat)
            if result.data is None and result.errors:
                return told_of(result, self.context.locale, self.runner.of.max_error_characters)
            await self._deliver(result)
        return End.COMPLETE

    async def _ask_who_sits(self, seat: Seat) -> None:
        # Whoever comes while this is asked is shown the next look, and asked about then.
        gone = await self._unseated(seat, self._accounts())
        for watcher in [watcher for watcher in self.watchers if watcher.account_id in gone] if gone else ():
            self.leave(watcher)
            watcher.is_moved = True
            watcher.woken.set()

    def _accounts(self) -> list[UUID]:
        if self.accounts is None:
            self.accounts = list({watcher.account_id for watcher in self.watchers})
        return self.accounts

    async def _unseated(self, seat: Seat, accounts: list[UUID]) -> set[UUID]:
        context = replace(self.context, pulse=None).as_system()
        return await members.unseated(context, seat.course_id, accounts)

    async def _deliver(self, result: Any) -> None:
        tail = tail_of(payload(result, self.context.locale, self.runner.of.max_error_characters))
        sent = 0
        for place, watcher in enumerate(list(self.watchers)):
            if watcher.number <= self.begun and (self.is_news or not watcher.is_settled) and watcher in self.watchers:
                watcher.is_settled = True
                watcher.offer(tail)
                sent += 1
            if place % BREATH == BREATH - 1:
                await asyncio.sleep(0)
        metrics.LIVE_FRAMES.inc(sent)
        if self.happened is not None:
            metrics.LIVE_DELIVERY.observe(max(0.0, time.time() - self.happened))
        self.look.close()

    def _told(self, errors: Any) -> list[dict[str, Any]]:
        return told(errors, self.context.locale, self.runner.of.max_error_characters)
