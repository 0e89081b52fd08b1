"""One run: a crowd at a server, changes at a steady pace, and what came of them."""

import array
import asyncio
import bisect
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.site import TREE, Process

FIRST_GUESTS = 20
Change = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Plan:
    """Who watches what, and what changes: `hits` are the sockets that a change concerns (None = all)."""

    tokens: Sequence[str]
    query: str | Sequence[str]
    variables: Sequence[dict[str, Any]]
    change: Change
    hits: Callable[[int], int] | None = None
    signs: Sequence[str] = ()


@dataclass(frozen=True)
class Figures:
    """Latency in ms, CPU in µs, memory in KB."""

    p50: float
    p99: float
    frames: int
    missed: int
    per_frame: float
    per_change: float
    memory: float
    busy: float
    connect: float


@asynccontextmanager
async def crowd(port: int, plan: Plan, count: int, out: str) -> AsyncIterator[float]:
    """So many sockets, each with its first frame; how long it took them to come in. Their notes are in `out` then."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.live.crowd", cwd=TREE,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin and process.stdout
    facts = {"port": port, "query": plan.query, "out": out, "signs": list(plan.signs)}
    people = {"tokens": list(plan.tokens)[:count], "variables": list(plan.variables)[:count]}
    process.stdin.write(json.dumps({**facts, **people}).encode() + b"\n")
    ready = (await process.stdout.readline()).split()
    assert ready, "the crowd did not come in"
    yield float(ready[1])
    process.stdin.write(b"stop\n")
    await process.stdout.readline()
    await process.wait()


async def measure(process: Process, port: int, plan: Plan, times: list[float], rate: float, seconds: float) -> Figures:
    """Connect, change, listen. `times` receives the moment of each commit, by mark."""
    with tempfile.NamedTemporaryFile() as out:
        # What a process holds for its first guests it holds once.
        async with crowd(port, plan, FIRST_GUESTS, out.name):
            await asyncio.sleep(0.5)
        before = process.memory
        async with crowd(port, plan, len(plan.tokens), out.name) as connect:
            await asyncio.sleep(1.5)
            memory = process.memory - before
            cpu, spent = await _change(process, plan, rate, seconds)
        notes = array.array("d", Path(out.name).read_bytes())
    count = int(rate * seconds)
    frames, missed, waits = settled(notes, plan, times, count)
    return Figures(
        p50=waits[len(waits) // 2] * 1000 if waits else 0,
        p99=waits[int(len(waits) * 0.99)] * 1000 if waits else 0,
        frames=frames,
        missed=missed,
        per_frame=cpu / max(frames, 1) * 1e6,
        per_change=cpu / count * 1e6,
        memory=memory / len(plan.tokens) / 1024,
        busy=cpu / spent * 100,
        connect=connect,
    )


async def _change(process: Process, plan: Plan, rate: float, seconds: float) -> tuple[float, float]:
    """Seconds of CPU that a steady pace of changes costs, and how long it took."""
    began, cpu = time.monotonic(), process.cpu
    for mark in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + mark / rate - time.monotonic()))
        await plan.change(mark)
    await asyncio.sleep(1.5)
    return process.cpu - cpu, time.monotonic() - began


def settled(notes: Sequence[float], plan: Plan, times: list[float], count: int) -> tuple[int, int, list[float]]:
    """Frames, changes that never arrived, and the sorted waits. A frame settles every change up to its mark."""
    people = len(plan.tokens)
    wanted: list[list[int]] = [[] for _ in range(people)]
    for mark in range(count):
        for socket in range(people) if plan.hits is None else (plan.hits(mark),):
            wanted[socket].append(mark)
    done = [0] * people
    frames, waits = 0, []
    for place in range(0, len(notes), 3):
        socket, mark, at = int(notes[place]), int(notes[place + 1]), notes[place + 2]
        if at < times[0]:
            continue
        frames += 1
        upto = bisect.bisect_right(wanted[socket], mark)
        waits += [at - times[one] for one in wanted[socket][done[socket] : upto]]
        done[socket] = max(done[socket], upto)
    missed = sum(len(marks) - got for marks, got in zip(wanted, done, strict=True))
    return frames, missed, sorted(waits)


def port_of(url: str) -> int:
    """The port of an address."""
    return int(url.rpartition(":")[2])


def quiet() -> str:
    """How busy the machine is with others."""
    return f"load {os.getloadavg()[0]:.1f}"
