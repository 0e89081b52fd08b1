"""Three reads at the same data: the bare limit, this server, a plain Strawberry app, PostGraphile and Mercurius."""

import argparse
import asyncio
import base64
import json
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import uvloop

from benchmarks.site import TREE, site

from . import asks, contenders
from .asks import READS, Subject
from .contenders import Contender, Grid
from .figures import Figures, Key, table
from .school import School, school

LIMIT, PLAIN, POSTGRAPHILE = "bare limit", "plain Strawberry", "PostGraphile 5"


async def start(grid: Grid, given: argparse.Namespace) -> None:
    """Everybody who can run here."""
    await grid.python(LIMIT, "benchmarks.read.bare", asks.bare)
    await grid.product("now", TREE)
    for word in given.variant:
        name, *settings = word.split()
        await grid.product(name, TREE, **dict(setting.split("=", 1) for setting in settings))
    if given.before:
        await grid.product("before", given.before)
    await grid.python(PLAIN, "benchmarks.read.plain.app", asks.plain)
    folder = await contenders.modules(grid.stack, given.modules)
    if isinstance(folder, str):
        print(folder)
        return
    await grid.node(POSTGRAPHILE, folder / "node" / "postgraphile.mjs", asks.postgraphile, ready=404)
    await grid.node("Mercurius, loaders", folder / "node" / "mercurius.mjs", asks.plain, MODE="loaders")
    await grid.node("Mercurius, one SQL", folder / "node" / "mercurius.mjs", asks.plain, MODE="sql")


async def alike(all_: list[Contender], read: str, about: list[Subject]) -> None:
    """Stops the benchmark when two contenders do not say the same of one of the first subjects."""
    for subject in about[:3]:
        wanted: list[str] = []
        for one in all_:
            for ask in (one.first, one.ask) if one.first else (one.ask,):
                said = json.loads(await once(one.port, ask(read, subject)))
                if said.get("errors"):
                    sys.exit(f"{one.name}, {read}: {said['errors']}")
            found = list(asks.leaves(said["data"]))
            wanted = wanted or found
            if found != wanted:
                at = next((n for n, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b), -1)
                sys.exit(
                    f"{one.name} says something else of {read}: {found[at - 2 : at + 3]}, {wanted[at - 2 : at + 3]}"
                )


async def once(port: int, request: bytes) -> bytes:
    """The body of one answer."""
    head, _, content = request.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    method, path, _ = first.split()
    headers = dict(line.split(": ", 1) for line in rest)
    async with httpx2.AsyncClient() as http:
        answer = await http.request(method, f"http://127.0.0.1:{port}{path}", headers=headers, content=content)
        return bytes(answer.content)


async def measure(
    of: School, one: Contender, read: str, about: list[Subject], every: int, given: argparse.Namespace
) -> Figures:
    """A crowd of readers at one contender for a while."""
    process = await asyncio.create_subprocess_exec(
        *contenders.pin(0), sys.executable, "-m", "benchmarks.read.load", cwd=TREE,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin and process.stdout
    plan = {
        "port": one.port,
        "requests": [base64.b64encode(one.ask(read, subject)).decode() for subject in about],
        "connections": given.connections,
        "seconds": given.seconds,
        "warm": given.warm,
        "every": every,
        "least": given.connections * 4,
    }
    process.stdin.write(json.dumps(plan).encode() + b"\n")
    writes, cpu, database = set[asyncio.Task[None]](), 0.0, 0.0
    while line := await process.stdout.readline():
        if line == b"begin\n":
            cpu, database = one.process.cpu, of.place.database_cpu
        elif line == b"write\n":
            writes.add(asyncio.create_task(of.write()))
        else:
            cpu, database = one.process.cpu - cpu, of.place.database_cpu - database
            await asyncio.gather(*writes)
            return Figures.of(json.loads(line), cpu, database)
    raise RuntimeError(f"nobody could read from {one.name}")


async def rounds(of: School, grid: Grid, given: argparse.Namespace) -> dict[Key, list[Figures]]:
    """Everybody in turn, so often."""
    found: dict[Key, list[Figures]] = {}
    for run in range(given.runs):
        for read in given.reads:
            about = asks.subjects(of, read)
            await alike(grid.found, read, about)
            for every in (0, given.every) if read == "grading" and given.every else (0,):
                for one in grid.found:
                    figures = await measure(of, one, read, about, every, given)
                    found.setdefault((read, every, one.name), []).append(figures)
                    print(
                        f"run {run + 1} {read} {every} {one.name}: {figures} load {os.getloadavg()[0]:.1f}", flush=True
                    )
    return found


async def main(given: argparse.Namespace) -> None:
    """Fill, start, read, print."""
    async with site(database={"pool_size": given.pool}) as place, AsyncExitStack() as stack:
        of, grid = await school(place), Grid(place, stack)
        await start(grid, given)
        if given.only:
            grid.found = [one for one in grid.found if any(name in one.name for name in given.only)]
        table(await rounds(of, grid, given), LIMIT, POSTGRAPHILE, PLAIN)


def arguments() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reads", nargs="+", default=list(READS), choices=READS)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    parser.add_argument("--warm", type=float, default=1.5, help="seconds before it")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pool", type=int, default=8, help="connections of each contender to PostgreSQL")
    parser.add_argument("--every", type=int, default=20, help="grading list once more, a write after so many reads")
    parser.add_argument("--before", type=Path, help="another tree of the product, to be measured in the same run")
    parser.add_argument(
        "--variant", action="append", default=[], metavar="'NAME SETTING=VALUE …'", help="the product with settings"
    )
    parser.add_argument("--only", nargs="+", help="parts of the names of those who are measured")
    parser.add_argument("--modules", type=Path, help="folder that keeps what npm installs")
    return parser.parse_args()


if __name__ == "__main__":
    uvloop.run(main(arguments()))
