"""`make soak MINUTES=30`, or `python -m tests.soak --minutes 2 --students 15 --every 8` for a short look."""

import argparse
import asyncio
import random
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.soak import report
from tests.soak.check import Truth
from tests.soak.faults import Faults
from tests.soak.ledger import Ledger
from tests.soak.people import GaveUp, Human
from tests.soak.samples import Samples
from tests.soak.site import Site, open_site
from tests.soak.students import Student
from tests.soak.teachers import Teacher, open_course
from tests.soak.watching import Watch
from tests.support.house import ADMIN, PASSWORD

PHONES = 0.3
# After the last lesson: what the processes still have to do for nobody in particular.
QUIET = 8.0


@dataclass
class Plan:
    """What was asked for on the command line."""

    minutes: float
    students: int
    teachers: int
    every: float
    seed: int
    out: Path


async def soak(plan: Plan) -> int:
    """Run, check, report; the number of broken promises."""
    async with open_site() as site:
        ledger = Ledger()
        samples = Samples(site, ledger)
        faults = Faults(site, ledger, plan.every, random.Random(plan.seed))
        helpers = [asyncio.create_task(one) for one in (site.keep(), samples.run())]
        try:
            teachers = await _gather(site, ledger, plan)
            breaking = asyncio.create_task(faults.run())
            views = await _lessons(teachers, ledger, plan, breaking)
            figures = await _end(site, ledger, teachers, views)
        finally:
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
        return _told(plan, site, ledger, samples, faults, figures)


async def _gather(site: Site, ledger: Ledger, plan: Plan) -> list[Teacher]:
    admin = Human(site, ledger, ADMIN, random.Random(plan.seed))
    await admin.sure("signIn", lambda: admin.client.sign_in(ADMIN, PASSWORD))
    made = []
    for number in range(plan.teachers):
        teacher = Teacher(site, ledger, f"teacher{number}", random.Random(plan.seed + number))
        await open_course(teacher, admin, number)
        made.append(teacher)
    await asyncio.gather(*(_newcomer(made[n % len(made)], n, plan) for n in range(plan.students)))
    await admin.client.close()
    return made


async def _newcomer(teacher: Teacher, number: int, plan: Plan) -> None:
    chance = random.Random(f"{plan.seed} {number}")
    phone = teacher.site.telegram.person(f"phone{number}") if chance.random() < PHONES else None
    pupil = Student(teacher.site, teacher.ledger, f"student{number}", chance, phone)
    with suppress(GaveUp):
        await pupil.settle(teacher.code)
        teacher.pupils.append(pupil)


async def _lessons(teachers: Sequence[Teacher], ledger: Ledger, plan: Plan, breaking: asyncio.Task[None]) -> Any:
    """Lesson after lesson until the time is over; then the faults end, and the last lessons go on to their end."""
    views: list[tuple[str, Watch]] = []
    late = iter(range(plan.students, 10**9))

    async def teach(teacher: Teacher) -> None:
        number = 0
        while ledger.now < plan.minutes * 60:
            number += 1
            views.extend(await teacher.lesson(number))
            # Sign-ups go on: in every lesson one comes, and one has learned enough.
            await _newcomer(teacher, next(late), plan)
            if len(teacher.pupils) > -(-plan.students // plan.teachers):
                teacher.gone.append(teacher.pupils.pop(0))

    teaching = [asyncio.create_task(teach(teacher)) for teacher in teachers]
    await asyncio.wait([*teaching, asyncio.create_task(asyncio.sleep(plan.minutes * 60 - ledger.now))])
    breaking.cancel()
    ended = await asyncio.gather(breaking, return_exceptions=True)
    if not isinstance(ended[0], asyncio.CancelledError):
        ledger.fault(f"the soak itself is broken: {ended[0]!r}")
    for outcome in await asyncio.gather(*teaching, return_exceptions=True):
        if isinstance(outcome, BaseException):
            ledger.fault(f"a lesson fell over: {outcome!r}")
    return views


async def _end(site: Site, ledger: Ledger, teachers: Sequence[Teacher], views: Any) -> dict[str, int]:
    with suppress(TimeoutError):
        await site.ready()
    await asyncio.sleep(QUIET)
    figures = await Truth(site, ledger).check(teachers, views)
    watching = ledger.watches
    figures |= {"views": len(watching), "frames": sum(watch.frames for watch in watching)}
    figures |= {"views cut and resumed": sum(watch.cuts for watch in watching)}
    await asyncio.gather(*(watch.stop() for watch in watching))
    people = [*teachers, *(pupil for teacher in teachers for pupil in (*teacher.pupils, *teacher.gone))]
    await asyncio.gather(*(one.client.close() for one in people))
    for line in site.faults():
        ledger.fault("an error in a log", line=line)
    return figures


def _told(plan: Plan, site: Site, ledger: Ledger, samples: Samples, faults: Faults, figures: dict[str, int]) -> int:
    growth = samples.grown()
    for name, last, grown, allowed, fits in growth:
        if not fits:
            ledger.fault(f"{name} grew by {grown:.1f} to {last:.0f}, allowed were {allowed:.0f}")
    connections = [value for _, value in samples.of.get("postgres connections", [])]
    most = sum(1 for child in site.children) * (site.settings.database.pool_size + site.settings.database.pool_overflow)
    if connections and max(connections) > most:
        ledger.fault(f"{max(connections):.0f} connections to PostgreSQL, allowed are {most}")
    lives = {child.name: child.lives for child in site.children}
    facts = {
        "minutes": ledger.now / 60,
        "students": plan.students,
        "teachers": plan.teachers,
        "seed": plan.seed,
        "lives": lives,
        "figures": {**dict(sorted(ledger.done.items())), **figures, "faults made": len(faults.timeline)},
        "calls": ledger.quantiles(),
        "again": dict(ledger.again),
        "faults": faults.timeline,
        "growth": growth,
        "wrong": ledger.wrong,
    }
    report.write(plan.out, facts, report.svg(samples, ledger, faults.timeline))
    for child in site.children:
        shutil.copy(child.log, plan.out / child.log.name)
    print(report.words(facts))
    return len(ledger.wrong)


def main() -> int:
    """The command: 0 when every promise was kept."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--minutes", type=float, default=30)
    reader.add_argument("--students", type=int, default=100)
    reader.add_argument("--teachers", type=int, default=5)
    reader.add_argument("--every", type=float, default=60, help="seconds between two faults")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--out", type=Path, default=Path("soak"), help="folder for the report")
    return min(1, asyncio.run(soak(Plan(**vars(reader.parse_args())))))


if __name__ == "__main__":
    sys.exit(main())
