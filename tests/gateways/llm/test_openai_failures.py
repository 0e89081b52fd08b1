"""What may pass by itself, what will not, and what is said of it."""

import asyncio
import logging
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from picrete_gql.gateways.llm.retry_after import retry_after
from picrete_gql.gateways.llm.said import MOST, read_failure
from picrete_gql.problems import Refused, Unavailable
from tests.gateways.llm.asking import ask

PASSING = {
    "408": "timed out",
    "409": "locked",
    "429": "rate_limit_exceeded",
    "500": "had an error",
    "503": "overloaded",
    "error200": "HTTP 200: Provider returned error",
    "choice_error": "HTTP 200: Provider fell over",
    "html200": "Sign in to the network",
    "html502": "502 Bad Gateway",
    "text500": "upstream connect error",
    "not_json": "HTTP 200",
    "no_choices": "without a message",
    "list": "HTTP 200",
    "reset": "Error",
}
FINAL = {
    "400": "is wrong",
    "401": "Incorrect API key",
    "403": "Country",
    "404": "does not exist",
    "413": "too large",
    "422": "Unprocessable",
    "insufficient_quota": "insufficient_quota",
    "billing": "billing_hard_limit_reached",
    "html403": "Just a moment",
    "redirect": "HTTP 307",
}


@pytest.mark.parametrize("fault", PASSING)
async def test_what_may_pass_by_itself(openai_server, llm, fault):
    openai_server.script([fault])
    with pytest.raises(Unavailable) as failed:
        await ask(llm)
    assert failed.value.what == "llm"
    assert failed.value.retry_after is None
    assert PASSING[fault] in failed.value.detail
    assert len(openai_server.calls) == 1
    assert (await ask(llm)).finish_reason == "stop"


@pytest.mark.parametrize("fault", FINAL)
async def test_what_will_not(openai_server, llm, fault):
    openai_server.script([fault])
    with pytest.raises(Refused) as failed:
        await ask(llm)
    assert FINAL[fault] in failed.value.detail
    assert len(openai_server.calls) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "2"}, 2),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-3"}, 0),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, None),
    ],
)
async def test_when_to_come_again(openai_server, llm, headers, seconds):
    for kind in ("429", "503"):
        openai_server.script([{"kind": kind, **headers}])
        with pytest.raises(Unavailable) as failed:
            await ask(llm)
        assert failed.value.retry_after == seconds


def test_when_to_come_again_as_a_date():
    now = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
    for moment, seconds in ((now + timedelta(seconds=30), 30), (now - timedelta(seconds=30), 0)):
        assert retry_after({"retry-after": format_datetime(moment, usegmt=True)}, now) == seconds
    assert retry_after({"retry-after": "Fri, 99 Nov 2026 12:00:00 GMT"}, now) is None
    assert retry_after({}, now) is None


@pytest.mark.parametrize("fault", ["hang", {"kind": "slow_body", "seconds": 10}])
async def test_a_server_that_does_not_come_to_an_end(openai_server, make_llm, fault):
    openai_server.script([fault])
    began = time.monotonic()
    with pytest.raises(Unavailable, match="unavailable") as failed:
        await ask(make_llm(openai_server, timeout=0.5))
    assert time.monotonic() - began < 4
    assert failed.value.detail == "no answer within 0.5 s"


async def test_nobody_listens(make_llm):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable) as failed:
        await ask(make_llm(f"http://127.0.0.1:{port}/v1"))
    assert "ConnectError" in failed.value.detail


async def test_an_address_that_is_none(make_llm):
    with pytest.raises(Unavailable) as failed:
        await ask(make_llm("nowhere"))
    assert "Protocol" in failed.value.detail


async def test_a_wrong_key_is_refused_and_never_repeated(openai_server, make_llm, caplog):
    caplog.set_level(logging.DEBUG)
    secret = "sk-proj-VerySecret123456"
    with pytest.raises(Refused) as failed:
        await ask(make_llm(openai_server, key=secret))
    openai_server.script([{"kind": "400", "message": f"bad key {secret} or Bearer {secret}"}])
    openai_server.key = secret
    with pytest.raises(Refused) as repeated:
        await ask(make_llm(openai_server, key=secret))
    for text in (failed.value.detail, repeated.value.detail, str(failed.value), repr(failed.value), caplog.text):
        assert "VerySecret" not in text
        assert "3456" not in text
        assert "sk-pr" not in text
    assert "Incorrect API key provided" in failed.value.detail


async def test_the_log_holds_no_words_of_the_student(openai_server, llm, caplog):
    caplog.set_level(logging.DEBUG)
    await ask(llm)
    openai_server.script(["500"])
    with pytest.raises(Unavailable):
        await ask(llm)
    assert "36 г" not in caplog.text
    assert "test-key" not in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "5",
        '"x"',
        "<",
        "<<<>>>",
        "{" * 100_000,
        "[" * 100_000,
        '{"error": null}',
        '{"error": []}',
        '{"error": 5}',
        '{"error": {"message": null}}',
        '{"error": {"metadata": {"raw": 5}}}',
        '{"detail": "x"}',
        '{"detail": [[1], {"loc": 3}]}',
        "<title></title>",
        "x" * 1_000_000,
        '{"error": {"message": ["a"], "code": {"b": 1}}}',
        "\x00\ud800",
    ],
)
def test_no_body_makes_it_fall_over(text):
    said = read_failure(text, "secret")
    assert len(said.words) <= MOST
    assert "\n" not in said.words


def test_what_a_relay_wraps_is_seen():
    said = read_failure(
        '{"error": {"message": "Provider returned error", "metadata": {"raw": "no response_format"}}}', ""
    )
    assert "response_format" in said.complaint
    assert "no response_format" in said.words


def test_what_a_validator_repeats_of_the_request_is_not_taken_for_its_complaint():
    said = read_failure(
        '{"detail": [{"loc": ["body", "model"], "msg": "unknown", "input": {"response_format": 1}}]}', ""
    )
    assert said.complaint == "body.model: unknown"


async def test_many_failures_leak_no_connections(openai_server, llm):
    openai_server.script(["reset", "500", "html502", "not_json"] * 5)
    results = await asyncio.gather(*(ask(llm, key=str(n)) for n in range(20)), return_exceptions=True)
    assert all(isinstance(result, Unavailable) for result in results)
    assert (await ask(llm)).content
