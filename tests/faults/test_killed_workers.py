"""Workers are killed in the middle of a reading and of a precheck: others go on, and nothing is paid for twice."""

import asyncio
from collections.abc import Callable

from tests.faults.crowd import Crowd


async def when(done: Callable[[], bool], seconds: float = 60) -> None:
    """Until it is so."""
    async with asyncio.timeout(seconds):
        while not done():
            await asyncio.sleep(0.05)


async def kept(crowd: Crowd, pages: int) -> None:
    """Until so many tickets are written down; who is killed between the answer and that moment must pay again."""
    async with asyncio.timeout(60):
        while await crowd.tickets() < pages:
            await asyncio.sleep(0.05)


async def test_killed_in_a_reading_and_in_a_precheck(crowd: Crowd) -> None:
    work = await crowd.work()
    prechecked = [await crowd.attempt("ada", work, pages=1)]
    await crowd.until(prechecked[0], ocrStatus="IN_REVIEW")
    crowd.llm.script(["hang"])
    await crowd.finalise("ada", prechecked[0])
    await when(lambda: len(crowd.llm.calls) == 1)
    crowd.ocr.delay = 600
    read = list(await asyncio.gather(*(crowd.attempt(name, work, pages=2) for name in ("bob", "eve"))))
    await when(lambda: crowd.ocr.submits == 5)
    await kept(crowd, 4)
    workers = crowd.workers()
    assert len(workers) == 2
    for worker in workers:
        crowd.house.kill(worker)
    assert (await crowd.state(read[0]))["photos"][0]["status"] == "PROCESSING", "a dead worker says nothing"
    crowd.ocr.delay = 0
    crowd.llm.release()
    for _ in workers:
        crowd.house.start("worker")
    for name, id in zip(("bob", "eve"), read, strict=True):
        await crowd.until(id, ocrStatus="IN_REVIEW")
        await crowd.finalise(name, id)
    for id in (*prechecked, *read):
        await crowd.until(id, status="PRELIMINARY")
    assert crowd.ocr.submits == 5, "the tickets were resumed"
    assert len(crowd.llm.calls) == 4, "the question that was cut off was asked again"
    assert len({call.idempotency_key for call in crowd.llm.calls}) == 3, "under its old name"
    await crowd.ended_once([*prechecked, *read])
    lost = await crowd.rows("SELECT kind, count(*) FROM provider_run WHERE outcome = 'lost' GROUP BY kind")
    assert {row["kind"]: row["count"] for row in lost} == {"ocr": 4, "precheck": 1}


async def test_stopped_in_a_reading_and_in_a_precheck(crowd: Crowd) -> None:
    """Told to stop, workers hand back what they hold: nobody has to wait for a lease to run out."""
    work = await crowd.work()
    prechecked = await crowd.attempt("stop-one", work)
    await crowd.until(prechecked, ocrStatus="IN_REVIEW")
    crowd.llm.script(["hang"])
    await crowd.finalise("stop-one", prechecked)
    await when(lambda: len(crowd.llm.calls) == 1)
    crowd.ocr.delay = 600
    read = await crowd.attempt("stop-two", work, pages=2)
    await when(lambda: crowd.ocr.submits == 3)
    await kept(crowd, 2)
    workers = crowd.workers()
    for worker in workers:
        worker.terminate()
    assert [await asyncio.to_thread(worker.wait, 30) for worker in workers] == [0, 0]
    for worker in workers:
        crowd.house.processes.remove(worker)
    held = "SELECT lease_owner, lease_until FROM {} WHERE attempt_id = $1::text::uuid"
    rows = await crowd.rows(held.format("photo"), read.removeprefix("attempt_"))
    rows += await crowd.rows(held.format("submission"), prechecked.removeprefix("attempt_"))
    assert [tuple(row) for row in rows] == [(None, None)] * 3
    crowd.ocr.delay = 0
    crowd.llm.release()
    for _ in workers:
        crowd.house.start("worker")
    await crowd.until(read, ocrStatus="IN_REVIEW")
    await crowd.finalise("stop-two", read)
    for id in (prechecked, read):
        await crowd.until(id, status="PRELIMINARY")
    assert crowd.ocr.submits == 3, "the tickets were resumed"
    await crowd.ended_once([prechecked, read])
