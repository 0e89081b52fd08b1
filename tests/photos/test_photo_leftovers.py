"""What is swept: reservations whose bytes never came, and objects that no row knows."""

from uuid import uuid4

import httpx2

from picrete_gql.jobs.attempts import clean
from picrete_gql.models import PhotoStatus
from picrete_gql.resolvers import attempts, photos
from tests import images
from tests.attempts.steps import change, class_of, happened, pages_of
from tests.support.world import World


async def test_a_stale_reservation_is_given_back(world: World) -> None:
    _, work = await class_of(world, "ada", duration_minutes=120)
    attempt = await world.start("ada", work)
    ada = await world.person("ada")
    await photos.begin_upload(ada, attempt.id, "lost.jpg")
    kept = await world.photo("ada", attempt.id)
    world.clock.forward(minutes=29)
    fresh = await photos.begin_upload(ada, attempt.id, "fresh.jpg")
    assert await photos.drop_stale(world.system) == 0
    world.clock.forward(minutes=2)
    assert sorted([await photos.drop_stale(world.system), await photos.drop_stale(world.system)]) == [0, 1]
    left = await pages_of(world, attempt.id)
    assert [(photo.id, photo.number) for photo in left] == [(kept.id, 1), (fresh.photo.id, 2)]
    assert await happened(world, "photo.removed") == ["photo.removed"]


async def test_orphans_go_and_the_living_stay(world: World) -> None:
    course, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    ada, storage = await world.person("ada"), world.runtime.gateways.storage
    photo = await world.photo("ada", attempt.id)
    waiting = await photos.begin_upload(ada, attempt.id, "slow.jpg")
    orphans = [f"courses/{course.id}/{work.id}/{attempt.id}/{uuid4()}.jpg", f"incoming/{uuid4()}"]
    strangers = [f"courses/{course.id}/materials/syllabus.pdf", "elsewhere/file"]
    for key in [*orphans, *strangers, waiting.photo.incoming_key]:
        await storage.put(key, b"x", "image/jpeg")
    assert await photos.remove_orphans(world.system) == 0, "they may still be on their way"
    world.clock.forward(minutes=31)
    assert await photos.remove_orphans(world.system) == 2
    assert {found.key for found in await storage.list("")} == {photo.key, waiting.photo.incoming_key, *strangers}


async def test_an_incoming_file_does_not_outlive_its_confirmation(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    ada, storage = await world.person("ada"), world.runtime.gateways.storage
    ticket = await photos.begin_upload(ada, attempt.id, "page.jpg")
    async with httpx2.AsyncClient() as http:
        await http.put(ticket.url, content=images.jpeg())
        await photos.confirm_upload(ada, ticket.photo.id)
        # The address still holds for a while, and a client may use it again.
        assert (await http.put(ticket.url, content=images.jpeg_full_of_secrets())).status_code == 200
    world.clock.forward(minutes=31)
    assert await photos.remove_orphans(world.system) == 1
    assert [found.key for found in await storage.list("")] == [ticket.photo.key]


async def test_the_orphans_of_a_deleted_attempt_go(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    await world.photo("ada", attempt.id)
    await change(world, "DELETE FROM attempt")
    world.clock.forward(minutes=31)
    assert await photos.remove_orphans(world.system) == 1
    assert await world.runtime.gateways.storage.list("") == []


async def test_the_clock_sweeps_in_many_workers_at_once(world: World) -> None:
    _, work = await class_of(world, "ada", duration_minutes=120)
    attempt = await world.start("ada", work)
    await photos.begin_upload(await world.person("ada"), attempt.id, "lost.jpg")
    world.clock.forward(minutes=31)
    await clean(world.system)
    await clean(world.system)
    assert await pages_of(world, attempt.id) == []
    photo = await world.photo("ada", attempt.id)
    assert (photo.number, photo.status) == (1, PhotoStatus.PENDING)
    assert (await attempts.submit(await world.person("ada"), attempt.id)).submitted_at is not None
