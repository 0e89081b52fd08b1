"""However many files come at once, only so many are in memory: the others wait on disk or in the store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from io import BytesIO

import httpx2
import pytest

from picrete_gql.models import PhotoStatus
from picrete_gql.problems import RateLimited
from picrete_gql.resolvers import photos
from tests import images
from tests.attempts.steps import at_once, class_of, pages_of
from tests.support.world import World


@asynccontextmanager
async def none_free(world: World) -> AsyncIterator[None]:
    """All places are taken during the block."""
    places, taken = world.runtime.file_places, world.runtime.settings.photos.in_hand
    for _ in range(taken):
        await places.acquire()
    yield
    for _ in range(taken):
        places.release()


async def test_a_file_that_waits_is_not_read(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt, body = await world.start("ada", work), BytesIO(images.jpeg(images.page(1)))
    async with none_free(world):
        sent = asyncio.create_task(photos.upload(await world.person("ada"), attempt.id, "page.jpg", body))
        while not world.runtime.file_places._waiters:
            await asyncio.sleep(0.01)
        assert body.tell() == 0 and not await pages_of(world, attempt.id)
    assert (await sent).status is PhotoStatus.PENDING


async def test_a_file_in_the_store_waits_there(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    ticket = await photos.begin_upload(await world.person("ada"), attempt.id, "page.jpg")
    async with none_free(world):
        confirmed = asyncio.create_task(photos.confirm_upload(await world.person("ada"), ticket.photo.id))
        while not world.runtime.file_places._waiters:
            await asyncio.sleep(0.01)
        # It has not been looked for yet, so that it is not there is no refusal.
        async with httpx2.AsyncClient() as http:
            await http.put(ticket.url, content=images.jpeg(images.page(1)))
    assert (await confirmed).status is PhotoStatus.PENDING


async def test_where_too_many_wait_further_ones_are_told_at_once(world: World) -> None:
    _, work = await class_of(world, "ada", "eve")
    world.runtime.settings.photos.waiting = 2
    ada, eve = await world.person("ada"), await world.person("eve")
    mine, hers = await world.start("ada", work), await world.start("eve", work)
    reserved = await photos.begin_upload(eve, hers.id, "page.jpg")
    async with httpx2.AsyncClient() as http:
        await http.put(reserved.url, content=images.jpeg(images.page(9)))
    async with none_free(world):
        sent = [
            asyncio.create_task(photos.upload(ada, mine.id, "page.jpg", images.jpeg(images.page(n)))) for n in (1, 2)
        ]
        while world.runtime.file_places.waiting < 2:
            await asyncio.sleep(0.01)
        for again in (
            photos.upload(eve, hers.id, "page.jpg", images.jpeg(images.page(3))),
            photos.confirm_upload(eve, reserved.photo.id),
        ):
            with pytest.raises(RateLimited, match="15"):
                await asyncio.wait_for(again, 10)
        # The bot has the time.
        other = replace(eve, door="telegram")
        sent.append(asyncio.create_task(photos.upload(other, hers.id, "page.jpg", images.jpeg(images.page(4)))))
        while world.runtime.file_places.waiting < 3:
            await asyncio.sleep(0.01)
    assert {photo.status for photo in await asyncio.gather(*sent)} == {PhotoStatus.PENDING}
    assert world.runtime.file_places.waiting == 0
    assert (await photos.confirm_upload(eve, reserved.photo.id)).status is PhotoStatus.PENDING


async def test_a_place_is_given_back_whatever_happens(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt, most = await world.start("ada", work), world.runtime.settings.photos.in_hand
    ada = await world.person("ada")
    refused = await at_once(photos.upload(ada, attempt.id, "page.jpg", b"no picture") for _ in range(most + 2))
    missing = await photos.begin_upload(ada, attempt.id, "page.jpg")
    lost = await at_once(photos.confirm_upload(ada, missing.photo.id) for _ in range(most + 2))
    assert all(isinstance(one, Exception) for one in (*refused, *lost))
    assert (await world.photo("ada", attempt.id)).status is PhotoStatus.PENDING
