"""A server that says whatever it is told to, to whatever it is asked, and remembers what that was."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Parrot:
    """`answer` is status, headers and body of every answer; `asked` the request lines so far."""

    url: str = ""
    answer: tuple[int, dict[str, str], bytes] = field(default=(200, {}, b"{}"), repr=False)
    asked: list[str] = field(default_factory=list, repr=False)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, as long as the client wants."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                self.asked.append(head[0])
                lengths = [line for line in head if line.lower().startswith("content-length:")]
                await reader.readexactly(int(lengths[0].split(":")[1]) if lengths else 0)
                status, headers, body = self.answer
                given = {"content-type": "application/json", "content-length": str(len(body)), **headers}
                lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in given.items())]
                writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def parrot() -> AsyncIterator[Parrot]:
    """One that lives as long as the block."""
    bird = Parrot()
    server = await asyncio.start_server(bird.serve, "127.0.0.1", 0)
    bird.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield bird
    finally:
        server.close()
