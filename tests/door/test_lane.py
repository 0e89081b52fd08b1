"""What comes again byte for byte is only looked up: never for somebody else, never too late, never another answer."""

import asyncio
import gc
import itertools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2
import orjson
import pytest

from picrete_gql.call import Actor, Context
from picrete_gql.models import Course, MemberStatus, Work
from picrete_gql.resolvers import members, sign_ins, works
from picrete_gql.schema._door.documents import Operation
from picrete_gql.schema._door.lane import Lane
from tests.door.conftest import Opener
from tests.door.porch import GRAPHQL, Porch
from tests.support.world import World

READ = "query Title($id: ID!) { work(id: $id) { title attempts { totalCount } } }"
# The doors of these tests open on one database, with other tests' people in it.
HEAD = "lane-head"
NUMBERS = itertools.count(1)
MINE = "query Mine { courses { nodes { title myRoles } } }"


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many requests the lane has answered."""
    taken, ordinary = {"reads": 0}, Lane._answered

    async def counted(*given: Any) -> bool:
        answered = await ordinary(*given)
        taken["reads"] += answered
        return answered

    monkeypatch.setattr(Lane, "_answered", counted)
    return taken


async def class_of(world: World, *students: str) -> tuple[Course, Work]:
    """A course of its own with an open work."""
    course = await world.course(f"lane-{next(NUMBERS)}", HEAD, students)
    return course, await world.work(course, HEAD)


async def three_times(porch: Porch, headers: Mapping[str, str], query: str = READ, **variables: str) -> httpx2.Response:
    """The third answer: the second is planned, the third comes by the lane."""
    for _ in range(2):
        await porch.post(query, headers, variables=variables)
    return await porch.post(query, headers, variables=variables)


async def test_the_same_answer_with_all_that_belongs_to_it(porch: Porch, lanes: dict[str, int]) -> None:
    _, work = await class_of(porch.world, "lane-ada")
    bearer = await porch.bearer(HEAD)
    for accept in ("application/json", GRAPHQL):
        headers = {**bearer, "accept": accept}
        found = [await porch.post(READ, headers, variables={"id": f"work_{work.id.hex}"}) for _ in range(4)]
        assert {answer.content for answer in found} == {found[0].content} and found[0].status_code == 200
        told = [{**answer.headers, "x-request-id": "", "date": ""} for answer in found]
        assert told[0] == told[3] and found[3].headers["content-type"] == f"{accept}; charset=utf-8"
        assert len({answer.headers["x-request-id"] for answer in found}) == 4
    assert lanes["reads"] >= 4


async def test_a_change_is_seen_at_once(porch: Porch, lanes: dict[str, int]) -> None:
    _, work = await class_of(porch.world)
    bearer, id = await porch.bearer(HEAD), f"work_{work.id.hex}"
    for number in range(5):
        await works.update(await porch.world.person(HEAD), work.id, {"title": f"Работа {number}"})
        answer = await three_times(porch, bearer, id=id)
        assert answer.json()["data"]["work"]["title"] == f"Работа {number}"
    assert lanes["reads"] >= 5


async def test_nobody_gets_what_another_was_told(porch: Porch, lanes: dict[str, int]) -> None:
    _, work = await class_of(porch.world, "lane-ada")
    id = f"work_{work.id.hex}"
    assert (await three_times(porch, await porch.bearer(HEAD), id=id)).json()["data"]["work"]["attempts"]
    ada, eve = await porch.bearer("lane-ada"), await porch.bearer("lane-eve")
    assert (await three_times(porch, ada, id=id)).json()["data"]["work"]["attempts"] is None
    assert (await three_times(porch, eve, id=id)).json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert (await three_times(porch, {}, id=id)).json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    # Of two tokens one counts: whatever was found out so is nothing that the other may be told.
    content = orjson.dumps({"query": READ, "variables": {"id": id}})
    for names in ([ada, eve], [eve, ada], [eve]):
        headers = [("content-type", "application/json"), *(pair for name in names for pair in name.items())]
        answers = [await porch.http.post("/graphql", content=content, headers=headers) for _ in range(4)]
        assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_lost_right_a_lost_sign_in_and_an_old_token(porch: Porch, lanes: dict[str, int]) -> None:
    course, work = await class_of(porch.world, "lane-ada", "lane-bob", "lane-eve")
    id, owner = f"work_{work.id.hex}", await porch.world.person(HEAD)
    bearers = {name: await porch.bearer(name) for name in ("lane-ada", "lane-bob", "lane-eve")}
    for name in bearers:
        assert (await three_times(porch, bearers[name], id=id)).json()["data"]["work"]
        assert (await three_times(porch, bearers[name], MINE)).json()["data"]["courses"]["nodes"]
    before = (await porch.post(MINE, bearers["lane-ada"], variables={})).json()["data"]["courses"]["nodes"]
    mine = await members.mine(await porch.world.person("lane-ada"))
    ada = next(one for one in mine if one.course_id == course.id)
    await members.change(owner, ada.id, status=MemberStatus.SUSPENDED)
    assert (await porch.post(READ, bearers["lane-ada"], variables={"id": id})).json()["data"]["work"] is None
    after = (await porch.post(MINE, bearers["lane-ada"], variables={})).json()["data"]["courses"]["nodes"]
    assert len(after) == len(before) - 1
    access = porch.door.claims.of(bearers["lane-bob"]["authorization"].split()[1])
    await sign_ins.sign_out(Context(porch.runtime, Actor(access.account_id, access.sign_in_id)))
    assert (await porch.post(READ, bearers["lane-bob"], variables={"id": id})).json()["data"]["work"] is None
    porch.clock.forward(hours=1)
    try:
        assert (await porch.post(READ, bearers["lane-eve"], variables={"id": id})).json()["data"]["work"] is None
    finally:
        porch.clock.shift = timedelta()


async def test_a_new_course_and_a_new_role_are_seen_in_ones_list(porch: Porch, lanes: dict[str, int]) -> None:
    await porch.world.course("lane-a", HEAD, ["lane-kay"])
    bearer = await porch.bearer("lane-kay")
    assert len((await three_times(porch, bearer, MINE)).json()["data"]["courses"]["nodes"]) == 1
    await porch.world.course("lane-b", HEAD, ["lane-kay"])
    assert len((await three_times(porch, bearer, MINE)).json()["data"]["courses"]["nodes"]) == 2
    assert lanes["reads"] >= 2


async def test_tokens_that_are_over_are_forgotten_when_others_come(opener: Opener, lanes: dict[str, int]) -> None:
    async with opener() as porch:
        _, work = await class_of(porch.world)
        id = f"work_{work.id.hex}"
        lane = found_lane(porch)
        for _ in range(3):
            bearer = {"authorization": f"Bearer {await porch.token(HEAD)}"}
            assert (await three_times(porch, bearer, id=id)).json()["data"]["work"]
            assert len(lane.known) == len(porch.door.claims.known) == 1
            porch.clock.forward(minutes=porch.runtime.settings.auth.access_minutes + 1)


def found_lane(porch: Porch) -> Lane:
    """The lane of this door."""
    [lane] = [one for one in gc.get_objects() if isinstance(one, Lane) and one.door is porch.door]
    return lane


async def test_documents_that_are_forgotten_are_forgotten_here_too(opener: Opener, lanes: dict[str, int]) -> None:
    async with opener(graphql={"cached_documents": 3}) as porch:
        _, work = await class_of(porch.world)
        bearer, id = await porch.bearer(HEAD), f"work_{work.id.hex}"
        gc.collect()
        before = sum(isinstance(one, Operation) for one in gc.get_objects())
        for number in range(10):
            answer = await three_times(porch, bearer, READ.replace("Title", f"Title{number}"), id=id)
            assert answer.json()["data"]["work"]["title"]
        gc.collect()
        assert sum(isinstance(one, Operation) for one in gc.get_objects()) - before <= 3
        assert (await porch.post(READ.replace("Title", "Title0"), bearer, variables={"id": id})).json()["data"]["work"]


async def test_a_body_that_does_not_come_and_one_in_pieces(opener: Opener, lanes: dict[str, int]) -> None:
    async with opener(http={"body_seconds": 1}) as porch:
        _, work = await class_of(porch.world, "lane-ada")
        bearer = await porch.bearer(HEAD)
        body = orjson.dumps({"query": READ, "variables": {"id": f"work_{work.id.hex}"}})
        lines = {"host": "x", "content-type": "application/json", "content-length": str(len(body)), **bearer}
        head = "POST /graphql HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        for rest, pause, status in ((body, 0.0, b" 200 "), (body, 0.3, b" 200 "), (b"", 0.0, b" 408 ")):
            for _ in range(3):
                reader, writer = await asyncio.open_connection("127.0.0.1", int(porch.url.rpartition(":")[2]))
                writer.write(head.encode() + b"\r\n" + rest[:20])
                await asyncio.sleep(pause)
                writer.write(rest[20:])
                assert status in await reader.readline()
                writer.close()
