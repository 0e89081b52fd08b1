"""Whose sign-ins still hold: asked for all open sockets together, so that silence costs one query and not one each."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

from picrete_gql.call import Actor, Context
from picrete_gql.events import account_bell
from picrete_gql.problems import Unavailable
from picrete_gql.resolvers import sign_ins
from picrete_gql.runtime import Runtime
from picrete_gql.together import Together

AT_ONCE = 1000
TOGETHER_SECONDS = 0.05


class Roll:
    """The sign-ins that stand behind the open sockets of one process."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.seconds = runtime.settings.http.socket_check_seconds
        self.together = Together(self._hold, AT_ONCE)

    async def ended(self, context: Context, expires_at: datetime) -> None:
        """Until a token is over or its sign-in has ended: by the account's bell at once, else by looking again."""
        bus, account_id = context.gateways.bus, context.actor.account_id
        async with bus.bell(account_id) as any_news, bus.bell(account_bell(account_id)) as own_news:
            asked = -1
            while True:
                left = (expires_at - context.runtime.now()).total_seconds()
                if left <= 0:
                    return
                # An account's bell rings for its attempts too; only news of the account itself end a sign-in.
                if asked != own_news.times:
                    asked = own_news.times
                    if not await self._holds(context.actor):
                        return
                if not await any_news.wait(min(left, _until(self.seconds))):
                    asked = -1

    async def _holds(self, actor: Actor) -> bool:
        """Whether a sign-in still holds; while the database is away it is left to stand."""
        await asyncio.sleep(_until(TOGETHER_SECONDS))
        try:
            return await self.together.ask(actor)
        except Unavailable:
            return True

    async def _hold(self, actors: Sequence[Actor]) -> Sequence[bool]:
        found = await sign_ins.holding(Context(self.runtime), actors)
        return [(actor.account_id, actor.sign_in_id) in found for actor in actors]


def _until(seconds: float) -> float:
    # All sockets look at the same moments, which makes their looks one.
    return seconds - time.monotonic() % seconds
