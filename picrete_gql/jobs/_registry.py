"""How a job is declared: its name, the event that wakes it, and the id that it is about."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from arq.cron import CronJob, cron
from arq.worker import Function, Retry, func

from picrete_gql import metrics
from picrete_gql.call import SYSTEM, Context
from picrete_gql.events import Event
from picrete_gql.problems import NotFound, Unavailable
from picrete_gql.runtime import Reaction

from ._watching import Cause, watched

E = TypeVar("E", bound=Event)
Body = Callable[[Context, E], Awaitable[timedelta | None]]
FUNCTIONS: list[Function] = []
REACTIONS: dict[str, list[Reaction]] = defaultdict(list)
CRONS: list[CronJob] = []
AGAIN = timedelta(seconds=5)
log = structlog.get_logger(__name__)


def system(ctx: dict[str, Any]) -> Context:
    """The context of a job: the system itself."""
    return Context(ctx["runtime"], SYSTEM, door="job")


def job(
    name: str, *, on: type[E], subject: str, timeout: float, in_turn: bool = False, also: Sequence[type[Event]] = ()
) -> Callable[[Body[E]], Body[E]]:
    """Declare a job. Its body returns when it wants to be called again; the row it works on counts the tries.

    It `also` wakes to other events about the same subject. A subject that is gone is no failure. While the database is
    away the job comes back later. The pieces of a job that works `in_turn` are watched one by one.
    """

    def wrap(body: Body[E]) -> Body[E]:
        async def run(ctx: dict[str, Any], ids: dict[str, str]) -> None:
            structlog.contextvars.bind_contextvars(job=name, subject=ids.get(subject))
            context = system(ctx)
            around = nullcontext() if in_turn else watched(context, name, Cause(on.name, subject, ids[subject]))
            try:
                async with around:
                    again = await body(context, on.of(ids))
            except NotFound:
                return
            except Unavailable as problem:
                log.warning("job.postponed", why=str(problem), detail=problem.detail)
                again = AGAIN
            if again is not None:
                raise Retry(defer=again)

        FUNCTIONS.append(func(run, name=name, max_tries=10_000, keep_result=0, timeout=timeout))
        for name_of_event in [on.name, *(event.name for event in also)]:
            REACTIONS[name_of_event].append(Reaction(name, subject))
        return body

    return wrap


def every(
    seconds: int, name: str
) -> Callable[[Callable[[Context], Awaitable[Any]]], Callable[[Context], Awaitable[Any]]]:
    """Declare what the clock does, in one of the workers, every so many seconds of the minute (a divisor of 60)."""

    def wrap(body: Callable[[Context], Awaitable[Any]]) -> Callable[[Context], Awaitable[Any]]:
        async def run(ctx: dict[str, Any]) -> None:
            structlog.contextvars.bind_contextvars(job=name)
            context = system(ctx)
            try:
                async with watched(context, f"cron:{name}"):
                    await body(context)
                metrics.CRON_RUN.labels(name).set_to_current_time()
            except Unavailable as problem:
                log.warning("cron.postponed", why=str(problem), detail=problem.detail)

        seconds_of_minute = set(range(0, 60, seconds))
        CRONS.append(cron(run, name=f"cron:{name}", second=seconds_of_minute, keep_result=0, timeout=300, max_tries=1))
        return body

    return wrap
