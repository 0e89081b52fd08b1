"""Readers on kept-alive connections, as cheap as Python can: each sends its next request when it has its answer.

Reads one line of JSON (port, requests in base64, connections, seconds, warm-up in seconds, `every`, `pause` before each
question, the `least` answers); says `begin` after the warm-up, `write` after every so many answers, and at the end
(with 0 seconds: after another line) its figures as JSON. Times are in milliseconds.
"""

import array
import asyncio
import base64
import itertools
import json
import re
import resource
import sys
import time
from typing import Any

import uvloop

LONGER = 8
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


class Crowd:
    """What all readers share."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.requests = itertools.cycle([base64.b64decode(text) for text in plan["requests"]])
        self.pause = plan.get("pause", 0)
        self.every, self.times, self.bytes, self.faults = plan["every"], array.array("d"), 0, 0
        self.measured = self.over = False

    def note(self, began: float, head: bytes, body: bytes) -> None:
        """One answer."""
        if not head.startswith(b"HTTP/1.1 200") or b'"errors":' in body[-2000:] or b'"errors":' in body[:200]:
            self.faults += 1
            if self.faults == 1:
                print("fault", head[:300], body[:600], file=sys.stderr, flush=True)
        if not self.measured or self.over:
            return
        self.times.append((time.perf_counter() - began) * 1000)
        self.bytes += len(body)
        if self.every and len(self.times) % self.every == 0:
            print("write", flush=True)


class Reader(asyncio.Protocol):
    """One connection."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.rest, self.needs = crowd, b"", 0

    def connection_made(self, transport: Any) -> None:
        """The first question."""
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        """The next question."""
        self.began = time.perf_counter()
        self.transport.write(next(self.crowd.requests))

    def data_received(self, data: bytes) -> None:
        """An answer, whole or in pieces."""
        self.rest = self.rest + data if self.rest else data
        if len(self.rest) < self.needs:
            return
        head, found, body = self.rest.partition(b"\r\n\r\n")
        if not found:
            return
        length = LENGTH.search(head)
        assert length, head
        self.needs = len(head) + 4 + int(length[1])
        if len(self.rest) < self.needs:
            return
        self.crowd.note(self.began, head, body)
        self.rest, self.needs = b"", 0
        if self.crowd.over:
            self.transport.close()
        elif self.crowd.pause:
            asyncio.get_running_loop().call_later(self.crowd.pause, self.ask)
        else:
            self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        """Nobody should."""
        if not self.crowd.over:
            self.crowd.faults += 1


def spent() -> float:
    """Seconds of CPU of this process."""
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


async def main() -> None:
    """Read for so long."""
    plan = json.loads(sys.stdin.readline())
    crowd, loop = Crowd(plan), asyncio.get_running_loop()
    for _ in range(plan["connections"]):
        await loop.create_connection(lambda: Reader(crowd), "127.0.0.1", plan["port"])
    await asyncio.sleep(plan["warm"])
    print("begin", flush=True)
    crowd.measured, began, cpu = True, time.perf_counter(), spent()
    await (asyncio.sleep(plan["seconds"]) if plan["seconds"] else asyncio.to_thread(sys.stdin.readline))
    # Who is slow on a busy machine has a longer turn: a handful of answers says little.
    while len(crowd.times) < plan.get("least", 0) and time.perf_counter() - began < plan["seconds"] * LONGER:
        await asyncio.sleep(0.05)
    crowd.over, took, cpu = True, time.perf_counter() - began, spent() - cpu
    times, count = sorted(crowd.times), max(len(crowd.times), 1)
    found = {
        "requests": len(times),
        "faults": crowd.faults,
        "rate": len(times) / took,
        "p50": times[count // 2] if times else 0,
        "p99": times[int(count * 0.99)] if times else 0,
        "bytes": crowd.bytes / count,
        "own": cpu / took,
    }
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
