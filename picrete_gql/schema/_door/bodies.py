"""The body of a request, counted while it arrives."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.requests import ClientDisconnect, Request

from .refusals import Refusal


def media_type(request: Request) -> tuple[str, dict[str, str]]:
    """The media type of the body in lower case, and its parameters."""
    kind, *rest = request.headers.get("content-type", "").split(";")
    pairs = (piece.partition("=") for piece in rest)
    return kind.strip().lower(), {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


async def chunks(request: Request, most: int, seconds: float) -> AsyncGenerator[bytes]:
    """The pieces of the body. Raises Refusal: 413 past `most` bytes, 408 after so many seconds, 415 when compressed."""
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refusal(415, "Compressed bodies are not accepted.", accept_encoding="identity")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > most:
        raise _too_large(most)
    read, ends = 0, asyncio.get_running_loop().time() + seconds
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout_at(ends):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise late() from None
        except ClientDisconnect:
            raise Refusal(400, "The body ends too early.") from None
        read += len(chunk)
        if read > most:
            raise _too_large(most)
        yield chunk


async def whole(request: Request, most: int, seconds: float) -> bytes:
    """The body of at most `most` bytes. Raises Refusal."""
    return b"".join([chunk async for chunk in chunks(request, most, seconds)])


def late() -> Refusal:
    """The body did not come."""
    return Refusal(408, "The body did not arrive in time.", connection="close")


def _too_large(most: int) -> Refusal:
    # The connection stays open and the server drops the rest unread: a client that still sends would miss the answer.
    return Refusal(413, f"The body is larger than {most} bytes.", "TOO_LARGE")
