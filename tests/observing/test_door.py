"""What the door counts, and that nobody from outside can make the list of what is counted grow."""

import asyncio
import json
import random
import string
from importlib.metadata import version
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import async_sessionmaker

from picrete_gql.gateways.bus import Bus
from picrete_gql.resolvers import accounts, works
from picrete_gql.runtime import open_engine
from picrete_gql.schema._door.persisted import sha256
from picrete_gql.settings import Settings
from tests.attempts.steps import class_of, handed_in
from tests.door.conftest import changed
from tests.door.porch import Porch, open_porch
from tests.observing.scraped import BEARER, TOKEN, Scrape, counted, grows

VERSION = "query Version { __typename }"
RENAMED = "subscription Watching($id: ID!) { workChanged(id: $id) { title } }"


async def scrape(porch: Porch) -> Scrape:
    return Scrape(await porch.http.get("/metrics", headers=BEARER))


async def test_only_the_token_opens_it(porch: Porch, settings: Settings) -> None:
    for header in (
        "",
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        "Bearer ключ-доступа-сюда",
    ):
        answer = await porch.http.get("/metrics", headers=[(b"authorization", header.encode())])
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer", header
        assert "uploads_total" not in answer.text
    found = await porch.http.get("/metrics", headers=BEARER)
    assert found.headers["content-type"].startswith("text/plain") and found.headers["cache-control"] == "no-store"
    async with open_porch(settings) as other:
        assert (await other.http.get("/metrics", headers=BEARER)).status_code == 404


async def test_whoever_scrapes_comes_by_address(settings: Settings) -> None:
    named = changed(settings, http={"trusted_hosts": ["api.example.org"]}, metrics={"token": SecretStr(TOKEN)})
    async with open_porch(named) as porch:
        assert (await porch.http.get("/metrics", headers=BEARER)).status_code == 200
        assert (await porch.http.get("/healthz")).status_code == 400


async def test_openmetrics_for_whoever_asks(porch: Porch) -> None:
    accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
    answer = await porch.http.get("/metrics", headers={**BEARER, "accept": accept})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n") and answer.text.count("# EOF") == 1
    assert "oldest_waiting_job_seconds{" in answer.text


async def test_requests_by_route_method_and_status(porch: Porch) -> None:
    with (
        grows(1, "http_requests_total", route="/graphql", method="POST", status="200"),
        grows(1, "http_requests_total", route="/graphql", method="other", status="405"),
        grows(2, "http_requests_total", route="other", method="GET", status="404"),
    ):
        await porch.post(VERSION)
        await porch.http.request("PROPFIND", "/graphql")
        for path in ("/wp-login.php", "/graphql/../etc"):
            await porch.http.get(path)


async def test_operations_by_name_and_end(porch: Porch) -> None:
    with (
        grows(1, "graphql_operations_total", name="Version", kind="query", outcome="ok"),
        grows(1, "graphql_operations_total", name="anonymous", kind="query", outcome="refused"),
        grows(1, "graphql_operations_total", name="Bad", kind="query", outcome="refused"),
        grows(2, "graphql_operations_total", name="other", kind="unknown", outcome="refused"),
    ):
        await porch.post(VERSION)
        await porch.post("{ me { username } }")
        await porch.post('query Bad { work(id: "course_00") { id } }')
        await porch.post("query Nothing { nothing }")
        await porch.post("{")


