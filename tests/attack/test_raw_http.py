"""Requests that no library would send: smuggled, torn, oversized. One request is one request or none."""

import asyncio
import json
import re

import pytest

from tests.door.conftest import Opener
from tests.door.porch import Porch

BODY = b'{"query":"{ __typename }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
# A second request hidden in the body of the first; whoever answers it was talked into it.
INNER = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"0\r\n\r\n" + INNER

SMUGGLED = {
    "length and chunked": HEAD + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(CHUNKED) + CHUNKED,
    "chunked and length": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + CHUNKED,
    "two lengths": HEAD + b"Content-Length: 26\r\nContent-Length: 0\r\n\r\n" + BODY + INNER,
    "lengths in a list": HEAD + b"Content-Length: 26, 0\r\n\r\n" + BODY + INNER,
    "a length with a sign": HEAD + b"Content-Length: +26\r\n\r\n" + BODY + INNER,
    "a length in hex": HEAD + b"Content-Length: 0x1a\r\n\r\n" + BODY + INNER,
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n" + INNER,
    "a length without end": HEAD + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n" + INNER,
    "chunked with a blank before the colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED,
    "chunked in other words": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED,
    "chunked twice": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED,
    "a size of a chunk beyond counting": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 20 + b"\r\n" + INNER,
    "a negative chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + INNER,
    "a folded header": HEAD + b"X-A: b\r\n Content-Length: 26\r\n\r\n" + BODY + INNER,
    "a bare line feed in a header": HEAD + b"X-A: b\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED,
    "a bare return in a header": HEAD + b"X-A: b\rTransfer-Encoding: chunked\r\n\r\n" + CHUNKED,
    "nul in a header": HEAD + b"X-A: b\0c\r\nContent-Length: 26\r\n\r\n" + BODY + INNER,
    "a blank in a name": HEAD + b"X A: b\r\nContent-Length: 26\r\n\r\n" + BODY + INNER,
    "no version": b"GET /graphql\r\n\r\n" + INNER,
    "a version of the future": b"GET /graphql HTTP/9.9\r\nHost: a\r\n\r\n" + INNER,
    "a tunnel": b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: a\r\n\r\n" + INNER,
}
OVERSIZED = {
    "one header": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 3_000_000 + b"\r\n\r\n",
    "many headers": b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + b"X-A: b\r\n" * 300_000 + b"\r\n",
    "an address": b"GET /" + b"a" * 3_000_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "a name that never ends": b"GET /healthz HTTP/1.1\r\nX" + b"a" * 3_000_000,
}
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


async def raw(porch: Porch, sent: bytes, seconds: float = 3) -> bytes:
    """Everything that comes back, until the server closes or is silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(porch.url.rsplit(":", 1)[1]))
    heard = b""
    try:
        writer.write(sent)
        async with asyncio.timeout(seconds):
            while part := await reader.read(65_536):
                heard += part
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return heard


async def ensure_alive(porch: Porch) -> None:
    """The door still answers everybody else."""
    assert (await porch.post("{ __typename }")).json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("name", SMUGGLED)
async def test_nothing_is_smuggled(porch: Porch, name: str) -> None:
    heard = await raw(porch, SMUGGLED[name], 1)
    statuses = [int(found) for found in STATUS.findall(heard)]
    # Either it is refused, and the connection with it, or what follows is a body and nothing else.
    assert len(statuses) <= 1 and 404 not in statuses, heard
    await ensure_alive(porch)


@pytest.mark.parametrize("name", OVERSIZED)
async def test_headers_without_measure_are_refused(porch: Porch, name: str) -> None:
    heard = await raw(porch, OVERSIZED[name])
    statuses = [int(found) for found in STATUS.findall(heard)]
    assert statuses == [431], heard[:300]
    await ensure_alive(porch)


async def test_a_trailer_counts_as_a_head(porch: Porch) -> None:
    sent = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1a\r\n" + BODY + b"\r\n0\r\n" + b"X-A: b\r\n" * 300_000
    assert [int(found) for found in STATUS.findall(await raw(porch, sent))] in ([], [431])
    await ensure_alive(porch)


@pytest.mark.parametrize("first", [b"", b"GET /healthz HTTP/1.1\r\n", HEAD])
async def test_whoever_drips_a_head_is_shown_out(opener: Opener, first: bytes) -> None:
    async with opener(http={"head_seconds": 0.5}) as porch:
        # One that has asked before may be silent for longer.
        heard = await raw(porch, HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY, 1)
        assert STATUS.findall(heard) == [b"200"]
        reader, writer = await asyncio.open_connection("127.0.0.1", int(porch.url.rsplit(":", 1)[1]))
        writer.write(first)
        dripping = asyncio.create_task(_drip(writer) if first else asyncio.sleep(0))
        async with asyncio.timeout(20):
            heard = await reader.read()
        dripping.cancel()
        assert heard.startswith(b"HTTP/1.1 408")
        writer.close()


async def _drip(writer: asyncio.StreamWriter) -> None:
    while True:
        await asyncio.sleep(0.05)
        writer.write(b"X-A: b\r\n")


async def test_a_host_is_not_repeated_in_an_address(porch: Porch) -> None:
    for path in (b"/graphql/", b"/", b"//evil.example/", b"/graphiql", b"/healthz/"):
        heard = await raw(porch, b"GET " + path + b" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        location = re.search(rb"(?i)\r\nlocation: ([^\r]*)", heard)
        assert location is None or b"evil.example" not in location[1], (path, heard[:500])


async def test_a_pipeline_is_answered_in_order(porch: Porch) -> None:
    one = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
    heard = await raw(porch, one * 3, 2)
    assert STATUS.findall(heard) == [b"200"] * 3
    assert heard.count(json.dumps({"data": {"__typename": "Query"}}, separators=(",", ":")).encode()) == 3
