"""Watchers: each follows something by WebSocket or event stream, and comes back whenever it is cut."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

from picrete_gql.commands.client import Refused
from tests.soak.people import UNSURE, GaveUp, Human

PATIENCE = 240.0
QUIET = 20.0


class Watch:
    """A subscription that shows the present state of something."""

    def __init__(self, human: Human, query: str, *, stream: bool, **variables: Any) -> None:
        self.human, self.query, self.variables, self.stream = human, query, variables, stream
        self.last: Any = None
        self.frames = self.cuts = 0
        self.news = asyncio.Event()
        human.ledger.watches.append(self)
        self.task = asyncio.create_task(self._follow())

    async def until(self, wanted: Callable[[Any], Any], what: str) -> Any:
        """The state, once it is as wanted. Raises GaveUp."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self.last is None or not wanted(self.last):
                    self.news.clear()
                    await self.news.wait()
                return self.last
        self.human.ledger.fault(f"{self.human.name} never saw {what}", last=str(self.last)[:400])
        raise GaveUp(what)

    async def stop(self) -> None:
        """Look away."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            try:
                async for data in self._frames():
                    self.frames += 1
                    [self.last] = data.values()
                    self.heard(self.last)
                    self.news.set()
            except Refused as refused:
                if refused.code in ("NOT_FOUND", "INTERNAL"):
                    self.human.ledger.fault(f"a view of {self.human.name} ended: {refused.code}", query=self.query[:80])
                if refused.code == "UNAUTHENTICATED":
                    await self.human.enter()
            except UNSURE:
                pass
            self.cuts += 1
            await asyncio.sleep(self.human.chance.uniform(0.2, 1.0))

    def heard(self, state: Any) -> None:
        """Something was shown."""

    async def _frames(self) -> AsyncIterator[dict[str, Any]]:
        client = self.human.client
        client.url = self.human.site.url()
        if not self.stream:
            async with client.socket() as socket:
                async for data in socket.watch(self.query, **self.variables):
                    yield data
            return
        body = {"query": self.query, "variables": self.variables}
        headers = {**client.headers, "accept": "text/event-stream"}
        # A comment comes every dozen seconds: who hears nothing for longer has been cut off.
        async with client.http.stream(
            "POST", f"{client.url}/graphql", json=body, headers=headers, timeout=QUIET
        ) as answer:
            if answer.status_code != 200:
                raise ValueError(answer.status_code)
            async for line in answer.aiter_lines():
                if line.startswith("data:") and (text := line.removeprefix("data:").strip()):
                    found = json.loads(text)
                    if found.get("errors"):
                        raise Refused(found["errors"])
                    yield found["data"]


class Feed(Watch):
    """An activity feed: every event once and in order, resumed where it was cut."""

    def __init__(self, human: Human, query: str, *, stream: bool, **variables: Any) -> None:
        self.entries: list[dict[str, Any]] = []
        super().__init__(human, query, stream=stream, **variables)

    def heard(self, state: Any) -> None:
        """One more."""
        self.entries.append(state)
        self.variables = {**self.variables, "after": state["cursor"]}
