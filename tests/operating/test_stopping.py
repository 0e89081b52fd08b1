"""An API process is told to stop while people work: nobody loses anything, and nothing happens twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import websockets

from picrete_gql.commands.client import Client
from picrete_gql.settings import Settings
from tests.operating.pair import Proxy, ended, serving, stop
from tests.support.house import House

CREATE = (
    "mutation($input: CourseCreateInput!) { courseCreate(input: $input) { course { slug } problem { code message } } }"
)
WATCH = "subscription($id: ID!) { workChanged(id: $id) { title } }"
TITLE = "mutation($input: CourseUpdateInput!) { courseUpdate(input: $input) { course { title } problem { code } } }"


async def course_of(admin: Client, slug: str) -> str:
    """A course; its id."""
    me = (await admin.run("{ me { id } }"))["me"]["id"]
    facts = {"slug": slug, "title": slug, "teacherId": me}
    return str((await admin.do("courseCreate", "course { id }", facts))["course"]["id"])


async def work_of(admin: Client, course: str) -> str:
    """A work in a course; its id."""
    now = datetime.now(UTC)
    times = {"startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat()}
    facts = {"courseId": course, "kind": "HOMEWORK", "title": "Дома", **times}
    return str((await admin.do("workCreate", "work { id }", facts))["work"]["id"])


@asynccontextmanager
async def locked(house: House, course: str) -> AsyncIterator[None]:
    """Whoever changes this course waits until the block ends."""
    connection = await asyncpg.connect(house.settings.database.url)
    try:
        async with connection.transaction():
            uuid = course.removeprefix("course_")
            await connection.execute("SELECT id FROM course WHERE id = $1::text::uuid FOR UPDATE", uuid)
            yield
    finally:
        await connection.close()


async def blocked(house: House, count: int = 1) -> None:
    """Until so many wait for a lock."""
    connection = await asyncpg.connect(house.settings.database.url)
    try:
        async with asyncio.timeout(20):
            while await connection.fetchval(WAITING) < count:
                await asyncio.sleep(0.02)
    finally:
        await connection.close()


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def test_under_load_one_of_two_is_stopped_and_no_request_is_lost(settings: Settings) -> None:
    async with serving(settings, 2) as houses:
        admin = await houses[0].admin()
        me = (await admin.run("{ me { id } }"))["me"]["id"]
        proxy, sent, done = Proxy([house.url for house in houses]), list[str](), asyncio.Event()

        async def work(worker: int) -> None:
            number = 0
            while not done.is_set():
                number += 1
                slug = f"load-{worker}-{number}"
                sent.append(slug)
                facts = {"slug": slug, "title": slug, "teacherId": me}
                body = {"query": CREATE, "variables": {"input": facts}}
                answer = await proxy.send("POST", "/graphql", json=body, headers=admin.headers)
                assert answer is None or answer.json()["data"]["courseCreate"]["problem"] is None, answer.text

        working = [asyncio.create_task(work(worker)) for worker in range(8)]
        while len(sent) < 40:
            await asyncio.sleep(0.01)
        process = stop(houses[0])
        assert await ended(process) == -15
        before = len(sent)
        while len(sent) < before + 40:
            await asyncio.sleep(0.01)
        done.set()
        await asyncio.gather(*working)
        connection = await asyncpg.connect(settings.database.url)
        made = {row["slug"] for row in await connection.fetch("SELECT slug FROM course")}
        await connection.close()
        await proxy.close()
    assert proxy.lost == [] and made == set(sent)
    assert len(proxy.answered) == 2 and min(proxy.answered.values()) > 10, "both have worked"


async def test_readyz_says_no_at_once_while_everything_else_is_still_answered(settings: Settings) -> None:
    async with serving(settings, drain_seconds=30, stop_seconds=5) as (house,):
        admin = await house.admin()
        assert "connection" not in (await admin.http.get(house.url + "/healthz")).headers
        process = stop(house)
        async with asyncio.timeout(20):
            while (answer := await admin.http.get(house.url + "/readyz")).json().get("status") != "stopping":
                await asyncio.sleep(0.02)
        assert answer.status_code == 503
        async with httpx2.AsyncClient() as newcomer:
            alive = await newcomer.get(house.url + "/healthz")
            assert alive.status_code == 200 and alive.headers["connection"] == "close"
        assert await course_of(admin, "late")
        process.kill()


async def test_a_request_in_flight_is_answered_and_a_newcomer_is_not_let_in(settings: Settings) -> None:
    async with serving(settings) as (house,):
        admin = await house.admin()
        course = await course_of(admin, "flight")
        async with locked(house, course):
            asked = asyncio.create_task(admin.do("courseUpdate", "course { title }", {"id": course, "title": "Новое"}))
            await blocked(house)
            process = stop(house)
            async with asyncio.timeout(20):
                while await answers(house):
                    await asyncio.sleep(0.02)
            assert not asked.done()
        assert (await asked)["course"]["title"] == "Новое"
        assert await ended(process) == -15


async def answers(house: House) -> bool:
    """Whether a newcomer is let in."""
    async with httpx2.AsyncClient() as newcomer:
        try:
            return (await newcomer.get(house.url + "/healthz")).status_code == 200
        except httpx2.TransportError:
            return False


async def test_a_request_without_end_does_not_keep_the_process_alive(settings: Settings) -> None:
    async with serving(settings, stop_seconds=1) as (house,):
        admin = await house.admin()
        course = await course_of(admin, "endless")
        async with locked(house, course):
            asked = asyncio.create_task(admin.do("courseUpdate", "course { title }", {"id": course, "title": "Нет"}))
            await blocked(house)
            assert await ended(stop(house), 15) == -15
            (told,) = await asyncio.gather(asked, return_exceptions=True)
            assert isinstance(told, httpx2.TransportError | ValueError), "no answer, or a bare 500"
        connection = await asyncpg.connect(settings.database.url)
        assert await connection.fetchval("SELECT title FROM course WHERE slug = 'endless'") == "endless"
        await connection.close()


async def test_sockets_are_closed_with_1012_once_their_mutations_are_answered(settings: Settings) -> None:
    async with serving(settings) as (house,):
        admin = await house.admin()
        course = await course_of(admin, "sockets")
        work = await work_of(admin, course)
        async with admin.socket() as idle, admin.socket() as busy:
            seen: list[list[Any]] = [[], []]
            views = [
                asyncio.create_task(until_closed(socket.watch(WATCH, id=work), found))
                for socket, found in zip((idle, busy), seen, strict=True)
            ]
            async with asyncio.timeout(20):
                while not all(seen):
                    await asyncio.sleep(0.02)
            async with locked(house, course):
                change = {"input": {"id": course, "title": "Другое"}}
                asked = asyncio.create_task(anext(aiter(busy.watch(TITLE, **change))))
                await blocked(house)
                process = stop(house)
                assert await closed(idle.connection) == (1012, "Service restart")
                assert busy.connection.close_code is None and not asked.done()
                late = asyncio.create_task(until_closed(busy.watch("{ __typename }"), []))
            assert (await asked)["courseUpdate"]["course"]["title"] == "Другое"
            assert await closed(busy.connection) == (1012, "Service restart")
            assert await late == [], "what was asked after the end began is not begun: the client asks elsewhere"
            await asyncio.gather(*views)
        assert await ended(process) == -15


async def until_closed(stream: AsyncIterator[dict[str, Any]], found: list[Any]) -> list[Any]:
    """All that a subscription shows until its socket is closed."""
    try:
        async for data in stream:
            found.append(data)
    except Exception as error:
        assert "1012" in str(error), repr(error)
    return found


async def closed(connection: websockets.ClientConnection) -> tuple[int | None, str | None]:
    """How a socket was closed."""
    async with asyncio.timeout(20):
        await connection.wait_closed()
    return connection.close_code, connection.close_reason


async def test_event_streams_break_off_without_complete(settings: Settings) -> None:
    """Which graphql-sse takes for a lost connection, and comes back; `complete` would be the end for it."""
    async with serving(settings) as (house,):
        admin = await house.admin()
        work = await work_of(admin, await course_of(admin, "streams"))
        headers = {**admin.headers, "accept": "text/event-stream"}
        body = {"query": WATCH, "variables": {"id": work}}
        said, process = "", None
        async with admin.http.stream("POST", house.url + "/graphql", json=body, headers=headers) as stream:
            async for text in stream.aiter_text():
                said += text
                if process is None and "event: next" in said:
                    process = stop(house)
        assert "Дома" in said and "event: complete" not in said
        assert process is not None and await ended(process) == -15


async def test_two_hundred_sockets_are_sent_away_and_the_process_ends(settings: Settings) -> None:
    async with serving(settings) as (house,):
        address = house.url.replace("http", "ws", 1) + "/graphql"
        protocol = [websockets.Subprotocol("graphql-transport-ws")]
        sockets = [await websockets.connect(address, subprotocols=protocol) for _ in range(200)]
        process = stop(house)
        codes = [(await closed(socket))[0] for socket in sockets]
        assert set(codes) == {1012} and await ended(process) == -15
