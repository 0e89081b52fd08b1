"""A database full of people and papers, the API as a process before it, and whoever may attack it with a token."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from picrete_gql.main import open_runtime
from picrete_gql.models import METADATA
from picrete_gql.rules.tokens import sign_access
from picrete_gql.runtime import Runtime
from picrete_gql.settings import Settings
from tests import images
from tests.schema import campus as places
from tests.schema.asking import all_ids
from tests.schema.campus import Campus
from tests.support.house import environment, free_port

# What each role is called on the campus.
ROLES = {"guest": None, "student": "owner", "teacher": "teacher", "admin": "admin"}
PAGE = images.jpeg(images.page(1, (200, 260)))
SECONDS = 45


@dataclass
class Stand:
    """`ids` by kind, `log` is what the API process said. `refill` puts everything back as it was."""

    campus: Campus
    url: str
    http: httpx2.AsyncClient
    process: subprocess.Popen[bytes]
    log: Path
    ids: dict[str, list[str]]
    read: int = 0
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def runtime(self) -> Runtime:
        """A runtime of this process on the same servers."""
        return self.campus.runtime

    def bearer(self, name: str | None) -> dict[str, str]:
        """The headers of somebody of the campus; of a guest with None."""
        preflight = {"graphql-require-preflight": "1", "accept": "application/json"}
        if name is None:
            return preflight
        if name not in self.headers:
            who, auth = self.campus.people[name], self.runtime.settings.auth
            token, _ = sign_access(auth, who.account.id, who.sign_in.id, self.runtime.now())
            self.headers[name] = {"authorization": f"Bearer {token}", **preflight}
        return self.headers[name]

    async def post(self, query: str, name: str | None, **variables: Any) -> httpx2.Response:
        """One operation of somebody."""
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body, headers=self.bearer(name))

    async def refill(self) -> None:
        """All tables as they were, and nothing in Redis: neither jobs nor counted tries."""
        tables = [table.name for table in METADATA.sorted_tables]
        async with self.runtime.engine.begin() as connection:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            await connection.execute(text(f"TRUNCATE {', '.join(tables)} CASCADE"))
            for table in METADATA.sorted_tables:
                names = ", ".join(f'"{column.name}"' for column in table.columns if column.computed is None)
                again = (
                    f"INSERT INTO {table.name} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM kept.{table.name}"
                )
                await connection.execute(text(again))
        await self.runtime.gateways.redis.flushdb()
        await self.stock()

    async def stock(self) -> None:
        """Put the files of all rows into the store."""
        rooms = (self.campus.here, self.campus.there, self.campus.closed)
        rows = [row for room in rooms for row in (*room.pictures, *room.attachments, *room.materials)]
        rows += [photo for paper in self.campus.papers.values() for photo in paper.photos]
        put = self.runtime.gateways.storage.put
        await asyncio.gather(*(put(row.key, PAGE, "image/jpeg") for row in rows))

    async def keep(self) -> None:
        """Remember all tables."""
        async with self.runtime.engine.begin() as connection:
            await connection.execute(text("CREATE SCHEMA kept"))
            for table in METADATA.sorted_tables:
                await connection.execute(text(f"CREATE TABLE kept.{table.name} AS SELECT * FROM {table.name}"))

    def said(self) -> Iterator[dict[str, Any]]:
        """What the API logged since the last look; a line that is no JSON is a line that somebody smuggled in."""
        lines = self.log.read_bytes().decode().split("\n")
        for line in lines[self.read : -1]:
            self.read += 1
            entry = json.loads(line)
            assert isinstance(entry, dict) and len(line.splitlines()) == 1, line
            yield entry

    def faults(self) -> list[str]:
        """What the API logged of its own faults since the last look."""
        return [str(entry)[-1500:] for entry in self.said() if entry.get("level") in ("error", "critical")]


@asynccontextmanager
async def open_stand(settings: Settings, folder: Path) -> AsyncIterator[Stand]:
    """Fill an empty, migrated database and start the API on it. `folder` is for the log."""
    port = free_port()
    settings = settings.model_copy(
        update={"http": settings.http.model_copy(update={"port": port}), "log_level": "INFO"}
    )
    settings.auth.access_minutes = 24 * 60
    settings.graphql.plan_after = 1
    runtime = open_runtime(settings)
    await runtime.gateways.storage.prepare()
    campus = await places.build(runtime)
    log = folder / "api.log"
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "picrete_gql", "api"],
            env={**os.environ, **environment(settings)},
            stdout=said,
            stderr=said,
        )
    try:
        async with httpx2.AsyncClient(base_url=url, timeout=SECONDS) as http:
            stand = Stand(campus, url, http, process, log, await all_ids(runtime))
            await stand.keep()
            await stand.stock()
            await _answers(stand)
            yield stand
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)
        await runtime.close()


async def _answers(stand: Stand) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                if (await stand.http.get("/healthz")).status_code == 200:
                    return
            except httpx2.TransportError:
                assert stand.process.poll() is None, stand.log.read_text()
            await asyncio.sleep(0.1)
