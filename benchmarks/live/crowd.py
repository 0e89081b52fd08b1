"""Many sockets in one process, as cheap as Python can: it notes which mark reached which socket at what time.

Reads one line of JSON (address, tokens, query, variables of each socket; `signs` to note at their first sight instead
of marks), says `ready` when each has its first frame,
listens until a line comes, and writes `socket, mark, time` as three columns of doubles.
"""

import array
import asyncio
import base64
import json
import os
import re
import sys
import time
from typing import Any

import uvloop

MARK = re.compile(rb"mark-(\d{6})")
NEXT = b'"type":"next"'


def frame(text: bytes, opcode: int = 1) -> bytes:
    """A masked frame; the mask is zero."""
    size = len(text)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + length + bytes(4) + text


class Watcher(asyncio.Protocol):
    """One socket: handshake, `connection_init`, `subscribe`, then only frames."""

    def __init__(self, number: int, plan: dict[str, Any], notes: "array.array[float]") -> None:
        self.number, self.plan, self.notes = number, plan, notes
        self.rest, self.open = b"", False
        self.signs = [sign.encode() for sign in plan.get("signs", ())]
        self.first = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Ask for the upgrade."""
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        protocol = "Sec-WebSocket-Protocol: graphql-transport-ws\r\n"
        transport.write(
            f"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{protocol}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Frames, whole or in pieces."""
        now = time.time()
        if self.rest:
            data = self.rest + data
        if not self.open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self.rest = head
                return
            assert b" 101 " in head, head
            self.open = True
            self.greet()
        place, size = 0, len(data)
        while size - place >= 2:
            start, length = place + 2, data[place + 1] & 0x7F
            if length > 125:
                wide = 2 if length == 126 else 8
                start, length = start + wide, int.from_bytes(data[start : start + wide], "big")
            if start + length > size:
                break
            self.hear(data[place] & 0x0F, data[start : start + length], now)
            place = start + length
        self.rest = data[place:]

    def hear(self, opcode: int, body: bytes, now: float) -> None:
        """One frame."""
        if opcode == 9:
            self.transport.write(frame(body, 10))
        elif opcode == 8:
            print("closed", self.number, body, file=sys.stderr)
        elif self.signs:
            for sign in [sign for sign in self.signs if sign in body]:
                self.notes.extend((self.number, self.plan["signs"].index(sign.decode()), now))
                self.signs.remove(sign)
            if NEXT in body and not self.first.done():
                self.first.set_result(None)
            elif b"connection_ack" in body:
                self.subscribe()
        elif found := MARK.search(body):
            self.notes.extend((self.number, int(found[1]), now))
            if not self.first.done():
                self.first.set_result(None)
        elif NEXT in body and not self.first.done():
            self.first.set_result(None)
        elif b"connection_ack" in body:
            self.subscribe()
        elif b'"type":"error"' in body or b'"errors"' in body:
            print("error", self.number, body[:300], file=sys.stderr)

    def greet(self) -> None:
        """Say who is there."""
        token = self.plan["tokens"][self.number]
        payload = {"authorization": f"Bearer {token}"} if token else {}
        self.transport.write(frame(json.dumps({"type": "connection_init", "payload": payload}).encode()))

    def subscribe(self) -> None:
        """Begin the one operation."""
        query = self.plan["query"] if isinstance(self.plan["query"], str) else self.plan["query"][self.number]
        payload = {"query": query, "variables": self.plan["variables"][self.number]}
        message = {"id": f"{self.number:08d}-watch", "type": "subscribe", "payload": payload}
        self.transport.write(frame(json.dumps(message).encode()))


async def main() -> None:
    """Connect everybody, listen, write down."""
    lines = asyncio.StreamReader(limit=2**28)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    plan = json.loads(await lines.readline())
    notes: array.array[float] = array.array("d")
    places = asyncio.Semaphore(50)

    async def connect(number: int) -> None:
        async with places:
            _, watcher = await loop.create_connection(lambda: Watcher(number, plan, notes), "127.0.0.1", plan["port"])
            async with asyncio.timeout(60):
                await watcher.first

    began = time.time()
    await asyncio.gather(*(connect(number) for number in range(len(plan["tokens"]))))
    print("ready", time.time() - began, flush=True)
    await lines.readline()
    with open(plan["out"], "wb") as out:
        notes.tofile(out)
    print("done", flush=True)


if __name__ == "__main__":
    uvloop.run(main())
