"""The object store goes away in the middle: a clear answer, nothing half done, and afterwards everything works."""

import httpx2
import pytest
from sqlalchemy.exc import DBAPIError

from picrete_gql.models import PhotoStatus
from picrete_gql.problems import Code, Unavailable
from picrete_gql.resolvers import photos
from tests import images
from tests.attempts.steps import away, change, class_of, pages_of
from tests.servers.stack import Servers
from tests.support.world import World

DISK_FULL = " RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$"


async def test_an_upload_says_so_and_can_be_sent_again(world: World, servers: Servers) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    first = await world.photo("ada", attempt.id, seed=1)
    ticket = await photos.begin_upload(await world.person("ada"), attempt.id, "third.jpg")
    async with httpx2.AsyncClient() as http:
        await http.put(ticket.url, content=images.jpeg())
    async with away(servers.stack.storage):
        for call in (
            world.photo("ada", attempt.id, seed=2),
            photos.confirm_upload(await world.person("ada"), ticket.photo.id),
        ):
            with pytest.raises(Unavailable) as refused:
                await call
            assert refused.value.code is Code.UNAVAILABLE and refused.value.what == "storage"
        states = [(photo.id, photo.status) for photo in await pages_of(world, attempt.id)]
        assert states == [(first.id, PhotoStatus.PENDING), (ticket.photo.id, PhotoStatus.UPLOADING)]
    again = await world.photo("ada", attempt.id, seed=2)
    confirmed = await photos.confirm_upload(await world.person("ada"), ticket.photo.id)
    assert (confirmed.number, again.number) == (2, 3)
    stored = {found.key for found in await world.runtime.gateways.storage.list("")}
    assert stored == {first.key, again.key, confirmed.key}


async def test_what_a_student_takes_out_is_gone_even_so(world: World, servers: Servers) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    photo = await world.photo("ada", attempt.id)
    async with away(servers.stack.storage):
        await photos.remove(await world.person("ada"), photo.id)
    assert await pages_of(world, attempt.id) == []
    world.clock.forward(minutes=31)
    assert await photos.remove_orphans(world.system) == 1


async def test_a_row_that_fails_takes_its_object_along(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    await change(world, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN" + DISK_FULL)
    await change(
        world,
        "CREATE TRIGGER refuse BEFORE UPDATE ON photo FOR EACH ROW WHEN (new.status = 'pending')"
        " EXECUTE FUNCTION refuse()",
    )
    with pytest.raises(DBAPIError, match="disk full"):
        await world.photo("ada", attempt.id)
    assert await world.runtime.gateways.storage.list("") == []
    assert await pages_of(world, attempt.id) == []
    await change(world, "DROP TRIGGER refuse ON photo")
    assert (await world.photo("ada", attempt.id)).number == 1
