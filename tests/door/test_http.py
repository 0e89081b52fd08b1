"""GraphQL over HTTP: methods, media types, statuses, and what a request is."""

import asyncio
import json
from typing import Any

import pytest

from tests.door.porch import GRAPHQL, PREFLIGHT, Porch

JSON = "application/json"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", JSON),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, */*;q=0.1", GRAPHQL),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"{GRAPHQL}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed", JSON),
        (f"{GRAPHQL}; charset=utf-8", GRAPHQL),
        ("APPLICATION/JSON;Q=0.3", JSON),
        ("text/event-stream, application/json;q=0.9", "text/event-stream"),
    ],
)
async def test_the_media_type_is_the_one_wanted_most(porch: Porch, accept: str | None, kind: str) -> None:
    porch.http.headers.pop("accept", None)
    answer = await porch.post("{ __typename }", {"accept": accept} if accept else {})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert "Accept" in answer.headers["vary"] and answer.headers["x-request-id"]


@pytest.mark.parametrize("accept", ["text/plain", "image/*", f"{JSON};q=0", "text/html", f"{JSON};charset=koi8-r"])
async def test_nothing_acceptable_is_406_with_what_there_is(porch: Porch, accept: str) -> None:
    answer = await porch.post("{ __typename }", {"accept": accept})
    assert answer.status_code == 406
    assert GRAPHQL in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY"])
