"""The life of one socket: signed in by `connection_init`, closed when the sign-in ends."""

import asyncio
from datetime import datetime
from typing import Any, cast

from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from picrete_gql.call import Actor, Context
from picrete_gql.problems import Unavailable
from picrete_gql.resolvers import sign_ins

CHECK_SECONDS = 60.0


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """graphql-transport-ws with `{"authorization": "Bearer …"}` in `connection_init`.

    4403: the token is not good; 4401: the sign-in has ended while the socket was open.
    """

    watching: asyncio.Task[None] | None = None

    async def handle_connection_init(self, message: Any) -> None:
        """Settle who is there before the acknowledgement."""
        payload = message.get("payload")
        if payload is None:
            message.pop("payload", None)
        if isinstance(payload, dict) and not self.connection_init_received:
            from ._door import Door, token_of

            given = {str(key).lower(): value for key, value in payload.items()}.get("authorization")
            if given is not None:
                access = await cast(Door, self.view).access(self.context, token_of(given))
                if access is None:
                    await self.websocket.close(code=4403, reason="Forbidden")
                    return
                self.context = self.context.by(Actor(access.account_id, access.sign_in_id))
                self.watching = asyncio.create_task(self.watch(access.expires_at))
        await super().handle_connection_init(message)

    async def watch(self, expires_at: datetime) -> None:
        """Close the socket when its token ends, or at once when its sign-in does."""
        context = self.context
        actor = context.actor
        async with context.gateways.bus.bell(actor.account_id) as bell:
            while True:
                left = (expires_at - context.runtime.now()).total_seconds()
                if left <= 0 or not await self.holds():
                    await self.websocket.close(code=4401, reason="Unauthorized")
                    return
                await bell.wait(min(left, CHECK_SECONDS))

    async def holds(self) -> bool:
        """Whether the sign-in still holds; while the database is away it is left to stand."""
        try:
            return await sign_ins.holds(self.context, self.context.actor)
        except Unavailable:
            return True

    async def handle_ping(self, message: Any) -> None:
        """A pong carries the ping's payload back."""
        payload = message.get("payload")
        await self.send_message(
            cast(Any, {"type": "pong"} if payload is None else {"type": "pong", "payload": payload})
        )

    async def shutdown(self) -> None:
        """Let go of everything that this socket held."""
        if self.watching is not None:
            self.watching.cancel()
            await asyncio.gather(self.watching, return_exceptions=True)
        await super().shutdown()
