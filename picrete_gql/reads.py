"""A second, thin way to the database for single read-only statements whose answer is text for the wire."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg

from picrete_gql.settings import Database

# What a connection that was lost in silence says when it is used next. One that was told that the server goes, and not
# yet that it went, says that it is out of step.
LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


class Reads:
    """A pool of connections of its own, opened at the first read. Statements are prepared once in each connection."""

    def __init__(self, of: Database) -> None:
        self.of = of
        self.opening: asyncio.Task[asyncpg.Pool] | None = None

    async def row(self, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """The one row of a statement. Raises what the driver raises; a lost connection is tried once more."""
        pool = await self._pool()
        try:
            return await self._once(pool, sql, values)
        except LOST:
            return await self._once(pool, sql, values)

    async def _once(self, pool: asyncpg.Pool, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        async with pool.acquire(timeout=self.of.connect_timeout * 2) as connection:
            try:
                return await connection.fetchrow(sql, *values)  # type: ignore[no-any-return]
            except asyncpg.InternalClientError:
                # It never comes into step again, and would be given to whoever asks next.
                connection.terminate()
                raise

    async def close(self) -> None:
        """Let go of the connections."""
        if self.opening is not None and self.opening.done() and not self.opening.exception():
            self.opening.result().terminate()

    async def _pool(self) -> asyncpg.Pool:
        if self.opening is None or (self.opening.done() and self.opening.exception()):
            self.opening = asyncio.create_task(self._open())
        return await asyncio.shield(self.opening)

    async def _open(self) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self.of.url.replace("+asyncpg", ""),
            min_size=0,
            max_size=self.of.read_connections,
            timeout=self.of.connect_timeout,
            init=_prepare,
            reset=_nothing,
            statement_cache_size=self.of.read_statements,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=0,
            server_settings={
                "application_name": "picrete reads",
                "default_transaction_read_only": "on",
                "jit": "off",
                # What is read again and again lies in memory, on disks that do not mind where: an index costs no more.
                "random_page_cost": "1.1",
                "timezone": "UTC",
                # The statements are large and their best plan does not depend on the values.
                "plan_cache_mode": "force_generic_plan",
                "statement_timeout": str(self.of.statement_timeout_ms),
            },
        )


async def _prepare(connection: asyncpg.Connection) -> None:
    # The answer goes to the wire as the bytes that it came in.
    await connection.set_type_codec("text", schema="pg_catalog", encoder=str.encode, decoder=bytes, format="binary")


async def _nothing(connection: Any) -> None:
    """A read leaves nothing behind that would have to be reset."""
