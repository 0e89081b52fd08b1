"""Redis, PostgreSQL and the object store go away in the middle and come back: nobody has to restart anything."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from picrete_gql.commands.client import Refused
from tests import images
from tests.attempts.steps import away
from tests.faults.crowd import Crowd
from tests.faults.test_killed_workers import when
from tests.servers.stack import Servers


async def in_the_middle(crowd: Crowd, prefix: str) -> tuple[list[str], list[str]]:
    """Somebody's page is being read and somebody's work prechecked right now; their names and attempts."""
    names = [f"{prefix}-reads", f"{prefix}-grades"]
    work = await crowd.work()
    graded = await crowd.attempt(names[1], work)
    await crowd.until(graded, ocrStatus="IN_REVIEW")
    crowd.llm.script(["hang"])
    await crowd.finalise(names[1], graded)
    crowd.ocr.delay = 600
    read = await crowd.attempt(names[0], work, pages=2)
    await when(lambda: len(crowd.llm.calls) == 1 and crowd.ocr.submits == 3)
    return names, [read, graded]


async def to_the_end(crowd: Crowd, names: list[str], ids: list[str]) -> None:
    """The providers answer; everything comes to its end, once, and nobody had to be started again."""
    crowd.ocr.delay = 0
    crowd.llm.release()
    await crowd.until(ids[0], ocrStatus="IN_REVIEW")
    await crowd.finalise(names[0], ids[0])
    for id in ids:
        await crowd.until(id, status="PRELIMINARY")
    assert all(process.poll() is None for process in crowd.house.processes), "nobody died"
    assert len({call.idempotency_key for call in crowd.llm.calls}) == len(ids)
    await crowd.ended_once(ids)
    await crowd.house.ready()


@asynccontextmanager
async def asked(crowd: Crowd, id: str, people: int = 4) -> AsyncIterator[Counter[str]]:
    """Within, some look at an attempt again and again; what they are answered."""
    answers: Counter[str] = Counter()
    asking = [asyncio.create_task(_on_and_on(crowd, id, answers)) for _ in range(people)]
    try:
        yield answers
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


async def _on_and_on(crowd: Crowd, id: str, answers: Counter[str]) -> None:
    while True:
        try:
            await crowd.state(id)
            answers["OK"] += 1
        except Refused as refused:
            answers[refused.code] += 1
        await asyncio.sleep(0)


async def test_redis_is_flushed_and_goes_away(crowd: Crowd, servers: Servers) -> None:
    names, ids = await in_the_middle(crowd, "redis")
    async with Redis.from_url(crowd.house.settings.redis.url) as client:
        await client.flushall()
    async with away(servers.stack.valkey):
        ready = await crowd.ready()
        assert (ready["http"], ready["redis"], ready["database"]) == ("503", "unavailable", "ok")
        late = await crowd.attempt("redis-late", await crowd.work())
        assert (await crowd.state(late))["status"] == "SUBMITTED", "people go on working"
        await asyncio.sleep(7)  # longer than a lease
        crowd.llm.release()
        crowd.ocr.delay = 0
        await crowd.until(ids[0], ocrStatus="IN_REVIEW")
        await crowd.until(ids[1], status="PRELIMINARY")
        # A worker that lives goes on with whatever waits, so the late page may have been read by now.
        assert len(crowd.llm.calls) == 1 and crowd.ocr.submits in (3, 4), "what runs needs no Redis to end"
    await crowd.until(late, ocrStatus="IN_REVIEW")
    await crowd.finalise("redis-late", late)
    await to_the_end(crowd, names, [*ids, late])
    assert len(crowd.llm.calls) == 3 and crowd.ocr.submits == 4


async def test_postgres_restarts(crowd: Crowd, servers: Servers) -> None:
    names, ids = await in_the_middle(crowd, "postgres")
    async with asked(crowd, ids[0]) as answers:
        async with away(servers.stack.postgres):
            ready = await crowd.ready()
            assert (ready["http"], ready["database"], ready["redis"]) == ("503", "unavailable", "ok")
            # Both providers answer just now, when nothing can be written down.
            crowd.llm.release()
            crowd.ocr.delay = 0
            await when(lambda: crowd.llm.answered == 1)
            await asyncio.sleep(2)
        await to_the_end(crowd, names, ids)
    assert answers["OK"] and answers["UNAVAILABLE"] and set(answers) == {"OK", "UNAVAILABLE"}
    assert len(crowd.llm.calls) == 2, "what was paid for is written down as soon as it can be"
    assert crowd.ocr.submits == 3


async def test_postgres_crashes(crowd: Crowd, servers: Servers) -> None:
    """While it goes through its log it answers, but only that it is starting up."""
    id = await crowd.attempt("crash", await crowd.work())
    await crowd.until(id, ocrStatus="IN_REVIEW")
    async with asked(crowd, id) as answers:
        await asyncio.sleep(1)  # the tests' server writes its log down a little late, for speed
        for _ in range(3):
            await asyncio.to_thread(servers.stack.postgres.kill)
            await asyncio.sleep(1)  # longer than a transaction is tried again
            await asyncio.to_thread(servers.stack.postgres.start)
            await asyncio.sleep(0.2)
        await when(lambda: answers["UNAVAILABLE"] > 0)
    assert set(answers) == {"OK", "UNAVAILABLE"}
    await crowd.finalise("crash", id)
    await crowd.until(id, status="PRELIMINARY")
    await crowd.ended_once([id])
    await crowd.house.ready()


async def test_the_object_store_goes_away(crowd: Crowd, servers: Servers) -> None:
    work = await crowd.work()
    id = await crowd.attempt("store", work, pages=2, submit=False)
    client = await crowd.student("store")
    async with away(servers.stack.storage):
        assert (await crowd.ready())["storage"] == "unavailable"
        with pytest.raises(Refused) as refused:
            await client.upload(id, "page.jpg", images.jpeg())
        assert refused.value.code == "UNAVAILABLE"
        await client.do("attemptSubmit", "attempt { id }", {"id": id})
        await asyncio.sleep(4)
        assert (await crowd.state(id))["submission"]["ocrStatus"] == "PROCESSING", "nothing is given up"
    await crowd.until(id, ocrStatus="IN_REVIEW")
    await crowd.finalise("store", id)
    await crowd.until(id, status="PRELIMINARY")
    assert crowd.ocr.submits == 2 and len(crowd.llm.calls) == 1
    await crowd.ended_once([id])
    await crowd.house.ready()
