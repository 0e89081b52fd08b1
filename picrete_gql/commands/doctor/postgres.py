"""PostgreSQL: version, shape, clock, room for connections, and what would be slow or lost."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg

from picrete_gql import migrations
from picrete_gql.commands.findings import Finding, Level
from picrete_gql.settings import Settings

WHAT = "PostgreSQL"
LEAST = 140_000
SKEW_WARNING, SKEW_ERROR = 2.0, 30.0
LONG_TRANSACTION_SECONDS = 300
FACTS = """
SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
       pg_encoding_to_char(encoding) AS encoding, pg_is_in_recovery() AS replica,
       current_setting('transaction_read_only')::bool AS read_only, current_setting('fsync')::bool AS fsync,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
       (SELECT max(extract(epoch FROM now() - xact_start)) FROM pg_stat_activity
         WHERE datname = current_database() AND backend_xid IS NOT NULL)::float AS longest,
       (SELECT string_agg(extname, ', ' ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql') AS extensions,
       pg_size_pretty(pg_database_size(current_database())) AS size
  FROM pg_database WHERE datname = current_database()
"""


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """All of it. Raises what asyncpg raises when it cannot be reached."""
    if not settings.database.url:
        return
    connection = await asyncpg.connect(settings.database.url, timeout=settings.database.connect_timeout)
    try:
        began = time.perf_counter()
        theirs: datetime = await connection.fetchval("SELECT clock_timestamp()")
        trip = time.perf_counter() - began
        facts = await connection.fetchrow(FACTS)
        version = f"{facts['version']}, {facts['size']}, answers in {trip * 1000:.0f} ms."
        yield Finding(Level.OK, WHAT, version)
        for finding in (*_server(facts), *_room(facts, settings), *_clock(theirs, trip)):
            yield finding
        yield await _shape(connection)
    finally:
        await connection.close()


def _server(facts: Any) -> list[Finding]:
    found = []
    if facts["number"] < LEAST:
        found.append(Finding(Level.ERROR, WHAT, f"is {facts['version']}.", "14 or later is needed."))
    if facts["encoding"] != "UTF8":
        hint = "Make another database: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
        found.append(Finding(Level.ERROR, WHAT, f"keeps text as {facts['encoding']}.", hint))
    if facts["replica"] or facts["read_only"]:
        found.append(Finding(Level.ERROR, WHAT, "takes no writes: a replica?", "Name the primary."))
    if not facts["fsync"]:
        found.append(Finding(Level.WARNING, WHAT, "runs with fsync off: a power cut loses data.", "Turn it on."))
    if facts["extensions"]:
        found.append(Finding(Level.HINT, WHAT, f"has extensions that are not needed: {facts['extensions']}."))
    if (facts["longest"] or 0) > LONG_TRANSACTION_SECONDS:
        says = f"has had a writing transaction open for {facts['longest'] / 60:.0f} min: feeds of events wait for it."
        found.append(Finding(Level.WARNING, WHAT, says, "See pg_stat_activity."))
    return found


def _room(facts: Any, settings: Settings) -> list[Finding]:
    each, most, used = settings.database.pool_size + settings.database.pool_overflow, facts["most"], facts["used"]
    says = f"{used} of {most} connections are in use; one process takes up to {each}"
    if most - used < each:
        hint = "Raise max_connections, put a pooler in between, or lower PICRETE_DATABASE__POOL_SIZE."
        return [Finding(Level.WARNING, WHAT, f"{says}.", hint)]
    return [Finding(Level.OK, WHAT, f"{says}: room for {(most - used) // each} more.")]


def _clock(theirs: datetime, trip: float) -> list[Finding]:
    skew = abs((datetime.now(UTC) - theirs).total_seconds()) - trip
    if skew < SKEW_WARNING:
        return []
    level = Level.ERROR if skew > SKEW_ERROR else Level.WARNING
    return [Finding(level, WHAT, f"its clock and ours are {skew:.1f} s apart.", "Deadlines need NTP on both.")]


async def _shape(connection: Any) -> Finding:
    """Whether its tables are those of this code."""
    wanted = migrations.head()
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return Finding(Level.ERROR, WHAT, "is empty.", "Run `picrete migrate`.")
    has = await connection.fetchval("SELECT version_num FROM alembic_version")
    if has == wanted:
        return Finding(Level.OK, WHAT, f"its tables are those of this version (migration {has}).")
    if has not in migrations.known():
        says = f"was migrated by a newer version ({has}); this one knows {wanted}."
        return Finding(Level.WARNING, WHAT, says, "Run the newer version; migrations work under the one before.")
    return Finding(Level.ERROR, WHAT, f"is at migration {has}, this version needs {wanted}.", "Run `picrete migrate`.")
