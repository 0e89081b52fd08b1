"""Working under a lease: the row says who works, a heartbeat says that they live, and a lost lease stops the work."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import update
from sqlmodel import col, select

from picrete_gql.call import Call
from picrete_gql.gateways.llm import Completion
from picrete_gql.models import ProviderRun, RunOutcome
from picrete_gql.problems import Problem, Unavailable

T = TypeVar("T")
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 600.0
log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another worker has taken over, or a human made the work needless."""


async def under_lease(
    work: Coroutine[Any, Any, T],
    renew: Callable[[], Awaitable[bool]],
    seconds: float,
    hand_back: Callable[[], Awaitable[object]],
) -> T:
    """Do the work and renew the lease three times within its length.

    Raises LeaseLost, having stopped the work. When it is cancelled itself, because its process is told to stop,
    it stops the work and gives the lease back, so that another worker can go on at once.
    """
    task = asyncio.create_task(work)
    try:
        return await _held(task, renew, seconds)
    except asyncio.CancelledError:
        await _stopped(task)
        try:
            await hand_back()
        except Problem as problem:
            log.warning("lease.not_handed_back", error=str(problem))
        raise
    finally:
        await _stopped(task)


async def _held(task: asyncio.Task[T], renew: Callable[[], Awaitable[bool]], seconds: float) -> T:
    while True:
        done, _ = await asyncio.wait({task}, timeout=seconds / 3)
        if done:
            return task.result()
        try:
            held = await renew()
        except Problem as problem:
            # The database is away for a moment: the work goes on, and its end decides whether it still counts.
            log.warning("lease.not_renewed", error=str(problem))
            continue
        if not held:
            raise LeaseLost


async def _stopped(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def persistently(write: Callable[[], Awaitable[T]], seconds: float = PATIENCE_SECONDS) -> T:
    """Write down what has been paid for: while the database is away, again and again for so long.

    Raises Unavailable when it stays away. What is written must not mind being written twice.
    """
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    while True:
        try:
            return await write()
        except Unavailable as problem:
            if loop.time() >= ends:
                raise
            log.warning("lease.not_written", error=problem.detail)
            await asyncio.sleep(PAUSE_SECONDS)


async def lose_runs(call: Call, attempt_id: UUID, *of: Any) -> None:
    """Close the ledger's open lines of an attempt: whoever opened them has died."""
    mine = ProviderRun.attempt_id == attempt_id, ProviderRun.outcome == RunOutcome.RUNNING
    for run in await call.all(select(ProviderRun).where(*mine, *of)):
        run.outcome, run.finished_at = RunOutcome.LOST, call.now


async def end_run(
    call: Call,
    attempt_id: UUID,
    owner: UUID,
    outcome: RunOutcome,
    detail: str,
    latency: float,
    cost: Decimal = Decimal(0),
) -> None:
    """Close the line that a worker opened in the ledger. `latency` in seconds, `cost` in US dollars."""
    mine = update(ProviderRun).where(col(ProviderRun.attempt_id) == attempt_id, col(ProviderRun.owner) == owner)
    said = {"outcome": outcome, "detail": detail.replace("\0", "")[:1000], "latency": latency, "cost": cost}
    await call.session.execute(mine.values(**said, finished_at=call.now))


def close_run(call: Call, run: ProviderRun, outcome: RunOutcome, detail: str, said: Completion | None) -> None:
    """Close a line of the ledger with what the model said and cost."""
    run.outcome, run.detail, run.finished_at = outcome, detail.replace("\0", "")[:2000], call.now
    run.latency = (call.now - run.created_at).total_seconds()
    if said is not None:
        run.model, run.cost, run.latency = said.model[:100], said.cost, said.latency
        run.input_tokens, run.output_tokens = said.input_tokens, said.output_tokens
        run.answer = (said.content or "").replace("\0", "")[:200_000]
