"""Who is measured: each is one process on one core, with the same PostgreSQL and as many connections to it."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.site import PYTHON, TREE, Process, Site

from . import asks
from .asks import Subject

NODE = Path(__file__).parent / "node"
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
Ask = Callable[[str, Subject], bytes]


@dataclass
class Contender:
    """A server, and how it is asked."""

    name: str
    ask: Ask
    process: Process
    port: int
    first: Ask | None = None


@dataclass
class Grid:
    """Starts the contenders; each has the last core to itself as far as the machine allows it."""

    place: Site
    stack: AsyncExitStack
    found: list[Contender] = field(default_factory=list)

    async def product(self, name: str, tree: Path, **settings: str) -> None:
        """This server from a tree, asked by text and by hash."""
        process, port = await self._start("picrete_gql", "api", tree=tree, **settings)
        self.found.append(Contender(name, asks.product, process, port))
        self.found.append(Contender(f"{name}, persisted", asks.persisted, process, port, asks.registered))

    async def python(self, name: str, module: str, ask: Ask) -> None:
        """A server of this folder."""
        self.found.append(Contender(name, ask, *await self._start(module)))

    async def node(self, name: str, script: Path, ask: Ask, ready: int = 200, **settings: str) -> None:
        """A server that runs on Node: the one that came along if there is one for this machine."""
        brought = [*script.parent.glob("node_modules/node-*/bin/node"), Path("node")]
        options = {"NODE_ENV": "production", **settings}
        started = await self._start(str(script), program=(str(brought[0]),), ready=ready, **options)
        self.found.append(Contender(name, ask, *started))

    async def _start(
        self, *what: str, tree: Path = TREE, program: Sequence[str] = PYTHON, ready: int = 200, **settings: str
    ) -> tuple[Process, int]:
        pinned = (*pin(-1), *program)
        started = self.place.api(*what, tree=tree, program=pinned, ready=ready, **settings)
        process, url = await self.stack.enter_async_context(started)
        return process, int(url.rpartition(":")[2])


def pin(place: int) -> tuple[str, ...]:
    """The beginning of a command that keeps it on one core: servers on the last one, who asks on the first."""
    return ("taskset", "-c", str(CORES[place])) if shutil.which("taskset") and len(CORES) > 1 else ()


async def modules(stack: AsyncExitStack, home: Path | None) -> Path | str:
    """A folder with the Node contenders and what they need; or why there is none."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "There is no Node here: PostGraphile and Mercurius are left out."
    folder = home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="picrete-read-")))
    for source in ("node", "asked"):
        shutil.copytree(
            NODE.parent / source, folder / source, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules")
        )
    if not (folder / "node" / "node_modules").exists():
        npm = await asyncio.create_subprocess_exec(
            "npm", "install", "--no-audit", "--no-fund", "--loglevel=error", cwd=folder / "node",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await npm.communicate()
        if npm.returncode:
            return f"npm could not install PostGraphile and Mercurius, so they are left out: {said.decode()[-300:]}"
    return folder
