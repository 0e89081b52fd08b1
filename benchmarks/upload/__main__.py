"""Photos of 12 megapixels through GraphQL and through presigned PUT: how many, at what cost, and who else waits."""

import argparse
import asyncio
import base64
import json
import os
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from time import perf_counter

import uvloop

from benchmarks.site import TREE, Process, Site, environment, family, site

from .picture import photo
from .senders import Sender

WAYS = ("multipart", "presigned")
PHOTOS_OF_ATTEMPT, SAMPLE_SECONDS, ASK_SECONDS, QUIET_SECONDS = 10, 0.01, 0.02, 5
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass(frozen=True)
class Figures:
    """Photos per second, waits in ms, CPU in ms per photo, memory in MB over that of the idle process."""

    rate: float
    longest: float
    cpu: float
    store: float
    memory: float
    health50: float
    health99: float


class Stage:
    """Students with attempts; every measurement has fresh ones."""

    def __init__(self, place: Site, students: int) -> None:
        self.place, self.students, self.sent, self.ask = place, students, 0, 0.0

    async def fill(self) -> None:
        """A course with so many students."""
        self.course = await self.place.world.course("upload", "owner")
        self.people = await self.place.people("student", self.students, self.course, "student")

    async def senders(self, url: str, count: int) -> list[Sender]:
        """So many students at a new work."""
        work, people = await self.place.world.work(self.course, "owner"), self.people[:count]
        attempts = await self.place.attempts(work, people)
        return [Sender(url, person, f"attempt_{a.id.hex}") for person, a in zip(people, attempts, strict=True)]

    async def quiet(self, process: Process, url: str) -> Figures:
        """Nobody sends: what the patient one costs, and waits."""
        idle = process.memory
        async with patient(url) as health:
            cpu = process.cpu
            await asyncio.sleep(QUIET_SECONDS)
            cpu = process.cpu - cpu
        self.ask = cpu / health["requests"]
        return Figures(0, 0, 0, 0, (process.memory - idle) / 1e6, health["p50"], health["p99"])

    async def run(self, process: Process, url: str, way: str, count: int, photos: int) -> Figures:
        """So many students at once, each with their photos one after the other."""
        each = max(1, photos // count)
        senders, times, idle = (
            await self.senders(url, -(-each // PHOTOS_OF_ATTEMPT) * count),
            list[float](),
            process.memory,
        )
        storage = self.place.stack.storage
        assert storage and storage.pid

        async def student(place: int) -> None:
            for n in range(each):
                self.sent += 1
                began = perf_counter()
                await getattr(senders[place + n // PHOTOS_OF_ATTEMPT * count], way)(self.sent)
                times.append(perf_counter() - began)

        async with patient(url) as health, highest(process) as memory:
            cpu, store, began = process.cpu, family(storage.pid), perf_counter()
            await asyncio.gather(*(student(place) for place in range(count)))
            took, cpu, store = perf_counter() - began, process.cpu - cpu, family(storage.pid) - store
        whole, asked = each * count, health["requests"] * self.ask
        return Figures(
            rate=whole / took,
            longest=max(times) * 1000,
            cpu=(cpu - asked) * 1000 / whole,
            store=store * 1000 / whole,
            memory=(memory[0] - idle) / 1e6,
            health50=health["p50"],
            health99=health["p99"],
        )


@asynccontextmanager
async def highest(process: Process) -> AsyncIterator[list[int]]:
    """The most memory that a process had during the block."""
    found = [process.memory]

    async def look() -> None:
        while True:
            found[0] = max(found[0], process.memory)
            await asyncio.sleep(SAMPLE_SECONDS)

    task = asyncio.create_task(look())
    try:
        yield found
    finally:
        task.cancel()


@asynccontextmanager
async def patient(url: str) -> AsyncIterator[dict[str, float]]:
    """Somebody in another process who asks for /healthz all the time: what they waited, after the block."""
    asker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.read.load", cwd=TREE,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert asker.stdin and asker.stdout
    plan = {"port": int(url.rpartition(":")[2]), "requests": [base64.b64encode(HEALTH).decode()], "connections": 1}
    asker.stdin.write(
        json.dumps({**plan, "seconds": 0, "warm": 0.2, "every": 0, "pause": ASK_SECONDS}).encode() + b"\n"
    )
    await asker.stdout.readline()
    found: dict[str, float] = {}
    try:
        yield found
    finally:
        asker.stdin.write(b"stop\n")
        found.update(json.loads(await asker.stdout.readline()))
        await asker.wait()


async def steps(place: Site, times: int) -> dict[str, float]:
    """What the bare steps cost."""
    env = {**os.environ, **environment(place.settings)}
    command = (sys.executable, "-m", "benchmarks.upload.bare", str(times))
    bare = await asyncio.create_subprocess_exec(*command, cwd=TREE, env=env, stdout=asyncio.subprocess.PIPE)
    said, _ = await bare.communicate()
    found: dict[str, float] = json.loads(said)
    return found


async def main(given: argparse.Namespace) -> None:
    """Everybody in turn, so often."""
    trees = {"now": TREE, **({"before": given.before} if given.before else {})}
    found: dict[tuple[str, str, int], list[Figures]] = {}
    bare: list[dict[str, float]] = []
    # On a busy machine fifty wait longer than the server lets an operation run.
    async with site(graphql={"operation_seconds": 600}) as place:
        stage = Stage(place, max(given.at_once) * max(1, given.photos // PHOTOS_OF_ATTEMPT))
        await stage.fill()
        for run in range(given.runs):
            bare.append(await steps(place, given.steps))
            for name, tree in trees.items():
                async with place.api(tree=tree) as (process, url):
                    for way in WAYS:
                        await stage.run(process, url, way, 2, 4)
                    found.setdefault((name, "nobody", 0), []).append(await stage.quiet(process, url))
                    for count, way in [(count, way) for count in given.at_once for way in WAYS]:
                        figures = await stage.run(process, url, way, count, max(given.photos, 2 * count))
                        found.setdefault((name, way, count), []).append(figures)
                        print(
                            f"run {run + 1} {name} {way} {count}: {figures} load {os.getloadavg()[0]:.1f}", flush=True
                        )
    table(found, {step: statistics.median(one[step] for one in bare) for step in bare[0]})


def table(found: dict[tuple[str, str, int], list[Figures]], bare: dict[str, float]) -> None:
    """Medians; CPU beside that of Pillow alone."""
    print(f"\nA photo of {len(photo()) / 1e6:.1f} MB; load {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
    print(f"CPU ms of each step alone: {', '.join(f'{step} {ms:.1f}' for step, ms in bare.items())}\n")
    columns = ("server", "way", "at once", "photos/s", "longest ms", "CPU ms", "÷ Pillow", "store's CPU ms",
               "memory MB", "health p50 ms", "p99 ms")  # fmt: skip
    print(f"| {' | '.join(columns)} |\n|---|---|{'--:|' * (len(columns) - 2)}")
    for (name, way, count), runs in found.items():
        of = {field.name: statistics.median(getattr(run, field.name) for run in runs) for field in fields(Figures)}
        print(
            f"| {name} | {way} | {count} | {of['rate']:.1f} | {of['longest']:.0f} | {of['cpu']:.0f} |"
            f" {of['cpu'] / bare['bare Pillow']:.2f} | {of['store']:.0f} | {of['memory']:.0f} |"
            f" {of['health50']:.1f} | {of['health99']:.1f} |"
        )


def arguments() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 8, 50])
    parser.add_argument("--photos", type=int, default=20, help="at least, in one measurement")
    parser.add_argument("--steps", type=int, default=10, help="how often each bare step is done")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--before", type=Path, help="another tree of the product, to be measured in the same run")
    return parser.parse_args()


if __name__ == "__main__":
    uvloop.run(main(arguments()))
