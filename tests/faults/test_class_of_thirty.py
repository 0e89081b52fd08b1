"""A whole class at once, over HTTP and WebSocket, with two workers; a teacher watches everything."""

import asyncio
from typing import Any

from tests.faults.crowd import Crowd

FEED = "subscription($id: ID!) { workActivity(id: $id) { cursor name attemptId photoId } }"
REST = "subscription($id: ID!, $after: String) { workActivity(id: $id, after: $after) { cursor } }"
WORK = """subscription($id: ID!) { workChanged(id: $id) {
  attempts(first: 100) { nodes { id status submission { status } } } } }"""
MINE = "subscription($id: ID!) { attemptChanged(id: $id) { submission { status ocrStatus } } }"
STUDENTS = 30


async def test_a_class_of_thirty(crowd: Crowd) -> None:
    names = [f"pupil{n}" for n in range(STUDENTS)]
    await asyncio.gather(*(crowd.student(name) for name in names))
    work = await crowd.work()
    feed: list[dict[str, Any]] = []
    async with crowd.teacher.socket() as socket:
        began = asyncio.Event()

        async def follow() -> None:
            async for data in socket.watch(FEED, id=work):
                feed.append(data["workActivity"])
                began.set()

        async def whole_class() -> list[str]:
            async for data in socket.watch(WORK, id=work):
                nodes = data["workChanged"]["attempts"]["nodes"]
                done = [node["id"] for node in nodes if (node["submission"] or {}).get("status") == "PRELIMINARY"]
                if len(done) == STUDENTS:
                    return done
            raise AssertionError("the view ended")

        following, watching = asyncio.create_task(follow()), asyncio.create_task(whole_class())
        first = await crowd.attempt(names[0], work, pages=1)
        await asyncio.wait_for(began.wait(), 30)

        async def pupil(number: int) -> str:
            name = names[number]
            id = first if number == 0 else await crowd.attempt(name, work, pages=1 + number % 2)
            async with crowd.students[name].socket() as own, asyncio.timeout(180):
                async for data in own.watch(MINE, id=id):
                    if (data["attemptChanged"]["submission"] or {}).get("ocrStatus") == "IN_REVIEW":
                        await crowd.finalise(name, id)
                        break
                async for data in own.watch(MINE, id=id):
                    if data["attemptChanged"]["submission"]["status"] == "PRELIMINARY":
                        return id
            raise AssertionError("the view ended")

        attempts = await asyncio.gather(*(pupil(number) for number in range(STUDENTS)))
        assert sorted(await asyncio.wait_for(watching, 180)) == sorted(attempts)
        stored = await crowd.rows(
            "SELECT name, attempt_id, photo_id FROM event WHERE work_id = $1::text::uuid ORDER BY xid, id",
            work.removeprefix("work_"),
        )
        expected = [(row["name"], _named("attempt", row["attempt_id"])) for row in stored]
        at = next(n for n, row in enumerate(expected) if row == (feed[0]["name"], feed[0]["attemptId"]))
        async with asyncio.timeout(30):
            while len(feed) < len(expected) - at:
                await asyncio.sleep(0.1)
        following.cancel()
        assert [(entry["name"], entry["attemptId"]) for entry in feed] == expected[at:], "complete and in order"
        assert len({entry["cursor"] for entry in feed}) == len(feed)
        rest = feed[len(feed) // 2 :]
        stream = socket.watch(REST, id=work, after=rest[0]["cursor"])
        resumed = [(await asyncio.wait_for(anext(stream), 30))["workActivity"]["cursor"] for _ in rest[1:]]
        assert resumed == [entry["cursor"] for entry in rest[1:]]
    pages = sum(1 + number % 2 for number in range(STUDENTS))
    assert crowd.ocr.submits == pages and len(crowd.llm.calls) == STUDENTS
    await crowd.ended_once(attempts)


def _named(kind: str, id: Any) -> str | None:
    return id and f"{kind}_{id.hex}"
