"""What a page becomes when everything goes well, and when the answer is poorer than promised."""

import asyncio
from decimal import Decimal

import pytest

from picrete_gql.gateways.ocr import TicketLost
from picrete_gql.gateways.ocr.datalab import Datalab
from picrete_gql.gateways.ocr.geometry import WHOLE
from tests.gateways.ocr.pages import blank, settings_of
from tests.servers.datalab import DatalabServer

PAGE = blank()


async def test_a_page_is_handed_in_once_and_read(server: DatalabServer, client: Datalab) -> None:
    server.read = lambda image: "Задача 1\n$\\frac{m}{M} < 5$ моль\n2H2 + O2 = 2H2O" if image == PAGE else "?"
    ticket = await client.submit(PAGE)
    read = await client.collect(ticket, PAGE)
    assert ticket.check_url == f"{server.url}/convert/{ticket.request_id}"
    assert read.text == "Задача 1\n\\frac{m}{M} < 5 моль\n2H2 + O2 = 2H2O"
    assert read.markdown.startswith("Задача 1\n\n$\\frac{m}{M} < 5$ моль")
    assert [(block.id, block.type) for block in read.blocks][:2] == [
        ("/page/0/Handwriting/0", "Handwriting"),
        ("/page/0/Equation/1", "Equation"),
    ]
    assert (read.engine, read.model, read.quality, read.cost) == ("datalab", "accurate", 0.84, Decimal("0.006"))
    assert (server.submits, server.polls_seen) == (1, 2)


async def test_coordinates_are_scaled_from_the_frame_of_the_page(server: DatalabServer, client: Datalab) -> None:
    server.read = lambda image: "раз\nдва"
    first, second = (await client.collect(await client.submit(PAGE), PAGE)).blocks
    assert first.polygon == ((0.1, 0.05), (0.9, 0.05), (0.9, 0.45), (0.1, 0.45))
    assert second.polygon == ((0.1, 0.55), (0.9, 0.55), (0.9, 0.95), (0.1, 0.95))


async def test_the_form_asks_for_one_page_without_made_up_captions(server: DatalabServer) -> None:
    client = Datalab(settings_of(server, mode="fast"))
    await client.submit(PAGE)
    await client.close()
    assert server.forms == [
        {
            "output_format": "chunks,markdown",
            "mode": "fast",
            "max_pages": "1",
            "disable_image_captions": "true",
            "disable_image_extraction": "true",
        }
    ]


async def test_the_older_path_is_a_setting() -> None:
    with DatalabServer(path="/marker") as server:
        client = Datalab(settings_of(server, path="/marker", url=server.url + "/"))
        assert (await client.collect(await client.submit(PAGE), PAGE)).text
        await client.close()


async def test_another_process_resumes_without_paying_twice(server: DatalabServer, client: Datalab) -> None:
    ticket = await client.submit(PAGE)
    other = Datalab(settings_of(server))
    assert (await other.collect(ticket, PAGE)).text == (await client.collect(ticket, PAGE)).text
    await other.close()
    assert server.submits == 1


async def test_many_pages_at_once_keep_their_own_texts(server: DatalabServer, client: Datalab) -> None:
    pages = {blank((40 + number, 40)): f"страница {number}" for number in range(12)}
    server.read = lambda image: pages[image]

    async def read(image: bytes) -> str:
        return (await client.collect(await client.submit(image), image)).text

    assert await asyncio.gather(*map(read, pages)) == list(pages.values())
    assert set(server.files.values()) == {1}


@pytest.mark.parametrize("fault", ["no_geometry", "no_page_info", "odd_geometry"])
async def test_blocks_without_a_place_stand_on_the_whole_page(
    server: DatalabServer, client: Datalab, fault: str
) -> None:
    server.script([fault])
    read = await client.collect(await client.submit(PAGE), PAGE)
    assert [block.polygon for block in read.blocks] == [WHOLE] * 3
    assert read.blocks[1].text == "2H2 + O2 = 2H2O"


async def test_without_blocks_the_markdown_is_the_text(server: DatalabServer, client: Datalab) -> None:
    server.read = lambda image: "**Ответ**: 2 * 18 = $36$ г\nвсё"
    server.script(["no_blocks"])
    read = await client.collect(await client.submit(PAGE), PAGE)
    assert (read.text, read.blocks) == ("Ответ: 2 * 18 = 36 г\nвсё", ())


async def test_an_empty_page_is_read_as_empty(server: DatalabServer, client: Datalab) -> None:
    server.read = lambda image: ""
    read = await client.collect(await client.submit(PAGE), PAGE)
    assert (read.text, read.markdown, read.blocks) == ("", "", ())


async def test_an_expired_result_is_a_lost_ticket() -> None:
    with DatalabServer(polls=0, ttl=0.1) as server:
        client = Datalab(settings_of(server))
        ticket = await client.submit(PAGE)
        assert (await client.collect(ticket, PAGE)).text
        await asyncio.sleep(0.2)
        with pytest.raises(TicketLost, match="404"):
            await client.collect(ticket, PAGE)
        await client.close()


async def test_no_ticket_at_all_is_a_lost_ticket(client: Datalab) -> None:
    with pytest.raises(TicketLost):
        await client.collect(None, PAGE)
