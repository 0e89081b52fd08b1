"""From the start of an attempt to its mark: transactions, statements, rows, log and Redis commands of each step."""

import argparse
import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import count

import uvloop
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy import event, text

from benchmarks.site import Person, Site, site
from picrete_gql.models import Attempt, Decision, Work
from picrete_gql.resolvers import attempts, grades, photos, reviews, submissions
from tests import images

# PostgreSQL adds its counters up when a connection has been quiet for a second.
SETTLE_SECONDS = 2.5
NUMBERS = text(
    "SELECT xact_commit + xact_rollback, tup_inserted, tup_updated, tup_deleted,"
    " pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"
    " FROM pg_stat_database WHERE datname = current_database()"
)
SIZES = text(
    "SELECT relname, pg_total_relation_size(relid) AS bytes, n_tup_ins FROM pg_stat_user_tables ORDER BY 2 DESC"
)


@dataclass
class Cost:
    """Of one step; CPU in ms, log (WAL) in bytes."""

    transactions: float = 0
    statements: float = 0
    inserted: float = 0
    updated: float = 0
    deleted: float = 0
    log: float = 0
    redis: float = 0
    database: float = 0


class Meter:
    """Reads the counters of the servers before and after a step."""

    def __init__(self, place: Site) -> None:
        self.place, self.costs, self.statements = place, dict[str, Cost](), count()
        self.redis = Redis.from_url(place.settings.redis.url)
        engine = place.runtime.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *_: next(self.statements))

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """What happens in the block is the cost of this step."""
        before = await self._read()
        yield
        after = await self._read()
        spent = [now - then for now, then in zip(after, before, strict=True)]
        # The meter's own transaction and statement, and its question to Redis.
        spent[0], spent[1], spent[6] = spent[0] - 1, spent[1] - 1, spent[6] - 1
        self.costs[name] = Cost(*spent)

    async def _read(self) -> list[float]:
        await asyncio.sleep(SETTLE_SECONDS)
        statements, cpu = next(self.statements), self.place.database_cpu
        commands = (await self.redis.info("stats"))["total_commands_processed"]
        async with self.place.runtime.engine.connect() as connection:
            row = (await connection.execute(NUMBERS)).one()
        commits, *tuples, log = (float(value) for value in row)
        return [commits, statements, *tuples, log, commands, cpu * 1000]

    async def sizes(self) -> dict[str, tuple[int, int]]:
        """Bytes with indexes, and rows written, of every table."""
        async with self.place.runtime.engine.connect() as connection:
            return {row[0]: (row[1], row[2]) for row in await connection.execute(SIZES)}


async def life(place: Site, meter: Meter, people: list[Person], work: Work, pages: int) -> None:
    """All of them, one step after the other."""
    world, owner = place.world, await place.world.person("owner")
    tried: list[Attempt] = []
    async with meter.step("start"):
        tried += [await attempts.start(person.context, work.id) for person in people]
    everybody = list(zip(people, tried, strict=True))
    bodies = [images.jpeg(images.page(seed)) for seed in range(pages)]
    async with meter.step("upload"):
        for person, attempt in everybody:
            for number, body in enumerate(bodies):
                await photos.upload(person.context, attempt.id, f"{number}.jpg", body)
    async with meter.step("submit"):
        for person, attempt in everybody:
            await attempts.submit(person.context, attempt.id)
    async with meter.step("read"):
        await world.jobs()
    async with meter.step("review"):
        for person, attempt in everybody:
            [mine] = await photos.of_attempts(person.context, [attempt.id])
            for photo in mine:
                await reviews.approve_page(person.context, photo.id)
            await reviews.finalise(person.context, attempt.id, Decision.SUBMIT, "")
    async with meter.step("precheck"):
        await world.jobs()
    async with meter.step("mark"):
        for found in await submissions.of_attempts(owner, [attempt.id for attempt in tried]):
            assert found is not None
            await grades.override(owner, found.id, found.version, Decimal(5), "хорошо", {})


async def main(given: argparse.Namespace) -> None:
    """One class, and what it cost."""
    # The text of the answer of a model is the provider's; the deterministic checks stand for it.
    async with site(ocr={"parallel": 8}, llm={"key": SecretStr("")}, limits={"active_attempts": 100_000}) as place:
        await _as_in_production(place)
        course = await place.world.course("hand-in", "owner")
        people = await place.people("s", given.attempts + 2, course, "student")
        work = await place.world.work(course, "owner", task_count=3)
        meter = Meter(place)
        await life(place, meter, people[:2], work, given.photos)
        before = await meter.sizes()
        await life(place, meter, people[2:], work, given.photos)
        after = await meter.sizes()
        await meter.redis.aclose()
    table(meter, given)
    print("\n| table | rows | bytes with indexes |\n|---|--:|--:|")
    for name, (size, rows) in after.items():
        old_size, old_rows = before.get(name, (0, 0))
        if rows > old_rows:
            print(f"| {name} | {(rows - old_rows) / given.attempts:.1f} | {(size - old_size) / given.attempts:.0f} |")


async def _as_in_production(place: Site) -> None:
    # The servers of tests leave out what protects from a torn page; a real one writes it.
    async with place.runtime.engine.connect() as connection:
        outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await outside.execute(text("ALTER SYSTEM SET full_page_writes = on"))
        await outside.execute(text("SELECT pg_reload_conf()"))


def table(meter: Meter, given: argparse.Namespace) -> None:
    """Per hand-in, step by step, and the whole."""
    names = [field.name for field in fields(Cost)]
    whole = Cost(*(sum(getattr(cost, name) for cost in meter.costs.values()) for name in names))
    print(f"\nPer hand-in with {given.photos} photos, mean of {given.attempts}; load {os.getloadavg()[0]:.1f}")
    print("| step | transactions | statements | rows inserted | updated | deleted | WAL bytes | Redis commands"
          " | PostgreSQL CPU ms |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|")  # fmt: skip
    for step, cost in [*meter.costs.items(), ("whole", whole)]:
        figures = (getattr(cost, name) / given.attempts for name in names)
        print(f"| {step} | {' | '.join(f'{figure:.1f}' if figure < 1000 else f'{figure:.0f}' for figure in figures)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=30)
    parser.add_argument("--photos", type=int, default=5)
    uvloop.run(main(parser.parse_args()))
