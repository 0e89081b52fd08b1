"""The key goes to the provider's own host over https, or to the configured base, and nowhere else."""

import pytest

from picrete_gql.gateways.ocr import Ticket
from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.gateways.ocr.wire import Wire
from picrete_gql.problems import Refused, Unavailable
from picrete_gql.settings import Ocr
from tests.gateways.ocr.pages import blank
from tests.servers.datalab import DatalabServer
from tests.servers.datalab_answers import Fault

PAGE = blank()
BASE = "http://ocr.school.example:8080/api/v1"


async def wire(base: str = BASE) -> Wire:
    return Wire(base, "k3y", connect_timeout=1, request_timeout=1, max_bytes=1000)


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("https://www.datalab.to/api/v1/convert/a1", "https://www.datalab.to/api/v1/convert/a1"),
        ("https://WWW.DATALAB.TO:443/x?y=1", "https://www.datalab.to/x?y=1"),
        ("https://datalab.to/x", "https://datalab.to/x"),
        (f"{BASE}/convert/a1", f"{BASE}/convert/a1"),
        ("/api/v1/convert/a1", f"{BASE}/convert/a1"),
        ("convert/a1", f"{BASE}/convert/a1"),
        ("?id=a1", f"{BASE}/?id=a1"),
    ],
)
async def test_where_the_key_may_go(url: str, whole: str) -> None:
    asking = await wire()
    assert asking.trusted(url) == whole
    await asking.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://www.datalab.to/api/v1/convert/a1",
        "https://elsewhere.example/api/v1/convert/a1",
        "https://datalab.to.elsewhere.example/a1",
        "https://notdatalab.to/a1",
        "https://www.datalab.to@elsewhere.example/a1",
        "https://www.datalab.to:8443/a1",
        "https://user@www.datalab.to/a1",
        "https://www.datalab.to\\@elsewhere.example/a1",
        "https://elsewhere.example\\.datalab.to/a1",
        "https://elsewhere.example#.datalab.to/a1",
        "https://elsewhere.example?.datalab.to/a1",
        "//elsewhere.example/a1",
        "http://ocr.school.example/api/v1/convert/a1",
        "https://ocr.school.example:8080/api/v1/convert/a1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[::1/a1",
        "https://\x00.datalab.to/",
    ],
)
async def test_where_the_key_may_not_go(url: str) -> None:
    asking = await wire()
    with pytest.raises(Refused):
        asking.trusted(url)
    await asking.close()


async def test_a_foreign_check_address_is_refused_and_never_called(server: DatalabServer, client: Datalab) -> None:
    with DatalabServer() as foreign:
        server.foreign = foreign.origin
        server.script(["foreign_check_url", "evil_check_url", "redirect", "redirect@poll"])
        for _ in range(3):
            with pytest.raises(Refused):
                await client.submit(PAGE)
        with pytest.raises(Refused):
            await client.collect(await client.submit(PAGE), PAGE)
        with pytest.raises(Refused):
            await client.collect(Ticket("a1", f"{foreign.url}/convert/a1"), PAGE)
        assert foreign.requests == 0
    assert set(server.keys) == {server.key}


@pytest.mark.parametrize("fault", ["relative_check_url", "no_check_url"])
async def test_a_relative_or_missing_check_address_is_completed(
    server: DatalabServer, client: Datalab, fault: str
) -> None:
    server.script([fault])
    ticket = await client.submit(PAGE)
    assert ticket.check_url == f"{server.url}/convert/{ticket.request_id}"
    assert (await client.collect(ticket, PAGE)).text


async def test_a_provider_that_repeats_the_key_is_not_quoted(server: DatalabServer, client: Datalab) -> None:
    server.script([Fault("401", detail=f"unknown key {server.key}, sorry"), Fault("500", detail=f"{server.key} broke")])
    with pytest.raises(Refused) as refused:
        await client.submit(PAGE)
    with pytest.raises(Unavailable) as unavailable:
        await client.submit(PAGE)
    assert refused.value.detail == "HTTP 401: unknown key ***, sorry"
    assert server.key not in unavailable.value.detail


@pytest.mark.parametrize("key", ["", "ключ", "a b", "a\nb", "a\r\nX-Evil: 1"])
async def test_a_key_that_no_header_carries_is_refused_before_the_first_question(key: str) -> None:
    with pytest.raises(Refused) as raised:
        Datalab(Ocr.model_validate({"provider": "datalab", "key": key}))
    assert "PICRETE_OCR__KEY" in raised.value.detail
    assert not key or key not in raised.value.detail


@pytest.mark.parametrize("url", ["", "ftp://x/", "www.datalab.to", "http://", "https://u:p@www.datalab.to/api"])
async def test_a_base_that_nobody_answers_at_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        Datalab(Ocr.model_validate({"provider": "datalab", "key": "k", "url": url}))
