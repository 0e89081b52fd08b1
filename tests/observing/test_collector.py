"""Traces of real processes, as a collector receives them."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from picrete_gql.settings import Settings
from tests.door.conftest import changed
from tests.observing.test_processes import hand_in
from tests.servers.collector import Collector
from tests.support.house import House


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Somebody who takes traces."""
    with Collector() as running:
        yield running


@pytest.fixture
def traced(settings: Settings, collector: Collector) -> Settings:
    """Settings of processes that send their traces there."""
    headers = SecretStr("authorization=Bearer of-the-collector, x-tenant=chem")
    return changed(settings, tracing={"endpoint": collector.url, "headers": headers})


async def test_a_page_is_followed_from_the_api_into_the_worker(traced: Settings, collector: Collector) -> None:
    async with House.open(traced) as house:
        await hand_in(house, "ada")
        async with asyncio.timeout(30):
            while not collector.named("job photo.read"):
                await asyncio.sleep(0.2)
    [job] = collector.named("job photo.read")
    [submitted] = collector.named("attempts.hand_in")
    assert (job.service, submitted.service) == ("picrete-worker", "picrete-api")
    assert job.links == [submitted.trace]
    assert {one.trace for one in collector.named("ocr.collect")} == {job.trace}
    assert collector.headers["authorization"] == "Bearer of-the-collector" and collector.headers["x-tenant"] == "chem"


async def test_a_collector_that_is_away_stops_nothing(traced: Settings, collector: Collector) -> None:
    collector.status = 503
    async with House.open(traced) as house:
        await hand_in(house, "ada")
        began = time.monotonic()
    assert time.monotonic() - began < 20, "a process did not end in time"
    assert collector.received == []