async def test_other_methods_are_405(porch: Porch, method: str) -> None:
    answer = await porch.http.request(method, "/graphql")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/graphql", "application/jsonp", "", "*/*"]
)
async def test_other_bodies_are_415(porch: Porch, kind: str) -> None:
    answer = await porch.http.post("/graphql", content='{"query":"{__typename}"}', headers={"content-type": kind})
    assert answer.status_code == 415
    assert JSON in answer.headers["accept"]


async def test_a_charset_that_is_not_utf8_is_415(porch: Porch) -> None:
    for kind, status in (("utf-8", 200), ('"UTF-8"', 200), ("koi8-r", 415), ("utf-16", 415)):
        headers = {"content-type": f"{JSON}; charset={kind}"}
        assert (await porch.body('{"query":"{__typename}"}', headers)).status_code == status


async def test_a_compressed_body_is_415(porch: Porch) -> None:
    answer = await porch.body(b"\x1f\x8b", {"content-encoding": "gzip"})
    assert answer.status_code == 415 and answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("query", ["{", "{ nobodyKnowsThis }", "query($id: ID!) { node(id: $id) { id } }"])
async def test_what_cannot_begin_has_no_data(porch: Porch, query: str) -> None:
    old, new = await porch.post(query), await porch.post(query, {"accept": GRAPHQL})
    assert (old.status_code, new.status_code) == (200, 400)
    for answer in (old, new):
        assert "data" not in answer.json() and answer.json()["errors"]


async def test_an_error_at_a_field_leaves_its_neighbours(porch: Porch) -> None:
    answer = await porch.post("{ me { id } serverTime: __typename }", {"accept": GRAPHQL})
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"] == {"me": None, "serverTime": "Query"}
    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" and body["errors"][0]["path"] == ["me"]


BAD: list[Any] = [
    b"",
    b"null",
    b"7",
    b'"text"',
    b"{",
    b"\xff\xfe",
    b'{"query": "\\ud800"}',
    b"NaN",
    b"[]",
    b'[{"query":"{__typename}"}]',
    b"[" * 100_000,
    b'{"query":"{__typename}","variables":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
    b'{"query":"{__typename}","variables":{"a":' + b"[" * 100 + b"]" * 100 + b"}}",
    b'{"query":"{__typename}","variables":{"n":"\\u0000"}}',
    b'{"query":"{__typename}","variables":{"\\u0000":1}}',
    b"{}",
    *(json.dumps({"query": bad}).encode() for bad in ({"a": 1}, 0, False, ["x"], None)),
    *(
        json.dumps({"query": "{__typename}", name: bad}).encode()
        for name in ("variables", "extensions")
        for bad in ("text", 0, False, ["x"])
    ),
    *(json.dumps({"query": "{__typename}", "operationName": bad}).encode() for bad in ({}, 0, False, ["x"])),
]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
async def test_malformed_requests_are_400_with_a_reason(porch: Porch, body: bytes) -> None:
    for accept in (JSON, GRAPHQL):
        answer = await porch.body(body, {"accept": accept})
        assert answer.status_code == 400, answer.text
        assert answer.json()["errors"][0]["message"]
        assert "data" not in answer.json()


async def test_a_number_of_many_digits_is_an_answer_not_a_fault(porch: Porch) -> None:
    answer = await porch.body(b'{"query":"{__typename}","variables":{"n":' + b"9" * 100_000 + b"}}")
    assert answer.status_code in (200, 400)


async def test_a_large_body_is_413(porch: Porch) -> None:
    assert (await porch.body(b" " * 200_001)).status_code == 413


@pytest.mark.parametrize("head", ["Content-Length: 10000000000", "Transfer-Encoding: chunked"])
async def test_bodies_are_refused_while_they_arrive(porch: Porch, head: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(porch.url.rpartition(":")[2]))
    writer.write(f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n{head}\r\n\r\n".encode())
    if "chunked" in head:
        writer.write((b"20000\r\n" + b" " * 0x20000 + b"\r\n") * 2)
    async with asyncio.timeout(10):
        assert b" 413 " in await reader.readline()
    writer.close()


async def test_a_body_that_does_not_come_is_408(porch: Porch) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(porch.url.rpartition(":")[2]))
    writer.write(f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\nContent-Length: 9\r\n\r\n{{".encode())
    async with asyncio.timeout(10):
        assert b" 408 " in await reader.readline()
    writer.close()


async def test_get_reads_and_never_writes(porch: Porch) -> None:
    read = await porch.get(query="query A($n: String!) { __type(name: $n) { name } }", variables='{"n":"Query"}')
    assert read.json() == {"data": {"__type": {"name": "Query"}}}
    for accept in (JSON, GRAPHQL):
        write = await porch.get({"accept": accept}, query="mutation { __typename }")
        assert write.status_code == 405 and write.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "parameters",
    [{}, {"query": ""}, {"query": "{__typename}", "variables": "{"}, {"query": "{__typename}", "variables": "[]"}],
)
async def test_malformed_addresses_are_400(porch: Porch, parameters: dict[str, str]) -> None:
    assert (await porch.get(**parameters)).status_code == 400


async def test_a_parameter_given_twice_is_400(porch: Porch) -> None:
    answer = await porch.http.get("/graphql?query={__typename}&query={me{id}}", headers=PREFLIGHT)
    assert answer.status_code == 400


TWO = "query A { __typename } query B { me { id } }"


async def test_which_operation_must_be_clear(porch: Porch) -> None:
    for name, fits in ((None, False), ("", False), ("C", False), ("A", True)):
        answer = await porch.post(TWO, {"accept": GRAPHQL}, operationName=name)
        assert (answer.status_code == 200) is fits, answer.text
    answer = await porch.post("fragment F on Query { __typename }", {"accept": GRAPHQL})
    assert answer.status_code == 400


async def test_a_subscription_needs_a_stream(porch: Porch) -> None:
    answer = await porch.post('subscription { attemptChanged(id: "x") { id } }', {"accept": JSON})
    assert answer.status_code == 406 and "text/event-stream" in answer.json()["errors"][0]["message"]


async def test_answers_are_kept_by_nobody(porch: Porch) -> None:
    answer = await porch.get(query="{ __typename }")
    assert answer.headers["cache-control"] == "no-store"
    assert {"Accept", "Authorization"} <= set(answer.headers["vary"].split(", "))