async def test_a_fault_of_ours_is_told_from_what_clients_do(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    bearer = await porch.bearer("ada")
    monkeypatch.setattr(accounts.me, "body", None)
    with grows(1, "graphql_operations_total", name="Broken", kind="query", outcome="fault"):
        await porch.post("query Broken { me { username } }", bearer)


async def test_ten_thousand_names_melt_into_other(porch: Porch) -> None:
    most = porch.runtime.settings.metrics.operation_names
    names = porch.door.runner.names
    letters = random.Random(1)
    given = ["".join(letters.choices(string.ascii_letters, k=12)) for _ in range(10_000)]
    for name in given[:9_800]:
        names.of(porch.door.runner.documents._sound(f"query {name} {{ __typename }}")[0], by_stranger=True)
    await asyncio.gather(*(porch.post(f"query {name} {{ __typename }}") for name in given[9_800:]))
    assert len(names.known) == most // 2
    await porch.post("query OfTheApp { __typename }", await porch.bearer("ada"))
    assert "OfTheApp" in names.known
    assert counted("graphql_operations_total", name="other", kind="query", outcome="ok") >= 200
    told_apart = {
        sample.labels["name"]
        for family in REGISTRY.collect()
        for sample in family.samples
        if family.name == "graphql_operations"
    }
    assert not told_apart & set(given[9_800:])
    assert len((await scrape(porch)).text) < 500_000


async def test_with_trusted_documents_only_their_names_are_told_apart(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    file.write_text(json.dumps({sha256(text): text for text in ("query Trusted { __typename }",)}))
    async with open_porch(changed(settings, graphql={"documents": str(file)})) as porch:
        with (
            grows(1, "graphql_operations_total", name="Trusted", kind="query", outcome="ok"),
            grows(1, "graphql_operations_total", name="other", kind="query", outcome="ok"),
            grows(0, "graphql_operations_total", name="Invented", kind="query", outcome="ok"),
        ):
            await porch.post("query Trusted { __typename }")
            await porch.post("query Invented { __typename }")


async def test_a_live_view_is_counted_from_its_beginning_to_each_frame(porch: Porch) -> None:
    _, work = await class_of(porch.world)
    teacher, subscribers = await porch.world.person("teacher"), counted("live_subscribers")
    async with porch.signed_in("teacher") as one, porch.signed_in("teacher") as two:
        assert counted("open_sockets") == 2
        for wire in (one, two):
            await wire.subscribe(RENAMED, variables={"id": f"work_{work.id.hex}"})
            await wire.hear()
        assert counted("live_subscribers") == subscribers + 2
        assert counted("live_groups") == 1
        with (
            grows(1, "live_delivery_seconds_count"),
            grows(2, "live_frames_total"),
            grows(1, "bus_rings_total", way="sent"),
        ):
            await works.update(teacher, work.id, {"title": "Новая"})
            for wire in (one, two):
                await wire.hear()
            await asyncio.sleep(0)
    assert counted("graphql_operations_total", name="Watching", kind="subscription", outcome="begun") >= 2
    async with asyncio.timeout(10):
        while counted("live_subscribers") > subscribers or counted("live_groups") or counted("open_sockets"):
            await asyncio.sleep(0.02)


async def test_the_oldest_of_what_waits_is_seen_by_the_api_without_any_worker(porch: Porch) -> None:
    assert (await scrape(porch))("oldest_waiting_job_seconds", kind="photo.read") == 0
    _, work = await class_of(porch.world, "ada")
    await handed_in(porch.world, "ada", work)
    for seconds in (60, 240):
        porch.clock.forward(seconds=seconds)
        seen = await scrape(porch)
        assert seen("waiting_jobs", kind="photo.read") == 1 and seen("waiting_jobs_known") == 1
    assert 300 <= (seen("oldest_waiting_job_seconds", kind="photo.read") or 0) < 360
    assert seen("worker_alive") == 0


async def test_a_healed_ring_is_counted(porch: Porch) -> None:
    _, work = await class_of(porch.world)
    teacher = await porch.world.person("teacher")
    healed = counted("bus_healed_total")
    # Another process changes the work, and its message is lost.
    bus, porch.runtime.gateways.bus = porch.runtime.gateways.bus, Bus(porch.runtime.gateways.redis)
    porch.runtime.gateways.bus.name = bus.name
    await works.update(teacher, work.id, {"title": "Тихо"})
    porch.runtime.gateways.bus = bus
    async with asyncio.timeout(10):
        while counted("bus_healed_total") == healed:
            await asyncio.sleep(0.05)


async def test_it_says_when_the_rows_cannot_be_read(porch: Porch, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = porch.runtime.settings.database.model_copy(update={"url": "postgresql://nobody:x@127.0.0.1:1/none"})
    monkeypatch.setattr(porch.runtime, "sessions", async_sessionmaker(open_engine(nowhere)))
    seen = await scrape(porch)
    assert seen("waiting_jobs_known") == 0 and seen("waiting_jobs", kind="photo.read") is None
    assert seen("build_info", version=version("picrete-gql")) == 1
