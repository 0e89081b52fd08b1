"""The life of one socket (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).

1012 the process is being stopped, so come back; 4400 what is no message of the protocol, 4401 not signed in (or no
longer), 4403 a token that is not good, 4406 another protocol, 4408 no `connection_init` in time, 4409 an id that is
taken, 4429 a second `connection_init`, 4470 a client that does not take what is sent to it.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID

import structlog
from graphql import OperationType
from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from uuid_utils.compat import uuid7

from picrete_gql import tracing
from picrete_gql.call import Context
from picrete_gql.problems import Unavailable

from .answers import errors_of, payload
from .asks import Ask
from .faults import told, told_of
from .frames import Malformed, Message, message_of, short
from .jsons import read_json, write_json
from .leaving import RESTART
from .refusals import Refusal
from .sessions import actor_of, token_of
from .watchers import Watcher
from .wires import Wire, in_time, wire_of

log = structlog.get_logger(__name__)
LIMIT = "Too many operations on this socket."
TOO_SLOW = (4470, "Too slow")
PART_SECONDS = 0.1


class SocketAdapter(ASGIWebSocketAdapter):
    """Strawberry's adapter over a socket that may be gone at any moment."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """What the client sends. Raises NonTextMessageReceived and NonJsonMessageReceived."""
        depth = self.view.http.max_json_depth
        while self.ws.application_state is WebSocketState.CONNECTED:
            try:
                message = await self.ws.receive()
            except (WebSocketDisconnect, RuntimeError):
                return
            if message["type"] != "websocket.receive":
                return
            if message.get("text") is None:
                raise NonTextMessageReceived
            try:
                value = read_json(message["text"], "The message", depth)
            except Refusal as error:
                raise NonJsonMessageReceived from error
            yield value

    @cached_property
    def wire(self) -> Wire | None:
        """The short way to the client, if there is one."""
        return wire_of(self.ws.scope)

    async def ready(self) -> None:
        """Until the client has taken what came before. Raises WebSocketDisconnected when it does not in time."""
        if self.wire is not None and not await in_time(self.wire.drained(), self.view.http.socket_stall_seconds):
            self.wire.cut(*TOO_SLOW, self.view.http.socket_stall_seconds)
            raise WebSocketDisconnected

    async def send_frame(self, head: bytes, tail: bytes) -> None:
        """Send a message in two parts. Raises WebSocketDisconnected."""
        if self.wire is None or not self.wire.write(head, tail):
            await self._send((head + tail).decode())

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message. Raises WebSocketDisconnected when nobody is there any more, or does not listen."""
        await self.ready()
        await self._send(write_json(message))

    async def _send(self, text: str) -> None:
        try:
            if not await in_time(self.ws.send_text(text), self.view.http.socket_stall_seconds):
                await in_time(self.close(*TOO_SLOW), self.view.http.socket_stall_seconds)
                raise WebSocketDisconnected
        except (WebSocketDisconnect, RuntimeError) as error:
            raise WebSocketDisconnected from error

    async def close(self, code: int, reason: str) -> None:
        """Close, unless it is closed already."""
        if self.ws.application_state is WebSocketState.CONNECTED:
            try:
                await self.ws.close(code, short(reason))
            except (WebSocketDisconnect, RuntimeError):
                return


class Asked(Operation[Context, None]):
    """An operation with all that its `subscribe` said. `is_view`: it may go on for ever, and be asked for again."""

    __slots__ = ("ask", "is_view")

    def __init__(self, handler: "SocketHandler", id: str, ask: Ask) -> None:
        super().__init__(handler, id, ask.query or "", ask.variables, ask.operation_name)
        self.ask, self.is_view = ask, False


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """graphql-transport-ws with `{"authorization": "Bearer …"}` in `connection_init`."""

    watching: asyncio.Task[None] | None = None

    async def handle(self) -> None:
        """The whole life of a socket."""
        self.view.leaving.sockets.add(self)
        try:
            await super().handle()
        finally:
            self.view.leaving.sockets.discard(self)

    async def part(self) -> None:
        """Close as soon as every query and mutation is answered: a client that comes back would repeat them."""
        while asked := [one.task for one in self.operations.values() if one.task and not cast(Asked, one).is_view]:
            await asyncio.wait(asked, timeout=PART_SECONDS)
        await self.websocket.close(*RESTART)

    async def handle_message(self, message: Any) -> None:
        """One message of the client."""
        try:
            found = message_of(message)
        except Malformed as error:
            await self.websocket.close(4400, str(error))
            return
        try:
            await getattr(self, f"on_{found.type}")(found)
        except WebSocketDisconnected:
            raise
        except Exception as error:
            log.error("socket.fault", exc_info=error)
            await self.websocket.close(4500, "Internal server error")

    async def on_connection_init(self, message: Message) -> None:
        """Settle who is there before the acknowledgement."""
        if self.connection_init_received:
            await self.websocket.close(4429, "Too many initialisation requests")
            return
        self.connection_init_received = True
        if self.view.leaving.told.is_set():
            await self.websocket.close(*RESTART)
            return
        if self.connection_init_timeout_task:
            self.connection_init_timeout_task.cancel()
            self.connection_init_timeout_task = None
        try:
            welcome = await self.admit(message.payload)
        except Unavailable:
            await self.websocket.close(1013, "Try again later")
            return
        if not welcome:
            await self.websocket.close(4403, "Forbidden")
            return
        await self.websocket.send_json({"type": "connection_ack"})
        self.connection_acknowledged = True

    async def admit(self, payload: Mapping[str, Any] | None) -> bool:
        """Whether whoever is there may stay: with a good token as its owner, without any as nobody."""
        said = {key.lower(): value for key, value in (payload or {}).items()}
        tracing.adopt(said)
        given = said.get("authorization")
        if given is None:
            given = self.websocket.ws.headers.get("authorization")
        if given is None:
            return True
        access = await self.view.claims.held(self.context, token_of(given))
        if access is None:
            return False
        self.context = self.context.by(actor_of(access))
        self.watching = asyncio.create_task(self.watch(access.expires_at))
        return True

    async def watch(self, expires_at: datetime) -> None:
        """Close the socket when its token ends, or at once when its sign-in does."""
        await self.view.roll.ended(self.context, expires_at)
        await self.websocket.close(4401, "Unauthorized")

    async def on_ping(self, message: Message) -> None:
        """A pong carries the ping's payload back."""
        echo = {} if message.payload is None else {"payload": message.payload}
        await self.websocket.send_json({"type": "pong", **echo})

    async def on_pong(self, message: Message) -> None:
        """A sign of life, nothing to do."""

    async def on_complete(self, message: Message) -> None:
        """The client has seen enough. It may have crossed our own `complete`."""
        await self.cleanup_operation(message.id)

    async def on_subscribe(self, message: Message) -> None:
        """Begin an operation beside the others."""
        if not self.connection_acknowledged:
            await self.websocket.close(4401, "Unauthorized")
            return
        if self.view.leaving.told.is_set():
            # Not begun: the client asks again wherever it is let in next.
            return
        if message.id in self.operations:
            await self.websocket.close(4409, f"Subscriber for {message.id} already exists")
            return
        if len(self.operations) >= (self.max_subscriptions_per_connection or 1):
            error = Refusal(429, LIMIT, "LIMIT_EXCEEDED")
            await self.websocket.send_json(self.failed(message.id, error))
            return
        operation = Asked(self, message.id, cast(Ask, message.ask))
        operation.task = asyncio.create_task(self.run_operation(operation))
        operation.task.add_done_callback(self._task_done)
        self.operations[message.id] = operation

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """One operation from its first result to its `complete` or `error`. What ails it stays its own."""
        structlog.contextvars.bind_contextvars(request_id=str(uuid7()))
        try:
            await self.run_asked(cast(Asked, operation))
        except WebSocketDisconnected:
            self.operations.pop(operation.id, None)
        except Exception as error:
            try:
                await operation.send_operation_message(self.failed(operation.id, error))
            except WebSocketDisconnected:
                self.operations.pop(operation.id, None)

    async def run_asked(self, operation: Asked) -> None:
        """Send the results. Errors without data end the operation: it did not begin, or its source broke."""
        runner, locale = self.view.runner, self.context.locale
        found = await runner.operation(self.context, operation.ask)
        operation.is_view = found.kind is OperationType.SUBSCRIPTION
        if self.view.hall.shares(self.context, found, operation.ask):
            await self.follow(operation, found)
            return
        async with aclosing(runner.results(self.context, found, operation.ask)) as results:
            async for result in results:
                if result.data is None and result.errors:
                    errors = told_of(result, locale, self.view.most)
                    await self.send(operation, "error", errors)
                    return
                await self.send(operation, "next", payload(result, locale, self.view.most))
        await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def follow(self, operation: Asked, found: Any) -> None:
        """Follow a view together with whoever may see the same."""
        account = cast(UUID, self.context.actor.account_id)
        watcher = Watcher(operation.id, account, cast(SocketAdapter, self.websocket))
        ended = await self.view.hall.follow(watcher, self.context, found, operation.ask)
        if isinstance(ended, list):
            await self.send(operation, "error", ended)
        else:
            await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def send(self, operation: Asked, kind: str, body: Any) -> None:
        """One message of an operation."""
        await operation.send_operation_message(cast(Any, {"id": operation.id, "type": kind, "payload": body}))

    def failed(self, id: str, error: Exception) -> Any:
        """The `error` message of an operation that could not be run."""
        locale = self.context.locale
        return {"id": id, "type": "error", "payload": told(errors_of(error, locale), locale, self.view.most)}

    async def shutdown(self) -> None:
        """Let go of everything that this socket held."""
        if self.watching is not None:
            self.watching.cancel()
            await asyncio.gather(self.watching, return_exceptions=True)
        await super().shutdown()
