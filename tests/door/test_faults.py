"""What goes wrong inside stays inside: a client learns a request id, the log the rest."""

import json
import logging
from typing import Any

import pytest
import structlog

from tests.door.porch import GRAPHQL, Porch
from tests.door.test_sockets import CLOCK

SECRETS = (
    "Traceback",
    "asyncpg",
    "sqlalchemy",
    "SELECT",
    "UPDATE",
    "/picrete_gql",
    "site-packages",
    "graphql.",
    "relation",
)


@pytest.fixture
async def broken(porch: Porch) -> Any:
    """A database that lacks a table's column, as after a migration gone wrong."""
    async with porch.runtime.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE course RENAME COLUMN title TO title_")
    yield porch
    async with porch.runtime.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE course RENAME COLUMN title_ TO title")


async def test_a_fault_is_masked_and_found_by_its_id(broken: Porch) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        answer = await broken.post("{ courses { nodes { id } } x: __typename }", await broken.bearer("unlucky"))
    body = answer.json()
    assert body["data"] == {"courses": None, "x": "Query"}
    error = body["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert not [secret for secret in SECRETS if secret in answer.text], answer.text
    logged = [entry for entry in logs if entry.get("request_id") == error["extensions"]["requestId"]]
    assert logged and logged[0]["log_level"] == "error"


async def test_a_fault_on_a_socket_is_masked_too(broken: Porch) -> None:
    async with broken.signed_in("unlucky") as wire:
        with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
            await wire.subscribe("{ courses { nodes { id } } }")
            heard = await wire.hear()
        error = heard["payload"]["errors"][0]
        assert error["extensions"]["code"] == "INTERNAL" and not [s for s in SECRETS if s in json.dumps(heard)]
        assert error["extensions"]["requestId"] in {entry.get("request_id") for entry in logs}
        await wire.subscribe(CLOCK, "2")
        assert (await wire.hear_of("2"))["payload"] == {"data": {"__typename": "Query"}}


async def test_a_broken_sign_in_check_is_a_masked_500(porch: Porch) -> None:
    headers = {"accept": GRAPHQL, **await porch.bearer("somebody")}
    async with porch.runtime.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE sign_in RENAME COLUMN revoked_at TO revoked_at_")
    try:
        answer = await porch.post(CLOCK, headers)
        assert answer.status_code == 500
        assert answer.json()["errors"][0]["extensions"]["requestId"] == answer.headers["x-request-id"]
        assert not [secret for secret in SECRETS if secret in answer.text]
        async with porch.socket() as wire:
            await wire.say(type="connection_init", payload=await porch.bearer("somebody"))
            assert (await wire.closed())[0] == 4500
    finally:
        async with porch.runtime.engine.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE sign_in RENAME COLUMN revoked_at_ TO revoked_at")


async def test_a_wrong_variable_is_told_without_the_words_of_a_library(porch: Porch) -> None:
    query = "mutation($i: WorkCreateInput!) { workCreate(input: $i) { problem { code } } }"
    values: list[Any] = [
        {"startsAt": "tomorrow"},
        {"startsAt": 7},
        {"kind": "EXAM"},
        {"title": {"a": 1}},
        {"durationMinutes": 1.5},
        {"durationMinutes": 10**12},
        {"unknown": 1},
        7,
    ]
    for value in values:
        answer = await porch.post(query, {"accept": GRAPHQL}, variables={"i": value})
        assert answer.status_code == 400 and answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert not [secret for secret in SECRETS if secret in answer.text], answer.text


async def test_long_messages_are_cut(porch: Porch) -> None:
    answer = await porch.post("query($n: Int!) { __typename }", variables={"n": "x" * 100_000})
    assert len(answer.text) < 1000


async def test_a_clients_mistakes_are_no_news(porch: Porch, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for query in ("{", "{ nobody }", "{ me { id } }", "query($i: ID!) { node(id: $i) { id } }"):
            await porch.post(query)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING], caplog.text
