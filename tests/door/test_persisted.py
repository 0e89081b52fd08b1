"""Documents by their hash: Apollo's APQ, `documentId`, and a trusted list."""

import json
from pathlib import Path
from typing import Any

import pytest

from picrete_gql.schema._door.persisted import read_trusted, sha256
from tests.door.conftest import Opener
from tests.door.porch import GRAPHQL, Porch

QUERY = "query Persisted { __typename }"
NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"


def by_hash(hash_: Any, version: Any = 1) -> dict[str, Any]:
    """The extension of APQ."""
    return {"persistedQuery": {"version": version, "sha256Hash": hash_}}


async def send(porch: Porch, **body: Any) -> Any:
    """A request as it is."""
    return await porch.http.post("/graphql", json=body, headers={"accept": GRAPHQL})


async def test_a_document_is_registered_once_and_then_named(porch: Porch) -> None:
    query = QUERY + " # registered once"
    unknown = await send(porch, extensions=by_hash(sha256(query)))
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert unknown.json()["errors"][0]["extensions"]["code"] == NOT_FOUND
    assert (await send(porch, query=query, extensions=by_hash(sha256(query)))).json() == {
        "data": {"__typename": "Query"}
    }
    for body in (
        {"extensions": by_hash(sha256(query))},
        {"documentId": f"sha256:{sha256(query)}"},
        {"documentId": sha256(query)},
    ):
        assert (await send(porch, **body)).json() == {"data": {"__typename": "Query"}}
    address = await porch.get(extensions=json.dumps(by_hash(sha256(query))))
    assert address.json() == {"data": {"__typename": "Query"}}
    async with porch.signed_in() as wire:
        await wire.say(id="1", type="subscribe", payload={"extensions": by_hash(sha256(query))})
        assert (await wire.hear())["payload"] == {"data": {"__typename": "Query"}}


async def test_processes_share_what_they_remember(opener: Opener) -> None:
    query = QUERY + " # shared"
    async with opener() as one, opener() as two:
        await send(one, query=query, extensions=by_hash(sha256(query)))
        assert "data" in (await send(two, extensions=by_hash(sha256(query)))).json()


async def test_without_redis_a_process_remembers_for_itself(opener: Opener) -> None:
    query = QUERY + " # alone"
    async with opener(redis={"url": "redis://127.0.0.1:1/0"}) as porch:
        await send(porch, query=query, extensions=by_hash(sha256(query)))
        assert "data" in (await send(porch, extensions=by_hash(sha256(query)))).json()
        assert NOT_FOUND in (await send(porch, extensions=by_hash("0" * 64))).text


async def test_what_lies_in_redis_is_checked(porch: Porch) -> None:
    hash_ = sha256(QUERY + " # forged")
    await porch.runtime.gateways.redis.set(f"picrete:document:{hash_}", "{ me { id } }")
    assert NOT_FOUND in (await send(porch, extensions=by_hash(hash_))).text


@pytest.mark.parametrize(
    "body",
    [
        {"query": QUERY, "extensions": by_hash("0" * 64)},
        {"extensions": by_hash("short")},
        {"extensions": by_hash(7)},
        {"extensions": by_hash(None)},
        {"extensions": by_hash("A" * 64)},
        {"extensions": by_hash("0" * 64, 2)},
        {"extensions": {"persistedQuery": 7}},
        {"extensions": {"persistedQuery": []}},
        {"documentId": "md5:0"},
        {"documentId": 7},
        {"documentId": "0" * 64, "extensions": by_hash("0" * 64)},
    ],
)
async def test_malformed_hashes_are_400(porch: Porch, body: dict[str, Any]) -> None:
    for accept in (GRAPHQL, "application/json"):
        answer = await porch.http.post("/graphql", json=body, headers={"accept": accept})
        assert answer.status_code == 400 and NOT_FOUND not in answer.text


async def test_apq_can_be_off(opener: Opener) -> None:
    async with opener(graphql={"automatic_persisted": False}) as porch:
        assert "data" in (await send(porch, query=QUERY, extensions=by_hash(sha256(QUERY)))).json()
        answer = await send(porch, extensions=by_hash(sha256(QUERY)))
        assert answer.json()["errors"][0]["message"] == "PersistedQueryNotSupported"


async def test_strictly_only_trusted_documents_run(opener: Opener, tmp_path: Path) -> None:
    file = tmp_path / "trusted.json"
    file.write_text(json.dumps({f"sha256:{sha256(QUERY)}": QUERY}))
    async with opener(graphql={"documents": str(file), "trusted_only": True}) as porch:
        for body in ({"documentId": sha256(QUERY)}, {"query": QUERY}, {"extensions": by_hash(sha256(QUERY))}):
            assert (await send(porch, **body)).json() == {"data": {"__typename": "Query"}}
        other = "{ __schema { description } }"
        for body in (
            {"query": other},
            {"query": other, "extensions": by_hash(sha256(other))},
            {"documentId": "0" * 64},
        ):
            answer = await send(porch, **body)
            assert answer.status_code == 400 and NOT_FOUND in answer.text
        async with porch.signed_in() as wire:
            await wire.subscribe(other)
            assert (await wire.hear())["type"] == "error"


@pytest.mark.parametrize("text", ["[]", '{"abc": "{ __typename }"}', json.dumps({sha256(QUERY): 7})])
def test_a_wrong_list_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "trusted.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=str(file)):
        read_trusted(str(file))
