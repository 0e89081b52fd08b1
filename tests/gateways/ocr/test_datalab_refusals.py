"""Faults while a page is handed in: what may pass by itself, what will not, and what is told about it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.problems import Refused, Unavailable
from tests.gateways.ocr.pages import blank, settings_of
from tests.servers.datalab import DatalabServer
from tests.servers.datalab_answers import Fault

PAGE = blank()
PASSING = {
    "429": "HTTP 429: Rate limit exceeded",
    "500": "HTTP 500: Internal server error",
    "503": "HTTP 503",
    "529": "overloaded",
    "html502": "HTTP 502: 502 Bad Gateway",
    "html200": "Please sign in to the network",
    "quota": "Page rate limit exceeded",
    "reset": "ReadError",
}
FINAL = {
    "400": "Unsupported file type",
    "401": "Invalid API key",
    "403": "subscription has expired",
    "404": "Not found",
    "413": "File too large",
    "422": "HTTP 422: Field required",
    "success_false": "could not be opened",
    "redirect": "HTTP 307",
    "not_json": "HTTP 200",
}


@pytest.mark.parametrize("fault", PASSING)
async def test_what_may_pass_is_unavailable(server: DatalabServer, client: Datalab, fault: str) -> None:
    server.script([fault])
    with pytest.raises(Unavailable) as raised:
        await client.submit(PAGE)
    assert PASSING[fault] in raised.value.detail
    assert raised.value.retry_after is None
    assert server.requests == 1, "the gateway asks once"
    assert (await client.submit(PAGE)).request_id


@pytest.mark.parametrize("fault", FINAL)
async def test_what_will_not_pass_is_refused(server: DatalabServer, client: Datalab, fault: str) -> None:
    server.script([fault])
    with pytest.raises(Refused) as raised:
        await client.submit(PAGE)
    assert FINAL[fault] in raised.value.detail
    assert "secret words" not in raised.value.detail
    assert server.requests == 1


async def test_a_file_that_is_no_image_is_refused_by_the_service(server: DatalabServer, client: Datalab) -> None:
    with pytest.raises(Refused, match="DataLab"):
        await client.submit(b"ftypheic and so on")
    assert server.submits == 0


@pytest.mark.parametrize("status", ["429", "500", "529"])
async def test_the_wait_that_was_asked_for_is_passed_on(server: DatalabServer, client: Datalab, status: str) -> None:
    server.script([Fault(status, retry_after="7.5")])
    with pytest.raises(Unavailable) as raised:
        await client.submit(PAGE)
    assert raised.value.retry_after == 7.5


async def test_the_wait_may_be_a_date(server: DatalabServer, client: Datalab) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.script([Fault("429", retry_after=later)])
    with pytest.raises(Unavailable) as raised:
        await client.submit(PAGE)
    assert raised.value.retry_after == pytest.approx(89, abs=3)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("soon", None), ("nan", None), ("inf", None), ("-5", 0), ("", None), ("1e300", 86_400), ("99 Foo 2026", None)],
)
async def test_an_odd_wait_does_no_harm(
    server: DatalabServer, client: Datalab, header: str, seconds: float | None
) -> None:
    server.script([Fault("429", retry_after=header)])
    with pytest.raises(Unavailable) as raised:
        await client.submit(PAGE)
    assert raised.value.retry_after == seconds


async def test_what_the_provider_said_is_cut(server: DatalabServer, client: Datalab) -> None:
    server.script([Fault("500", detail="x" * 100_000)])
    with pytest.raises(Unavailable) as raised:
        await client.submit(PAGE)
    assert 100 < len(raised.value.detail) <= 300


async def test_a_body_that_never_ends_is_given_up(server: DatalabServer) -> None:
    client = Datalab(settings_of(server, request_timeout=0.3))
    server.script(["slow_body"])
    began = time.monotonic()
    with pytest.raises(Unavailable, match="temporarily"):
        await client.submit(PAGE)
    assert time.monotonic() - began < 3
    await client.close()


async def test_nobody_listens(server: DatalabServer) -> None:
    with DatalabServer() as gone:
        settings = settings_of(gone)
    client = Datalab(settings)
    with pytest.raises(Unavailable):
        await client.submit(PAGE)
    await client.close()


async def test_handing_in_can_be_cancelled(server: DatalabServer, client: Datalab) -> None:
    server.script(["slow_body"])
    task = asyncio.create_task(client.submit(PAGE))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)
    assert (await client.submit(PAGE)).request_id
