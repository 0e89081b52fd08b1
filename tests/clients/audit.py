"""`make audit`: install the suites of others, run all of them and our own long ones, print one table."""

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from picrete_gql import migrations
from tests.clients.crowd import crowd
from tests.clients.documents import write
from tests.clients.stand import BUILD, HERE, chromium, patient, stand
from tests.clients.tools import NO_BROWSER, TOOLS, Tool, python_client, run
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import House, settings_for

CROWD = 10_000
Line = tuple[str, bool | None, str, float]


async def main() -> int:
    """Everything; the number of failures."""
    console = Console()
    if shutil.which("npm") is None:
        console.print("Node is missing: the suites of others cannot run.")
        return 1
    console.print("Installing the suites of others …")
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, check=True)
    console.print(f"{write(BUILD)} documents, one per root field")
    lines: list[Line] = []
    with (
        TemporaryDirectory() as folder,
        stack.session() as servers,
        DatalabServer(polls=0) as ocr,
        OpenAiServer() as llm,
    ):
        database = await servers.create()
        await asyncio.to_thread(migrations.upgrade, database)
        settings = patient(settings_for(servers, database, await servers.redis(lasting=True), ocr, llm))
        async with House.open(settings) as house, stand(house) as environment:
            for tool in (*TOOLS, python_client(Path(folder))):
                lines.append(await _line(console, tool, environment))
        begin = time.monotonic()
        database = await servers.create()
        await asyncio.to_thread(migrations.upgrade, database)
        content, said = await crowd(settings_for(servers, database, await servers.redis(lasting=True), ocr, llm), CROWD)
        lines.append((f"{CROWD} sockets leave nothing behind", content, said, time.monotonic() - begin))
    console.print(_table(lines))
    return sum(content is False for _, content, _, _ in lines)


async def _line(console: Console, tool: Tool, environment: dict[str, str]) -> Line:
    console.print(f"{tool.name} …")
    if tool.browser and chromium() is None:
        return tool.name, None, NO_BROWSER, 0
    begin = time.monotonic()
    content, said = await asyncio.to_thread(run, tool, environment)
    if not content:
        console.print(said, markup=False)
    return tool.name, content, said.strip().splitlines()[-1][:80] if said.strip() else "", time.monotonic() - begin


def _table(lines: list[Line]) -> Table:
    table = Table("suite", "", "what it says", "seconds")
    for name, content, said, seconds in lines:
        word = {True: "[green]ok[/]", False: "[red]FAILED[/]", None: "[yellow]skipped[/]"}[content]
        table.add_row(name, word, said, f"{seconds:.1f}")
    return table


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
