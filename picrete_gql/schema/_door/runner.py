"""Runs one operation for whoever asks, whichever way it came: in turn, in time, and leaving nothing behind."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

from graphql import OperationType
from strawberry import Schema
from strawberry.types import ExecutionResult

from picrete_gql.call import NOBODY, Context
from picrete_gql.resolvers import accounts
from picrete_gql.runtime import Runtime
from picrete_gql.schema._plan.plans import CURRENT
from picrete_gql.schema._plan.splice import Told

from .asks import Ask
from .documents import PREPARED, Documents, Operation
from .names import Names
from .persisted import Persisted
from .refusals import Refusal, unfit
from .turns import Turns
from .watching import counted, timed

Sure = Callable[[], Awaitable[Context]]


class Runner:
    """What the doors share in one process."""

    def __init__(self, schema: Schema, runtime: Runtime) -> None:
        self.schema, self.of = schema, runtime.settings.graphql
        self.documents = Documents(schema, runtime)
        self.persisted = Persisted(self.of, runtime.gateways.redis)
        self.turns = Turns(self.of)
        self.names = Names(self.persisted.trusted, runtime.settings.metrics.operation_names)

    @counted
    async def found(self, context: Context, ask: Ask) -> Operation:
        """What is asked for, whoever may run it. Raises Refusal and Unfit."""
        return self.documents.operation(await self.persisted.text(ask), ask)

    async def operation(self, context: Context, ask: Ask) -> Operation:
        """What is to run. Raises Refusal and Unfit."""
        operation = await self.found(context, ask)
        await self.ensure_open(context, operation)
        return operation

    async def ensure_open(self, context: Context, operation: Operation) -> None:
        """Raises Unfit for an introspection by somebody who may not."""
        if operation.introspects and not await self._may_introspect(context):
            raise unfit("Introspection is not available to you.", "FORBIDDEN")

    @timed
    async def run(self, context: Context, operation: Operation, ask: Ask, sure: Sure | None = None) -> ExecutionResult:
        """Run a query or a mutation, whichever way. Raises as `read` and `once`.

        `context` may be what a token claims: `sure` is asked who it really is, unless a read has looked that up itself.
        """
        result = await self.read(context, operation, ask)
        if result is None and sure is not None:
            context = await sure()
            await self.ensure_open(context, operation)
        return result or await self.once(context, operation, ask)

    async def read(self, context: Context, operation: Operation, ask: Ask) -> ExecutionResult | None:
        """Answer a query by one statement for each root field, in which the sign-in is looked up too.

        None when it must be executed, or to say what is wrong with it. Raises as `once`, and Unavailable.
        """
        if operation.plans.roots is None or context.actor == NOBODY:
            return None
        async with self._in_turn(context):
            text = await operation.plans.whole(context, ask.variables)
        return None if text is None else Told(text)

    async def once(self, context: Context, operation: Operation, ask: Ask) -> ExecutionResult:
        """Run a query or a mutation. Raises RateLimited, and Refusal (504) when it takes too long."""
        async with self._in_turn(context):
            PREPARED.set(operation)
            CURRENT.set(operation.plans)
            return await self.schema.execute(operation.text, **_given(context, ask))

    @asynccontextmanager
    async def _in_turn(self, context: Context) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(self.of.operation_seconds), self.turns.turn(context):
                yield
        except TimeoutError:
            seconds = self.of.operation_seconds
            raise Refusal(504, f"The operation took longer than {seconds:g} s and was stopped.", "TIMEOUT") from None

    async def results(self, context: Context, operation: Operation, ask: Ask) -> AsyncGenerator[Any]:
        """Run anything: the one result of a query or mutation, or all of a subscription. Raises as `once`."""
        if operation.kind is not OperationType.SUBSCRIPTION:
            yield await self.run(context, operation, ask)
            return
        async with self.turns.stream(context), aclosing(self.stream(context, operation, ask)) as found:
            async for result in found:
                yield result

    async def stream(self, context: Context, operation: Operation, ask: Ask) -> AsyncGenerator[Any]:
        """Run a subscription, out of turn: whoever follows has taken one."""
        PREPARED.set(operation)
        CURRENT.set(operation.plans)
        async with aclosing(await self.schema.stream(operation.text, **_given(context, ask))) as found:
            async for result in found:
                yield result

    async def _may_introspect(self, context: Context) -> bool:
        if self.of.introspection == "everyone":
            return True
        if self.of.introspection == "nobody" or context.actor.account_id is None:
            return False
        return self.of.introspection == "signed_in" or (await accounts.me(context)).is_platform_admin


def _given(context: Context, ask: Ask) -> dict[str, Any]:
    # A context of its own: look-ups of two operations on one socket never melt into one batch.
    own = replace(context)
    return {"variable_values": ask.variables, "operation_name": ask.operation_name, "context_value": own}
