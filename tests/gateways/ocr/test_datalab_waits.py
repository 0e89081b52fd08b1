"""Faults while the reading is waited for: a page that was paid for is not lost to a passing fault."""

import asyncio
import time

import pytest

from picrete_gql.gateways.ocr import TicketLost
from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.problems import Refused, Unavailable
from tests.gateways.ocr.pages import blank, settings_of
from tests.servers.datalab import DatalabServer
from tests.servers.datalab_answers import Fault

PAGE = blank()


@pytest.mark.parametrize("fault", ["429", "500", "503", "529", "html502", "html200", "reset"])
async def test_a_passing_fault_only_costs_a_turn(server: DatalabServer, client: Datalab, fault: str) -> None:
    server.script([f"{fault}@poll"] * 3)
    read = await client.collect(await client.submit(PAGE), PAGE)
    assert read.text.startswith("Задача 1")
    assert (server.submits, server.faults) == (1, [])


async def test_a_slow_body_only_costs_a_turn(server: DatalabServer) -> None:
    client = Datalab(settings_of(server, request_timeout=0.3))
    ticket = await client.submit(PAGE)
    server.script(["slow_body@poll"])
    assert (await client.collect(ticket, PAGE)).text.startswith("Задача 1")
    await client.close()


async def test_the_wait_that_was_asked_for_is_kept(server: DatalabServer, client: Datalab) -> None:
    server.script([Fault("429", "poll", retry_after="0.5")])
    began = time.monotonic()
    assert (await client.collect(await client.submit(PAGE), PAGE)).text
    assert time.monotonic() - began >= 0.5


async def test_a_wait_longer_than_our_patience_goes_to_the_caller(server: DatalabServer, client: Datalab) -> None:
    server.script([Fault("429", "poll", retry_after="3600")])
    ticket = await client.submit(PAGE)
    began = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        await client.collect(ticket, PAGE)
    assert (raised.value.retry_after, server.polls_seen) == (3600, 1)
    assert time.monotonic() - began < 2
    assert (await client.collect(ticket, PAGE)).text, "the ticket still holds"


async def test_a_page_that_is_never_complete(server: DatalabServer) -> None:
    client = Datalab(settings_of(server, max_polls=5))
    server.script(["never"])
    with pytest.raises(Unavailable) as raised:
        await client.collect(await client.submit(PAGE), PAGE)
    assert raised.value.detail == "not read after 5 polls"
    assert server.polls_seen == 5
    await client.close()


async def test_a_service_that_stays_down(server: DatalabServer) -> None:
    client = Datalab(settings_of(server, max_polls=4))
    ticket = await client.submit(PAGE)
    server.script(["529@poll"] * 9)
    with pytest.raises(Unavailable) as raised:
        await client.collect(ticket, PAGE)
    assert "HTTP 529" in raised.value.detail
    await client.close()


async def test_answers_that_hang_do_not_add_up_for_ever(server: DatalabServer) -> None:
    client = Datalab(settings_of(server, request_timeout=0.4, max_polls=20, poll_seconds=0.01))
    ticket = await client.submit(PAGE)
    server.script(["slow_body@poll"] * 20)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await client.collect(ticket, PAGE)
    assert time.monotonic() - began < 3
    await client.close()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("401@poll", "Invalid API key"),
        ("403@poll", "subscription"),
        ("complete_failed", "Could not read the page (INFERENCE)"),
        ("not_json@poll", "HTTP 200"),
        ("redirect@poll", "HTTP 307"),
    ],
)
async def test_a_final_failure_is_refused_at_once(
    server: DatalabServer, client: Datalab, fault: str, told: str
) -> None:
    server.script([fault])
    ticket = await client.submit(PAGE)
    with pytest.raises(Refused) as raised:
        await client.collect(ticket, PAGE)
    assert told in raised.value.detail


async def test_the_page_quota_at_the_end_spends_the_ticket(server: DatalabServer, client: Datalab) -> None:
    server.script(["complete_quota"])
    with pytest.raises(TicketLost, match="Page rate limit"):
        await client.collect(await client.submit(PAGE), PAGE)
    assert (await client.collect(await client.submit(PAGE), PAGE)).text


async def test_a_forgotten_page_is_a_lost_ticket(server: DatalabServer, client: Datalab) -> None:
    server.script(["gone@poll"])
    with pytest.raises(TicketLost):
        await client.collect(await client.submit(PAGE), PAGE)


async def test_an_answer_too_large_is_not_swallowed(server: DatalabServer) -> None:
    client = Datalab(settings_of(server), max_bytes=1_000_000)
    ticket = await client.submit(PAGE)
    server.script(["huge@poll"])
    with pytest.raises(Refused, match="refused") as raised:
        await client.collect(ticket, PAGE)
    assert "1000000 bytes" in raised.value.detail
    await client.close()


async def test_waiting_can_be_cancelled(server: DatalabServer, client: Datalab) -> None:
    server.script(["never"])
    ticket = await client.submit(PAGE)
    task = asyncio.create_task(client.collect(ticket, PAGE))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)
