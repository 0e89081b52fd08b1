"""Numbers, limits and the same file again, also when everything arrives at once."""

from typing import Any
from uuid import UUID

import pytest

from picrete_gql.models import PhotoStatus
from picrete_gql.problems import Code, NotFound
from picrete_gql.resolvers import attempts, photos
from picrete_gql.rules import attempts as deadlines
from picrete_gql.rules.photos import PhotoLimitReached
from tests import images
from tests.attempts.steps import TEACHER, at_once, class_of, happened, pages_of
from tests.support.world import World


def body(seed: int) -> bytes:
    """A small page; another seed is another page."""
    return images.jpeg(images.page(seed, (200, 260)))


async def upload(world: World, attempt_id: UUID, seed: int) -> Any:
    return await photos.upload(await world.person("ada"), attempt_id, f"{seed}.jpg", body(seed))


async def test_of_twenty_simultaneous_uploads_ten_are_photos_one_to_ten(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    results = await at_once(upload(world, attempt.id, seed) for seed in range(20))
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 10
    assert all(isinstance(problem, PhotoLimitReached) and problem.limit == 10 for problem in refused)
    stored = await pages_of(world, attempt.id)
    assert [photo.number for photo in stored] == list(range(1, 11))
    assert {photo.status for photo in stored} == {PhotoStatus.PENDING}
    assert len({photo.sha256 for photo in stored}) == 10
    objects = await world.runtime.gateways.storage.list("courses/")
    assert {found.key for found in objects} == {photo.key for photo in stored}
    assert len(await happened(world, "photo.uploaded")) == 10


async def test_the_same_file_is_one_photo(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    attempt = await world.start("ada", work)
    first, other = await upload(world, attempt.id, 1), await upload(world, attempt.id, 2)
    again = await upload(world, attempt.id, 1)
    assert (again.id, again.number, other.number) == (first.id, 1, 2)
    bobs = await world.start("bob", work)
    assert (await world.photo("bob", bobs.id, seed=1)).number == 1, "another student's copy is a photo of its own"
    assert len(await happened(world, "photo.uploaded")) == 3


async def test_the_same_file_ten_times_at_once_is_one_photo(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    results = await at_once(upload(world, attempt.id, 1) for _ in range(10))
    assert {result.id for result in results} == {results[0].id}
    [stored] = await pages_of(world, attempt.id)
    assert (stored.number, stored.status) == (1, PhotoStatus.PENDING)
    assert [found.key for found in await world.runtime.gateways.storage.list("")] == [stored.key]
    assert await happened(world, "photo.uploaded") == ["photo.uploaded"]


async def test_the_numbers_close_up_after_a_photo_is_taken_out(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    attempt = await world.start("ada", work)
    made = [await upload(world, attempt.id, seed) for seed in range(4)]
    ada = await world.person("ada")
    for name in (TEACHER, "bob", "stranger"):
        with pytest.raises(NotFound):
            await photos.remove(await world.person(name), made[1].id)
    await photos.remove(ada, made[1].id)
    left = await pages_of(world, attempt.id)
    assert [(photo.number, photo.id) for photo in left] == [(1, made[0].id), (2, made[2].id), (3, made[3].id)]
    assert made[1].key not in {found.key for found in await world.runtime.gateways.storage.list("")}
    assert (await upload(world, attempt.id, 1)).number == 4, "its file may come again"
    with pytest.raises(NotFound):
        await photos.remove(ada, made[1].id)


async def test_taking_out_and_sending_at_once_leaves_no_gap(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    made = [await upload(world, attempt.id, seed) for seed in range(4)]
    ada = await world.person("ada")
    results = await at_once(
        [
            *(photos.remove(ada, photo.id) for photo in made[:3]),
            *(upload(world, attempt.id, seed) for seed in range(10, 15)),
        ]
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert [photo.number for photo in await pages_of(world, attempt.id)] == list(range(1, 7))


async def test_after_the_end_nothing_comes_in_and_nothing_goes(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    attempt, bobs = await world.start("ada", work), await world.start("bob", work)
    photo = await upload(world, attempt.id, 1)
    ada, bob = await world.person("ada"), await world.person("bob")
    await attempts.submit(ada, attempt.id)
    world.clock.forward(minutes=60, seconds=5)
    for who, of, refusal, code in (
        (ada, attempt, deadlines.AttemptClosed, Code.CONFLICT),
        (bob, bobs, deadlines.DeadlinePassed, Code.DEADLINE_PASSED),
    ):
        for call in (photos.upload(who, of.id, "late.jpg", body(9)), photos.begin_upload(who, of.id, "late.jpg")):
            with pytest.raises(refusal) as late:
                await call
            assert late.value.code is code
    with pytest.raises(deadlines.AttemptClosed):
        await photos.remove(ada, photo.id)
    assert [found.id for found in await pages_of(world, attempt.id)] == [photo.id]
    assert await pages_of(world, bobs.id) == []
    for name in (TEACHER, "bob", "stranger"):
        with pytest.raises(NotFound):
            await photos.upload(await world.person(name), attempt.id, "x.jpg", body(9))
