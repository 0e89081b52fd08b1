"""graphql-transport-ws, frame by frame (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md)."""

import json
from datetime import timedelta
from typing import Any

import pytest
import websockets

from picrete_gql.call import Actor, Context
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import read_access
from tests.door.porch import Porch

CLOCK = "query { __typename }"
WATCH = "subscription($id: ID!) { attemptChanged(id: $id) { id status } }"


async def watched(porch: Porch, slug: str) -> str:
    """The global id of an open attempt of `student`."""
    from tests.support.world import World

    world: World = porch.world
    course = await world.course(slug, "teacher", ["student"])
    attempt = await world.start("student", await world.work(course, "teacher"))
    return f"attempt_{attempt.id.hex}"


MALFORMED: list[Any] = [
    "",
    "{",
    "null",
    "7",
    '"ping"',
    "[]",
    "[" * 5000,
    "{}",
    '{"type":7}',
    '{"type":null}',
    '{"type":["ping"]}',
    '{"type":"start","id":"1","payload":{}}',
    '{"type":"next","id":"1","payload":{}}',
    '{"type":"connection_ack"}',
    '{"type":"' + "x" * 500 + '"}',
    '{"type":"ping","payload":7}',
    '{"type":"pong","payload":[]}',
    '{"type":"complete"}',
    '{"type":"complete","id":7}',
    '{"type":"complete","id":""}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"1"}',
    '{"type":"subscribe","id":"1","payload":null}',
    '{"type":"subscribe","id":"1","payload":[]}',
    '{"type":"subscribe","id":"1","payload":{}}',
    '{"type":"subscribe","id":"1","payload":{"query":7}}',
    '{"type":"subscribe","id":{},"payload":{"query":"{__typename}"}}',
    '{"type":"subscribe","id":"","payload":{"query":"{__typename}"}}',
    '{"type":"subscribe","payload":{"query":"{__typename}"}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{__typename}","variables":[]}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{__typename}","operationName":7}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{__typename}","extensions":7}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{__typename}","variables":{"a":"\\u0000"}}}',
    b'{"type":"ping"}',
    b"",
]


@pytest.mark.parametrize("frame", MALFORMED, ids=range(len(MALFORMED)))
async def test_what_is_no_message_closes_with_4400(porch: Porch, frame: str | bytes) -> None:
    for ready in (True, False):
        async with porch.socket() as wire:
            if ready:
                await wire.init()
            await wire.connection.send(frame)
            code, reason = await wire.closed()
            assert code == 4400 and reason


@pytest.mark.parametrize("payload", [7, "text", [], True])
async def test_a_strange_greeting_closes_with_4400(porch: Porch, payload: Any) -> None:
    async with porch.socket() as wire:
        await wire.say(type="connection_init", payload=payload)
        assert (await wire.closed())[0] == 4400


@pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {}}, {"payload": {"other": 1}}])
async def test_a_greeting_without_a_token_is_welcome(porch: Porch, payload: dict[str, Any]) -> None:
    async with porch.socket() as wire:
        await wire.say(type="connection_init", **payload)
        assert await wire.hear() == {"type": "connection_ack"}


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x.y.z", "Basic abc", 7, ["Bearer x"]])
async def test_a_bad_token_closes_with_4403(porch: Porch, token: Any) -> None:
    async with porch.socket() as wire:
        await wire.say(type="connection_init", payload={"Authorization": token})
        assert (await wire.closed())[0] == 4403


async def test_who_says_nothing_is_closed_with_4408(porch: Porch) -> None:
    async with porch.socket() as wire:
        await wire.say(type="ping")
        assert (await wire.hear())["type"] == "pong"
        assert (await wire.closed())[0] == 4408


async def test_a_second_greeting_closes_with_4429(porch: Porch) -> None:
    async with porch.signed_in() as wire:
        await wire.say(type="connection_init")
        assert (await wire.closed())[0] == 4429


async def test_nothing_runs_before_the_greeting(porch: Porch) -> None:
    async with porch.socket() as wire:
        await wire.subscribe(CLOCK)
        assert (await wire.closed())[0] == 4401


@pytest.mark.parametrize("protocols", [("graphql-ws",), ("mqtt", "graphql-ws"), ("graphql-sse",)])
async def test_other_protocols_are_closed_with_4406(porch: Porch, protocols: tuple[str, ...]) -> None:
    async with porch.socket(*protocols) as wire:
        assert (await wire.closed())[0] == 4406


async def test_an_id_in_use_closes_with_4409(porch: Porch) -> None:
    attempt = await watched(porch, "taken")
    for id in ("1", "x" * 900):
        async with porch.signed_in("student") as wire:
            await wire.subscribe(WATCH, id, variables={"id": attempt})
            assert (await wire.hear())["type"] == "next"
            await wire.subscribe(CLOCK, id)
            code, reason = await wire.closed()
            assert code == 4409 and reason.startswith("Subscriber for ")


