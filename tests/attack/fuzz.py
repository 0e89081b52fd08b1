"""Random operations over real HTTP before a filled database, as everybody: `python -m tests.attack.fuzz --cases 5000`.

A case fails on a 5xx, an INTERNAL or UNAVAILABLE in the answer, an answer that is no JSON or takes too long. A run
fails on a failed case, on an error in the API's log, on a line there that is no JSON, and when the API dies.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from picrete_gql import migrations
from tests.attack.documents import drawn, written
from tests.attack.files import some
from tests.attack.stand import ROLES, Stand, open_stand
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import settings_for

CHUNK = 100
SLOW = 15.0
OURS = {"INTERNAL", "UNAVAILABLE", "TIMEOUT"}


@dataclass
class Report:
    """What happened to one role: answers by code, the slowest case, and what was wrong."""

    role: str
    asked: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        codes = ", ".join(f"{code} {count}" for code, count in self.answers.most_common())
        return f"{self.role}: {self.asked} cases, {len(self.wrong)} wrong, slowest {self.slowest[0]:.1f} s; {codes}"


async def fuzz(stand: Stand, role: str, cases: int, number: int) -> Report:
    """So many cases as one role; the same number gives the same cases."""
    report, chance = Report(role), random.Random(number)
    for begin in range(0, cases, CHUNK):
        await stand.refill()
        made = await asyncio.to_thread(drawn, min(CHUNK, cases - begin), chance)
        for one in made:
            text, files = written(one, stand.ids, chance)
            # A read that comes again is answered in another way than the first time.
            for _ in range(1 if text.startswith("mutation") else 2):
                report.wrong += [f"{fault}\n{text}" for fault in await _case(stand, report, text, files, chance)]
            report.asked += 1
        report.wrong += stand.faults()
        if stand.process.poll() is not None:
            report.wrong.append("the API has died")
            break
    return report


async def _case(stand: Stand, report: Report, text: str, files: list[str], chance: random.Random) -> list[str]:
    begin = time.monotonic()
    try:
        answer = await _sent(stand, ROLES[report.role], text, files, chance)
    except httpx2.HTTPError as error:
        return [f"no answer after {time.monotonic() - begin:.0f} s: {error!r}"]
    seconds = time.monotonic() - begin
    report.slowest = max(report.slowest, (seconds, text))
    try:
        said = answer.json()
    except ValueError:
        return [f"HTTP {answer.status_code}, not JSON: {answer.text[:200]}"]
    codes = {str((error.get("extensions") or {}).get("code")) for error in said.get("errors") or ()}
    report.answers.update(codes or {"OK"})
    if "UNAUTHENTICATED" in codes and report.role != "guest":
        # The case has ended its own sign-in, or closed the account.
        await stand.refill()
    bad = answer.status_code >= 500 or codes & OURS or "Traceback" in answer.text or seconds > SLOW
    return [f"HTTP {answer.status_code} after {seconds:.1f} s: {answer.text[:500]}"] if bad else []


async def _sent(stand: Stand, who: str | None, text: str, files: list[str], chance: random.Random) -> httpx2.Response:
    headers = stand.bearer(who)
    if not files:
        return await stand.http.post("/graphql", json={"query": text}, headers=headers)
    operations = {"query": text, "variables": dict.fromkeys(files)}
    form = {"operations": json.dumps(operations), "map": json.dumps({name: [f"variables.{name}"] for name in files})}
    bodies: dict[str, Any] = {name: (*some(chance), "application/octet-stream") for name in files}
    return await stand.http.post("/graphql", data=form, files=bodies, headers=headers)


async def attack(cases: int, number: int, roles: list[str]) -> list[Report]:
    """Every role in turn, on servers of their own."""
    with (
        TemporaryDirectory() as folder,
        stack.session() as servers,
        DatalabServer(polls=0) as ocr,
        OpenAiServer() as llm,
    ):
        database = await servers.create()
        await asyncio.to_thread(migrations.upgrade, database)
        settings = settings_for(servers, database, await servers.redis(lasting=True), ocr, llm)
        async with open_stand(settings, Path(folder)) as stand:
            return [await fuzz(stand, role, cases, number) for role in roles]


def main() -> int:
    """The command; the number of roles that met a fault."""
    reader = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    reader.add_argument("--cases", type=int, default=5000, help="cases for each role")
    reader.add_argument("--seed", type=int, default=1, help="another seed, other cases")
    reader.add_argument("--roles", nargs="+", choices=list(ROLES), default=list(ROLES))
    given = reader.parse_args()
    reports = asyncio.run(attack(given.cases, given.seed, given.roles))
    for report in reports:
        print(report)
        for fault in report.wrong[:20]:
            print(f"--- {report.role}\n{fault[:3000]}")
    return sum(bool(report.wrong) for report in reports)


if __name__ == "__main__":
    sys.exit(main())
