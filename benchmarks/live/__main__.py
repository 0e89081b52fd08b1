"""Watchers of one work, and watchers of their own attempts, beside a bare socket: latency, CPU and memory."""

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
import uvloop

from benchmarks.site import TREE, Site, site
from picrete_gql.resolvers import attempts, works
from picrete_gql.runtime import Runtime

from .run import Figures, Plan, measure, port_of, quiet

WORK = """subscription($id: ID!) { workChanged(id: $id) { id title status counts { state attempts }
  attempts(first: 10) { nodes { id status student { username } submission { status } } } } }"""
ATTEMPT = """subscription($id: ID!) { attemptChanged(id: $id) { id status expiresAt draft
  photos { number status reading { text } }
  submission { status ocrStatus precheckStatus version grade { finalPoints } } } }"""
BYTES = 1_500


class Stage:
    """The people and works of all runs, and the moments at which their changes were committed."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.times: list[float] = []
        self.watch(site.runtime)

    def watch(self, runtime: Runtime) -> None:
        """Note when each change of this process has been committed: what follows the commit is `tell`."""
        tell = runtime.tell

        async def noted(events: Any) -> None:
            self.times.append(time.time())
            await tell(events)

        runtime.tell = noted  # type: ignore[method-assign]

    async def fill(self, most: int) -> None:
        """A course with so many teachers and students, a work with ten attempts, and one with an attempt of each."""
        world = self.site.world
        course = await world.course("bench", "owner")
        self.owner = await world.person("owner")
        self.work = await world.work(course, "owner")
        self.own = await world.work(course, "owner")
        self.teachers = await self.site.people("teacher", most, course, "teacher")
        self.students = await self.site.people("student", most, course, "student")
        await self.site.attempts(self.work, self.students[:10])
        self.attempts = await self.site.attempts(self.own, self.students)

    def one(self, count: int) -> Plan:
        """All teachers at one work."""

        async def change(mark: int) -> None:
            await works.update(self.owner, self.work.id, {"title": f"mark-{mark:06d}"})

        id = f"work_{self.work.id.hex}"
        return Plan([one.token for one in self.teachers[:count]], WORK, [{"id": id}] * count, change)

    def each(self, count: int) -> Plan:
        """Each student at their own attempt."""

        def hits(mark: int) -> int:
            return mark * 7919 % count

        async def change(mark: int) -> None:
            whose = hits(mark)
            draft = {"text": f"mark-{mark:06d}"}
            await attempts.save(self.students[whose].context, self.attempts[whose].id, draft)

        ids = [{"id": f"attempt_{attempt.id.hex}"} for attempt in self.attempts[:count]]
        return Plan([one.token for one in self.students[:count]], ATTEMPT, ids, change, hits)

    async def bare(self, count: int, rate: float, seconds: float) -> Figures:
        """The same crowd at a socket that only sends."""
        bare = self.site.api("benchmarks.live.bare", BENCH_BYTES=str(BYTES))
        async with bare as (process, url), httpx2.AsyncClient() as http:

            async def change(mark: int) -> None:
                self.times.append(time.time())
                await http.post(f"{url}/change/{mark}")

            self.times.clear()
            plan = Plan([""] * count, "", [{}] * count, change)
            return await measure(process, port_of(url), plan, self.times, rate, seconds)

    async def product(self, tree: Path, plan: Plan, rate: float, seconds: float) -> Figures:
        """A crowd at the product."""
        async with self.site.api(tree=tree) as (process, url):
            self.times.clear()
            return await measure(process, port_of(url), plan, self.times, rate, seconds)


async def main(given: argparse.Namespace) -> None:
    """Run everything in turn, so often, and print the medians."""
    trees = {"now": TREE, **({"before": given.before} if given.before else {})}
    found: dict[tuple[str, str, int], list[Figures]] = {}
    async with site(limits={"autosave_seconds": 0}) as place:
        stage = Stage(place)
        await stage.fill(max(given.sockets))
        for run in range(given.runs):
            for count in given.sockets:
                for name, shape in [("bare", "one"), *((name, shape) for name in trees for shape in given.shapes)]:
                    if name == "before" and count > given.most_before:
                        continue
                    if name == "bare":
                        figures = await stage.bare(count, given.rate, given.seconds)
                    else:
                        plan = stage.one(count) if shape == "one" else stage.each(count)
                        figures = await stage.product(trees[name], plan, given.rate, given.seconds)
                    found.setdefault((name, shape, count), []).append(figures)
                    print(f"run {run + 1} {name} {shape} {count}: {figures} {quiet()}", flush=True)
    table(found, given)


def table(found: dict[tuple[str, str, int], Sequence[Figures]], given: argparse.Namespace) -> None:
    """Medians, and ratios to the bare socket."""
    print(f"\n{given.rate:g} changes per second for {given.seconds:g} s, median of {given.runs} runs")
    print("| server | watching | sockets | p50 ms | p99 ms | frames | missed | CPU µs/frame | ÷ bare | CPU ms/change"
          " | core % | KB/socket |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")  # fmt: skip
    for (name, shape, count), runs in sorted(found.items(), key=lambda item: (item[0][1], item[0][2], item[0][0])):
        of = {key: statistics.median(getattr(run, key) for run in runs) for key in Figures.__dataclass_fields__}
        bare = found.get(("bare", "one", count))
        ratio = of["per_frame"] / statistics.median(run.per_frame for run in bare) if bare and shape == "one" else 0
        print(
            f"| {name} | {shape} | {count} | {of['p50']:.1f} | {of['p99']:.1f} | {of['frames']:.0f} |"
            f" {of['missed']:.0f} | {of['per_frame']:.1f} | {f'{ratio:.2f}' if ratio else '–'} |"
            f" {of['per_change'] / 1000:.2f} | {of['busy']:.0f} | {of['memory']:.1f} |"
        )


def arguments() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, nargs="+", default=[100, 1000, 2000])
    parser.add_argument("--shapes", nargs="+", default=["one", "own"])
    parser.add_argument("--rate", type=float, default=20, help="changes per second")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--before", type=Path, help="another tree of the product, to be measured in the same run")
    parser.add_argument("--most-before", type=int, default=1000, help="more sockets than these are not put to it")
    return parser.parse_args()


if __name__ == "__main__":
    uvloop.run(main(arguments()))