async def test_an_id_may_be_used_again(porch: Porch) -> None:
    attempt = await watched(porch, "again")
    async with porch.signed_in("student") as wire:
        for _ in range(3):
            await wire.subscribe(CLOCK)
            assert (await wire.hear())["payload"] == {"data": {"__typename": "Query"}}
            assert await wire.hear() == {"id": "1", "type": "complete"}
        for _ in range(3):
            await wire.subscribe(WATCH, "2", variables={"id": attempt})
            assert (await wire.hear_of("2"))["type"] == "next"
            await wire.say(id="2", type="complete")


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nobodyKnowsThis }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": CLOCK, "operationName": "Other"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query A { __typename } query B { __typename }"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": WATCH}, "BAD_USER_INPUT"),
        ({"query": WATCH, "variables": {"id": "attempt_" + "0" * 32}}, "NOT_FOUND"),
        ({"query": WATCH, "variables": {"id": "course_" + "0" * 32}}, "INVALID_INPUT"),
        ({"query": "{" + "a: __typename " * 600 + "}"}, "LIMIT_EXCEEDED"),
        ({"query": None, "documentId": "sha256:" + "0" * 64}, "PERSISTED_QUERY_NOT_FOUND"),
        ({"query": None, "documentId": "short"}, "BAD_REQUEST"),
    ],
)
async def test_one_bad_operation_hurts_no_neighbour(porch: Porch, payload: dict[str, Any], code: str) -> None:
    attempt = await watched(porch, f"n{abs(hash(json.dumps(payload)))}")
    async with porch.signed_in("student") as wire:
        await wire.subscribe(WATCH, "good", variables={"id": attempt})
        assert (await wire.hear())["id"] == "good"
        await wire.say(id="bad", type="subscribe", payload=payload)
        refused = await wire.hear_of("bad")
        assert (refused["id"], refused["type"]) == ("bad", "error")
        assert refused["payload"][0].get("extensions", {}).get("code") == code
        await wire.subscribe(CLOCK, "next")
        assert [(await wire.hear_of("next"))["type"] for _ in range(2)] == ["next", "complete"]
        await porch.http.post("/graphql", json=submit(attempt), headers=await porch.bearer("student"))
        while (await wire.hear_of("good"))["payload"]["data"]["attemptChanged"]["status"] != "SUBMITTED":
            pass


def submit(attempt: str) -> dict[str, Any]:
    """The mutation that hands an attempt in."""
    query = "mutation($i: AttemptSubmitInput!) { attemptSubmit(input: $i) { attempt { id } } }"
    return {"query": query, "variables": {"i": {"id": attempt}}}


async def test_a_pong_echoes_its_ping(porch: Porch) -> None:
    async with porch.socket() as wire:
        for echo in ({}, {"payload": {"a": [1, None]}}):
            await wire.say(type="ping", **echo)
            assert await wire.hear() == {"type": "pong", **echo}
        await wire.say(type="pong", payload={"unasked": True})
        await wire.say(type="ping", payload=None)
        assert await wire.hear() == {"type": "pong"}


async def test_a_message_that_is_too_large_closes_with_1009(porch: Porch) -> None:
    async with porch.signed_in() as wire:
        await wire.connection.send("x" * (porch.runtime.settings.http.socket_bytes + 1))
        assert (await wire.closed())[0] == 1009


async def test_so_many_operations_and_no_more(porch: Porch) -> None:
    attempt = await watched(porch, "many")
    most = porch.runtime.settings.http.socket_operations
    async with porch.signed_in("student") as wire:
        for n in range(most + 1):
            await wire.subscribe(WATCH, str(n), variables={"id": attempt})
        refused = await wire.hear_of(str(most))
        assert refused["type"] == "error" and refused["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        heard = set()
        while len(heard) < most:
            message = await wire.hear()
            assert message["type"] == "next"
            heard.add(message["id"])


async def test_mutations_run_over_the_socket_too(porch: Porch) -> None:
    attempt = await watched(porch, "mutation")
    async with porch.signed_in("student") as wire:
        await wire.say(id="m", type="subscribe", payload=submit(attempt))
        assert (await wire.hear())["payload"]["data"]["attemptSubmit"]["attempt"]["id"] == attempt
        assert (await wire.hear())["type"] == "complete"


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("https://app.example", True),
        ("https://evil.example", False),
        ("null", False),
        ("https://app.example.bad", False),
    ],
)
async def test_only_known_pages_may_open_a_socket(porch: Porch, origin: str, welcome: bool) -> None:
    if welcome:
        async with porch.socket(origin=origin) as wire:
            await wire.init()
        return
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with porch.socket(origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_the_own_page_may_open_a_socket(porch: Porch) -> None:
    async with porch.socket(origin=porch.url) as wire:
        await wire.init()


async def test_a_token_that_ends_closes_with_4401(porch: Porch) -> None:
    token = await porch.token("expiring")
    async with porch.socket() as wire:
        await wire.init({"authorization": f"Bearer {token}"})
        minutes = porch.runtime.settings.auth.access_minutes
        porch.clock.forward(minutes=minutes, seconds=-2)
        try:
            # The clock of the tests jumps; a ring lets the socket look at it.
            access = read_access(porch.runtime.settings.auth, token, porch.clock() - timedelta(minutes=minutes - 1))
            assert access is not None
            porch.runtime.gateways.bus.ring({str(access.account_id)})
            assert (await wire.closed(5))[0] == 4401
        finally:
            porch.clock.shift = timedelta()


async def test_signing_out_closes_with_4401(porch: Porch) -> None:
    token = await porch.token("leaving")
    access = read_access(porch.runtime.settings.auth, token, porch.clock())
    assert access is not None
    async with porch.socket() as wire:
        await wire.init({"authorization": f"Bearer {token}"})
        await sign_ins.sign_out(Context(porch.runtime, Actor(access.account_id, access.sign_in_id)))
        assert (await wire.closed(5))[0] == 4401
