"""Whether somebody works, and how long the oldest work has waited."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.gateways.queue import Queue
from picrete_gql.settings import Settings

LONG = timedelta(minutes=10)
WAITING = {
    "pages to be read": "SELECT count(*), min(queued_at) FROM photo"
    " WHERE status IN ('pending', 'processing') AND queued_at IS NOT NULL",
    "submissions to be prechecked": "SELECT count(*), min(coalesce(queued_at, created_at)) FROM submission"
    " WHERE status = 'processing' AND precheck_status IN ('queued', 'processing')",
    "messages to be sent": "SELECT count(*), min(created_at) FROM telegram_answer WHERE pending",
}


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """All of it. Raises what the clients raise when a server cannot be reached."""
    if settings.database.url:
        async for finding in _waiting(settings):
            yield finding
    if not settings.redis.url:
        return
    queue = Queue(settings.redis)
    try:
        alive = await queue.worker_alive()
    finally:
        await queue.close()
    if alive:
        yield Finding(Level.OK, "workers", "at least one has reported within its interval.")
    else:
        hint = "Start `picrete worker`: nothing is read and no attempt ends without it."
        yield Finding(Level.ERROR, "workers", "none has reported.", hint)


async def _waiting(settings: Settings) -> AsyncIterator[Finding]:
    connection = await asyncpg.connect(settings.database.url, timeout=settings.database.connect_timeout)
    try:
        for what, query in WAITING.items():
            count, since = await connection.fetchrow(query)
            if count:
                yield _told(what, count, datetime.now(UTC) - since)
    except asyncpg.UndefinedTableError:
        return  # the look at PostgreSQL says that it is empty
    finally:
        await connection.close()


def _told(what: str, count: int, waited: timedelta) -> Finding:
    says = f"{count} {what}, the oldest for {max(0, waited.total_seconds()) / 60:.0f} min."
    if waited > LONG:
        return Finding(Level.WARNING, "waiting", says, "Are there workers enough, and does the provider answer?")
    return Finding(Level.OK, "waiting", says)
