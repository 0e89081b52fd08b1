"""Each run of a job: counted, and a span that names the event by which it was asked for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import structlog

from picrete_gql import metrics, tracing
from picrete_gql.call import Context
from picrete_gql.events import Event
from picrete_gql.problems import NotFound, Unavailable
from picrete_gql.resolvers import activity

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Cause:
    """The event that asks for a job: its name, and the subject under one of its ids."""

    event: str
    key: str
    subject: str


@asynccontextmanager
async def watched(context: Context, name: str, cause: Cause | None = None) -> AsyncIterator[None]:
    """Around one run, or around one piece of it."""
    outcome = "failed"
    try:
        with tracing.span(f"job {name}", "consumer", parent=tracing.root(), job=name) as span:
            if span is not None and cause is not None:
                await _link(context, span, cause)
            yield
        outcome = "done"
    except NotFound:
        outcome = "gone"
        raise
    except Unavailable:
        outcome = "postponed"
        raise
    except asyncio.CancelledError:
        outcome = "stopped"
        raise
    finally:
        metrics.JOBS.labels(name, outcome).inc()


async def _link(context: Context, span: object, cause: Cause) -> None:
    # Asked of the rows, as everything that a job does: an alarm may have been lost, and its job woken by the sweeper.
    try:
        tracing.link(span, await activity.trace_of(context, cause.event, cause.key, cause.subject))
    except Unavailable as problem:
        log.warning("job.not_linked", detail=problem.detail)


def pieces(
    context: Context, name: str, event: type[Event], key: str, work: Callable[[Context, UUID], Awaitable[T]]
) -> Callable[[UUID], Awaitable[T]]:
    """The same work, each piece of it watched: for jobs that go on with what others have asked for."""

    async def one(subject: UUID) -> T:
        async with watched(context, name, Cause(event.name, key, str(subject))):
            return await work(context, subject)

    return one
