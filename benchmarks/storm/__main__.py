"""Attempts that end in the same second: until all are submitted and read, and how live the views stay meanwhile."""

import argparse
import array
import asyncio
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import text

from benchmarks.live.run import Plan, crowd, port_of
from benchmarks.site import TREE, Site, site

from .class_ import papers

ATTEMPT = """subscription($id: ID!) { attemptChanged(id: $id) { status photos { number status reading { text } }
  submission { status ocrStatus } } }"""
WORK = "subscription($id: ID!) { workChanged(id: $id) { title status counts { state attempts } } }"
SIGNS = ('"status":"EXPIRED"', '"ocrStatus":"IN_REVIEW"')
TEACHERS, SETTLE_SECONDS = 5, 15
COUNTS = text(
    "SELECT (SELECT count(*) FROM attempt WHERE work_id = :w AND status = 'expired'),"
    " (SELECT count(*) FROM photo WHERE work_id = :w AND status = 'ready'),"
    " (SELECT count(*) FROM submission WHERE work_id = :w AND ocr_status = 'in_review'),"
    " (SELECT count(*) FROM reading r JOIN photo p ON p.id = r.photo_id WHERE p.work_id = :w)"
)
# What a view shows last is the event that its state is from.
LAST = text(
    "SELECT attempt_id, max(extract(epoch FROM at)) FILTER (WHERE name = 'attempt.expired'),"
    " max(extract(epoch FROM at)) FROM event WHERE work_id = :w AND attempt_id IS NOT NULL GROUP BY attempt_id"
)


async def storm(place: Site, number: int, given: argparse.Namespace, tree: Path, workers: int) -> dict[str, float]:
    """One storm from a clear sky."""
    world, people = place.world, given.attempts
    course = await world.course(f"storm{number}", "owner")
    work = await world.work(course, "owner")
    students = await place.people(f"s{number}-", people, course, "student")
    teachers = await place.people(f"t{number}-", TEACHERS, course, "teacher")
    ends = world.clock() + timedelta(seconds=given.lead)
    attempts = await papers(place, work, students, given.photos, ends)
    ids = [f"attempt_{attempt.id.hex}" for attempt in attempts] + [f"work_{work.id.hex}"] * TEACHERS
    plan = Plan(
        tokens=[person.token for person in (*students, *teachers)],
        query=[ATTEMPT] * people + [WORK] * TEACHERS,
        variables=[{"id": id} for id in ids],
        change=lambda mark: asyncio.sleep(0),
        signs=SIGNS,
    )
    submits = place.ocr.submits
    async with place.api(tree=tree) as (api, url):
        started = [place.start("picrete_gql", "worker", tree=tree) for _ in range(workers)]
        with tempfile.NamedTemporaryFile() as out:
            async with crowd(port_of(url), plan, len(plan.tokens), out.name):
                assert world.clock() < ends, "it took too long to come in"
                await asyncio.sleep((ends - world.clock()).total_seconds())
                spent = [api.cpu, sum(worker.cpu for worker in started), place.database_cpu]
                found = await _watch(place, work.id, people, people * given.photos)
                now = [api.cpu, sum(worker.cpu for worker in started), place.database_cpu]
                for name, before, after in zip(("API", "worker", "PostgreSQL"), spent, now, strict=True):
                    found[f"{name} CPU ms/page"] = (after - before) * 1000 / (people * given.photos)
                # A view may be some way behind.
                await asyncio.sleep(SETTLE_SECONDS)
            notes = array.array("d", Path(out.name).read_bytes())
        for worker in started:
            await worker.stop()
    found["pages handed in twice"] = place.ocr.submits - submits - people * given.photos
    return found | await _liveness(place, work.id, [attempt.id for attempt in attempts], notes)


async def _watch(place: Site, work_id: Any, attempts: int, pages: int) -> dict[str, float]:
    began, found = time.time(), dict[str, float]()
    async with place.runtime.engine.connect() as connection, asyncio.timeout(900):
        while True:
            submitted, ready, reviewed, readings = (await connection.execute(COUNTS, {"w": work_id})).one()
            await connection.rollback()
            for name, whole in (
                ("submitted s", submitted == attempts),
                ("read s", ready == pages and reviewed == attempts),
            ):
                if whole and name not in found:
                    found[name] = time.time() - began
            if len(found) == 2:
                found["lost"] = pages - readings
                return found
            await asyncio.sleep(0.1)


async def _liveness(place: Site, work_id: Any, attempts: list[Any], notes: "array.array[float]") -> dict[str, float]:
    async with place.runtime.engine.connect() as connection:
        rows = (await connection.execute(LAST, {"w": work_id})).all()
    last = {id: (float(ended), float(read)) for id, ended, read in rows}
    waits: list[float] = []
    for index in range(0, len(notes), 3):
        socket, sign, at = int(notes[index]), int(notes[index + 1]), notes[index + 2]
        if socket < len(attempts):
            waits.append((at - last[attempts[socket]][sign]) * 1000)
    waits.sort()
    missed = len(attempts) * len(SIGNS) - len(waits)
    return {"view p50 ms": waits[len(waits) // 2], "view p99 ms": waits[int(len(waits) * 0.99)], "views missed": missed}


async def main(given: argparse.Namespace) -> None:
    """One and two workers in turn, so often, and the medians."""
    trees = {"now": TREE, **({"before": given.before} if given.before else {})}
    found: dict[tuple[str, int], list[dict[str, float]]] = {}
    turns = [(run, name, workers) for run in range(given.runs) for name in trees for workers in given.workers]
    async with site(
        delay=given.delay,
        ocr={"parallel": given.parallel, "lease_seconds": 60},
        llm={"parallel": given.parallel, "lease_seconds": 60},
    ) as place:
        for number, (run, name, workers) in enumerate(turns):
            figures = await storm(place, number, given, trees[name], workers)
            found.setdefault((name, workers), []).append(figures)
            said = {figure: round(value, 2) for figure, value in figures.items()}
            print(f"run {run + 1}, {name}, {workers} workers: {said}", flush=True)
    names = list(next(iter(found.values()))[0])
    print(f"\n| server | workers | {' | '.join(names)} |\n|---|--:|{'--:|' * len(names)}")
    for (name, workers), runs in found.items():
        cells = (f"{statistics.median(one[figure] for one in runs):.1f}" for figure in names)
        print(f"| {name} | {workers} | {' | '.join(cells)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=300)
    parser.add_argument("--photos", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0.2, help="seconds that a provider takes")
    parser.add_argument("--parallel", type=int, default=16, help="pages and submissions at a time, per worker")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--before", type=Path, help="another tree of the product, to be measured in the same run")
    parser.add_argument("--lead", type=float, default=45, help="seconds to come in before it begins")
    parser.add_argument("--runs", type=int, default=3)
    uvloop.run(main(parser.parse_args()))
