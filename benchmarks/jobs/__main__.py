"""From an event to the beginning of its job, and jobs per second of one worker, beside a bare arq."""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import uvloop
from arq import create_pool
from arq.connections import RedisSettings
from redis.asyncio import Redis

from benchmarks.site import Process, Site, site
from picrete_gql.runtime import Reaction

from .worker import Noted

Ask = Callable[[str], Awaitable[None]]


async def ours(place: Site) -> Ask:
    """An event, told after its commit."""
    place.runtime.reactions = {Noted.name: [Reaction("bench.note", "account_id")]}

    async def ask(subject: str) -> None:
        await place.runtime.tell({random.getrandbits(60): Noted.of({"account_id": subject})})

    return ask


async def bare(place: Site) -> Ask:
    """arq as it comes."""
    pool = await create_pool(RedisSettings.from_dsn(place.settings.redis.url))

    async def ask(subject: str) -> None:
        await pool.enqueue_job("bare", {"account_id": subject})

    return ask


KINDS = {"picrete": ours, "arq": bare}


def worker(place: Site, kind: str, out: str) -> Process:
    """A worker process."""
    return place.start("benchmarks.jobs.worker", kind, out)


async def stopped(process: Process, out: str) -> tuple[dict[str, float], float]:
    """What a worker noted: when which job began, and its CPU."""
    await process.stop()
    found = json.loads(Path(out).read_text())
    return found["notes"], found["cpu"]


async def latency(place: Site, kind: str, count: int, rate: float) -> list[float]:
    """Milliseconds from event to job, sorted."""
    ask, asked = await KINDS[kind](place), dict[str, float]()
    with tempfile.NamedTemporaryFile() as out:
        process = worker(place, kind, out.name)
        await asyncio.sleep(3)
        for _ in range(count):
            subject = str(uuid4())
            asked[subject] = time.time()
            await ask(subject)
            await asyncio.sleep(random.uniform(0.5, 1.5) / rate)
        await asyncio.sleep(2)
        notes, _ = await stopped(process, out.name)
    assert len(notes) == count, f"{count - len(notes)} jobs were lost"
    return sorted((notes[subject] - at) * 1000 for subject, at in asked.items())


async def throughput(place: Site, kind: str, count: int) -> tuple[float, float]:
    """Jobs per second of one worker that finds so many waiting; and milliseconds of CPU per job."""
    ask = await KINDS[kind](place)
    for _ in range(count):
        await ask(str(uuid4()))
    async with Redis.from_url(place.settings.redis.url) as redis:
        with tempfile.NamedTemporaryFile() as out:
            process = worker(place, kind, out.name)
            async with asyncio.timeout(120):
                while await redis.zcard("arq:queue"):
                    await asyncio.sleep(0.2)
            notes, cpu = await stopped(process, out.name)
        await redis.flushdb()
    times = sorted(notes.values())
    return (len(times) - 1) / (times[-1] - times[0]), cpu / count * 1000


async def main(given: argparse.Namespace) -> None:
    """Everything in turn, so often, and the medians."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    async with site() as place:
        for run in range(given.runs):
            for kind in KINDS:
                waits = await latency(place, kind, given.events, given.rate)
                found[kind]["p50 ms"].append(waits[len(waits) // 2])
                found[kind]["p99 ms"].append(waits[int(len(waits) * 0.99)])
                speed, cpu = await throughput(place, kind, given.jobs)
                found[kind]["jobs/s"].append(speed)
                found[kind]["CPU ms/job"].append(cpu)
                print(
                    f"run {run + 1} {kind}: { ({name: round(all[-1], 2) for name, all in found[kind].items()}) }",
                    flush=True,
                )
    names = list(found["arq"])
    print(f"\n| worker | {' | '.join(f'{name} | ÷ arq' for name in names)} |\n|---|{'--:|' * 2 * len(names)}")
    for kind in KINDS:
        cells = []
        for name in names:
            value, other = statistics.median(found[kind][name]), statistics.median(found["arq"][name])
            cells.append(f"{value:.1f} | {value / other:.2f}")
        print(f"| {kind} | {' | '.join(cells)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--rate", type=float, default=40, help="events per second")
    parser.add_argument("--jobs", type=int, default=2000, help="jobs that wait when the worker begins")
    parser.add_argument("--runs", type=int, default=3)
    uvloop.run(main(parser.parse_args()))
