"""Connections of reads: told that the server goes and not yet that it went, lost in silence, given up, never there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from picrete_gql.reads import Reads
from picrete_gql.settings import Settings

# ErrorResponse of PostgreSQL (Frontend/Backend Protocol, 55.7): severity, code, message.
FAREWELL = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
FAREWELL = b"E" + (len(FAREWELL) + 4).to_bytes(4, "big") + FAREWELL


@dataclass
class Between:
    """Stands between us and the server, and can say farewell in its name."""

    host: str
    port: int
    ours: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes both ways."""
        self.ours.append(writer)
        there, back = await asyncio.open_connection(self.host, self.port)
        await asyncio.gather(carry(reader, back), carry(there, writer))

    async def farewell(self) -> None:
        """To whoever came last; the end of the connection itself is yet to come."""
        self.ours[-1].write(FAREWELL)
        await self.ours[-1].drain()
        await asyncio.sleep(0.2)


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one of them closes."""
    with suppress(ConnectionError):
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def between(url: str) -> AsyncIterator[tuple[Between, str]]:
    """One before the database of an address; with the address that leads through it."""
    address = urlsplit(url)
    middle = Between(str(address.hostname), int(address.port or 5432))
    server = await asyncio.start_server(middle.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    login = address.netloc.rpartition("@")[0]
    try:
        yield middle, address._replace(netloc=f"{login}@127.0.0.1:{port}").geturl()
    finally:
        server.close()


async def test_the_next_read_takes_another_connection(settings: Settings) -> None:
    async with between(settings.database.url) as (middle, url):
        reads = Reads(settings.database.model_copy(update={"url": url}))
        for number in range(3):
            row = await reads.row("SELECT $1::int + 1 AS n", [number])
            assert row is not None and row["n"] == number + 1
            await middle.farewell()
        assert len(middle.ours) == 3
        await reads.close()


async def test_all_that_lie_idle_may_be_lost_at_once(settings: Settings) -> None:
    async with between(settings.database.url) as (middle, url):
        reads = Reads(settings.database.model_copy(update={"url": url}))
        await asyncio.gather(*(slow(reads) for _ in range(3)))
        assert len(reads.idle) == 3
        for writer in middle.ours:
            writer.transport.abort()
        rows = await asyncio.gather(*(slow(reads) for _ in range(3)))
        assert [row["n"] for row in rows if row] == [1, 1, 1]
        assert len(reads.open) == len(reads.idle) == 3
        await reads.close()
        assert not reads.open


async def test_there_are_so_many_connections_and_no_more(settings: Settings) -> None:
    reads = Reads(settings.database.model_copy(update={"read_connections": 2}))
    rows = await asyncio.gather(*(slow(reads) for _ in range(9)))
    assert [row["n"] for row in rows if row] == [1] * 9 and len(reads.open) == 2
    await reads.close()


async def test_who_gives_up_and_who_asks_wrongly_leave_a_whole_connection(settings: Settings) -> None:
    reads = Reads(settings.database.model_copy(update={"read_connections": 1}))
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await slow(reads, 30)
        row = await reads.row("SELECT $1::int AS n", [5])
        assert row is not None and row["n"] == 5
        with pytest.raises(asyncpg.DivisionByZeroError):
            await reads.row("SELECT 1 / $1::int AS n", [0])
    assert len(reads.open) == len(reads.idle) == 1
    await reads.close()


async def test_where_nobody_listens_no_turn_is_lost(settings: Settings) -> None:
    reads = Reads(settings.database.model_copy(update={"url": "postgresql://nobody@127.0.0.1:1/none"}))
    for _ in range(reads.of.read_connections + 1):
        with pytest.raises(ConnectionRefusedError):
            await slow(reads)
    assert not reads.open and not reads.turns.locked()


async def slow(reads: Reads, seconds: float = 0.1) -> Any:
    """A statement that takes a while."""
    return await reads.row("SELECT 1 AS n, pg_sleep($1::float8)", [seconds])
