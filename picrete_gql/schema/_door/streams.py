"""Results as server-sent events, one connection per operation (graphql-sse, “distinct connections mode”)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import aclosing
from typing import Any

from graphql import GraphQLError
from starlette.responses import StreamingResponse

from picrete_gql.call import Context
from picrete_gql.problems import Unauthenticated
from picrete_gql.schema._problems import loud

from .accept import EVENTS
from .answers import HEADERS, errors_of, payload
from .asks import Ask
from .documents import Operation
from .faults import told
from .jsons import write_json
from .runner import Runner

# Some proxies would keep the events back to send them in one piece.
UNBUFFERED = {"x-accel-buffering": "no", "cache-control": "no-cache, no-store, no-transform"}
PING, COMPLETE, BROKEN = ":\n\n", "event: complete\ndata:\n\n", ""


def event_stream(events: AsyncGenerator[str]) -> StreamingResponse:
    """A response that sends events while they come."""
    return StreamingResponse(events, headers={**HEADERS, **UNBUFFERED}, media_type=EVENTS)


def following(body: Mapping[str, Any]) -> str:
    """One result as an event. Lines end in LF: what ends in CRLF is misread by urql."""
    return f"event: next\ndata: {write_json(body)}\n\n"


async def only(body: Mapping[str, Any]) -> AsyncGenerator[str]:
    """The events of something that has one result."""
    yield following(body)
    yield COMPLETE


async def events(
    runner: Runner,
    context: Context,
    operation: Operation,
    ask: Ask,
    end: Awaitable[None],
    leaving: asyncio.Event,
    ping: float,
) -> AsyncGenerator[str]:
    """The events of a subscription, with comments in between, until it completes or the sign-in ends.

    When the process is stopped the stream breaks off without `complete`: that is how clients know to come back.
    """
    inbox: asyncio.Queue[str] = asyncio.Queue(1)
    tasks = [
        asyncio.create_task(_pump(inbox, runner, context, operation, ask)),
        asyncio.create_task(_part(inbox, context, end, runner.of.max_error_characters)),
        asyncio.create_task(_break_off(inbox, leaving)),
    ]
    try:
        yield PING
        while True:
            try:
                async with asyncio.timeout(ping):
                    event = await inbox.get()
            except TimeoutError:
                event = PING
            if event is BROKEN:
                return
            yield event
            if event is COMPLETE:
                return
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(inbox: asyncio.Queue[str], runner: Runner, context: Context, operation: Operation, ask: Ask) -> None:
    most = runner.of.max_error_characters
    try:
        async with aclosing(runner.results(context, operation, ask)) as results:
            async for result in results:
                await inbox.put(following(payload(result, context.locale, most)))
    except Exception as error:
        await inbox.put(following({"errors": told(errors_of(error, context.locale), context.locale, most)}))
    await inbox.put(COMPLETE)


async def _part(inbox: asyncio.Queue[str], context: Context, end: Awaitable[None], most: int) -> None:
    await end
    error: GraphQLError = loud(Unauthenticated(), context.locale)
    await inbox.put(following({"errors": told([error], context.locale, most)}))
    await inbox.put(COMPLETE)


async def _break_off(inbox: asyncio.Queue[str], leaving: asyncio.Event) -> None:
    await leaving.wait()
    await inbox.put(BROKEN)
