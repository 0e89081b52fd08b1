"""Subscriptions as server-sent events, one connection each (graphql-sse, distinct connections mode)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from picrete_gql.call import Actor, Context
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import read_access
from tests.door.conftest import Opener
from tests.door.porch import PREFLIGHT, Porch
from tests.door.test_sockets import CLOCK, WATCH, submit, watched

EVENTS = {"accept": "text/event-stream"}
# What urql sends with its queries.
URQL = {
    "accept": "application/graphql-response+json, application/graphql+json, application/json, text/event-stream,"
    " multipart/mixed"
}


async def events(answer: Any) -> AsyncIterator[tuple[str, Any]]:
    """The events of a response, comments passed over."""
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
    name = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data:"):
            text = line.removeprefix("data:").strip()
            yield name, json.loads(text) if text else None


async def all_of(porch: Porch, headers: dict[str, str], **body: Any) -> list[tuple[str, Any]]:
    """All events of an operation that ends."""
    async with porch.http.stream("POST", "/graphql", json=body, headers={**EVENTS, **headers}) as answer:
        return [event async for event in events(answer)]


async def test_a_query_is_one_result_and_the_end(porch: Porch) -> None:
    found = await all_of(porch, {}, query=CLOCK)
    assert found == [("next", {"data": {"__typename": "Query"}}), ("complete", None)]


async def test_a_bad_document_is_told_in_the_stream(porch: Porch) -> None:
    (name, body), end = await all_of(porch, {}, query="{ nobodyKnowsThis }")
    assert name == "next" and body["errors"] and "data" not in body and end == ("complete", None)


async def test_frames_end_in_line_feeds_alone(porch: Porch) -> None:
    answer = await porch.post(CLOCK, EVENTS)
    assert "\r" not in answer.text and answer.text.endswith("event: complete\ndata:\n\n")
    assert answer.headers["x-accel-buffering"] == "no"


async def test_urql_and_apollo_get_json_for_plain_queries(porch: Porch) -> None:
    for accept in (URQL["accept"], "*/*", "application/graphql-response+json,application/json;q=0.9"):
        answer = await porch.post(CLOCK, {"accept": accept})
        assert answer.json() == {"data": {"__typename": "Query"}}


async def test_a_subscription_goes_on_until_it_is_left(porch: Porch) -> None:
    attempt = await watched(porch, "sse")
    headers = {**EVENTS, **await porch.bearer("student")}
    before = len(porch.runtime.gateways.bus.bells)
    body = {"query": WATCH, "variables": {"id": attempt}}
    async with porch.http.stream("POST", "/graphql", json=body, headers=headers) as answer:
        stream = events(answer)
        assert (await anext(stream))[1]["data"]["attemptChanged"]["status"] == "ACTIVE"
        await porch.http.post("/graphql", json=submit(attempt), headers=await porch.bearer("student"))
        while (await anext(stream))[1]["data"]["attemptChanged"]["status"] != "SUBMITTED":
            pass
    async with asyncio.timeout(10):
        while len(porch.runtime.gateways.bus.bells) > before:
            await asyncio.sleep(0.05)


async def test_a_subscription_may_be_in_the_address(porch: Porch) -> None:
    attempt = await watched(porch, "sse-get")
    headers = {**EVENTS, **PREFLIGHT, **await porch.bearer("student")}
    query = f'subscription {{ attemptChanged(id: "{attempt}") {{ id }} }}'
    async with porch.http.stream("GET", "/graphql", params={"query": query}, headers=headers) as answer:
        assert (await anext(events(answer)))[1] == {"data": {"attemptChanged": {"id": attempt}}}


async def test_what_may_not_be_watched_ends_at_once(porch: Porch) -> None:
    attempt = await watched(porch, "sse-other")
    found = await all_of(porch, await porch.bearer("stranger"), query=WATCH, variables={"id": attempt})
    assert found[0][1]["errors"][0]["extensions"]["code"] == "NOT_FOUND" and found[-1] == ("complete", None)


async def test_a_stream_ends_with_its_sign_in(porch: Porch) -> None:
    attempt = await watched(porch, "sse-out")
    token = await porch.token("student")
    access = read_access(porch.runtime.settings.auth, token, porch.clock())
    assert access is not None
    body = {"query": WATCH, "variables": {"id": attempt}}
    headers = {**EVENTS, "authorization": f"Bearer {token}"}
    async with porch.http.stream("POST", "/graphql", json=body, headers=headers) as answer:
        stream = events(answer)
        await anext(stream)
        await sign_ins.sign_out(Context(porch.runtime, Actor(access.account_id, access.sign_in_id)))
        async with asyncio.timeout(5):
            rest = [event async for event in stream]
    assert rest[-2][1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" and rest[-1] == ("complete", None)


async def test_silence_is_filled_with_comments(opener: Opener) -> None:
    async with opener(http={"stream_ping_seconds": 0.1}) as porch:
        attempt = await watched(porch, "sse-ping")
        headers = {**EVENTS, **await porch.bearer("student")}
        body = {"query": WATCH, "variables": {"id": attempt}}
        async with porch.http.stream("POST", "/graphql", json=body, headers=headers) as answer:
            seen = 0
            async for line in answer.aiter_lines():
                seen += line == ":"
                if seen > 3:
                    break


async def test_subscriptions_of_one_person_are_counted(opener: Opener) -> None:
    async with opener(graphql={"subscriptions_per_user": 2}) as porch:
        attempt = await watched(porch, "sse-many")
        async with porch.signed_in("student") as one, porch.signed_in("student") as two:
            for n, wire in enumerate((one, two)):
                await wire.subscribe(WATCH, str(n), variables={"id": attempt})
                assert (await wire.hear())["type"] == "next"
            await one.subscribe(WATCH, "third", variables={"id": attempt})
            refused = await one.hear_of("third")
            assert refused["type"] == "error" and refused["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
            await two.say(id="1", type="complete")
            await two.subscribe(CLOCK, "q")
            while (await two.hear_of("q"))["type"] != "complete":
                pass
            await one.subscribe(WATCH, "fourth", variables={"id": attempt})
            assert (await one.hear_of("fourth"))["type"] == "next"
