"""A connection that has been told that the server goes, and not yet that it went."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

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
