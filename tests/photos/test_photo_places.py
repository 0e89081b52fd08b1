"""However many files come at once, only so many are in memory: the others wait on disk or in the store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

import httpx2

from picrete_gql.models import PhotoStatus
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


async def test_a_place_is_given_back_whatever_happens(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt, most = await world.start("ada", work), world.runtime.settings.photos.in_hand
    ada = await world.person("ada")
    refused = await at_once(photos.upload(ada, attempt.id, "page.jpg", b"no picture") for _ in range(most + 2))
    missing = await photos.begin_upload(ada, attempt.id, "page.jpg")
    lost = await at_once(photos.confirm_upload(ada, missing.photo.id) for _ in range(most + 2))
    assert all(isinstance(one, Exception) for one in (*refused, *lost))
    assert (await world.photo("ada", attempt.id)).status is PhotoStatus.PENDING
