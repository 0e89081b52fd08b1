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
    """Connections of its own, so many at most, opened when they are wanted. Statements are prepared once in each.

    Not the driver's pool: what it does around one of these statements costs more than the statement costs us.
    """

    def __init__(self, of: Database) -> None:
        self.of = of
        self.turns = asyncio.Semaphore(of.read_connections)
        self.open: set[asyncpg.Connection] = set()
        self.idle: list[asyncpg.Connection] = []

    async def row(self, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """The one row of a statement. Raises what the driver raises; a lost connection is tried once more."""
        await self._turn()
        try:
            try:
                return await self._once(sql, values)
            except LOST:
                # Those that lay idle may be lost as well.
                while self.idle:
                    self._end(self.idle.pop())
                return await self._once(sql, values)
        finally:
            self.turns.release()

    async def close(self) -> None:
        """Let go of the connections."""
        for connection in list(self.open):
            self._end(connection)

    async def _turn(self) -> None:
        if not self.turns.locked():
            await self.turns.acquire()
            return
        async with asyncio.timeout(self.of.connect_timeout * 2):
            await self.turns.acquire()

    async def _once(self, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        connection = self.idle.pop() if self.idle else await self._connect()
        try:
            return await connection.fetchrow(sql, *values)  # type: ignore[no-any-return]
        except asyncpg.InternalClientError:
            # It never comes into step again, and would be given to whoever asks next.
            self._end(connection)
            raise
        finally:
            # Also after a reader gave up: the next statement waits until the driver has called the old one off.
            if connection.is_closed():
                self._end(connection)
            else:
                self.idle.append(connection)

    def _end(self, connection: asyncpg.Connection) -> None:
        self.open.discard(connection)
        connection.terminate()

    async def _connect(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(
            self.of.url.replace("+asyncpg", ""),
            timeout=self.of.connect_timeout,
            statement_cache_size=self.of.read_statements,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=0,
            server_settings={
                "application_name": "picrete reads",
                "default_transaction_read_only": "on",
                "jit": "off",
                # What is read again and again lies in memory: to look in another place costs little more than to go on.
                "random_page_cost": "2.5",
                "timezone": "UTC",
                # The statements are large and their best plan does not depend on the values.
                "plan_cache_mode": "force_generic_plan",
                "statement_timeout": str(self.of.statement_timeout_ms),
            },
        )
        self.open.add(connection)
        try:
            # The answer goes to the wire as the bytes that it came in.
            await connection.set_type_codec(
                "text", schema="pg_catalog", encoder=str.encode, decoder=bytes, format="binary"
            )
        except BaseException:
            self._end(connection)
            raise
        return connection
