"""The second way in: a place is reserved, the client PUTs the file to the object store itself, and confirms."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from picrete_gql.models import AttemptStatus, OcrStatus, PhotoStatus, SubmissionStatus, WorkKind
from picrete_gql.problems import NotFound
from picrete_gql.resolvers import attempts, photos
from picrete_gql.rules import attempts as deadlines
from picrete_gql.rules.photos import PhotoLimitReached, PhotoNotArrived
from tests import images
from tests.attempts.steps import at_once, class_of, happened, pages_of, submission_of
from tests.support.world import World


def body(seed: int = 1) -> bytes:
    return images.jpeg(images.page(seed, (200, 260)), exif=images.exif(1, gps=True))


async def put(url: str, content: bytes) -> None:
    async with httpx2.AsyncClient() as http:
        assert (await http.put(url, content=content)).status_code == 200


async def reserved(world: World, name: str = "ada", **work: Any) -> tuple[Any, photos.Ticket]:
    """An attempt with a place for a photo that is still on its way."""
    _, made = await class_of(world, name, **work)
    attempt = await world.start(name, made)
    return attempt, await photos.begin_upload(await world.person(name), attempt.id, "page.jpg")


async def test_a_file_that_was_put_becomes_a_photo(world: World) -> None:
    attempt, ticket = await reserved(world)
    ada = await world.person("ada")
    [waiting] = await pages_of(world, attempt.id)
    assert (waiting.status, waiting.number) == (PhotoStatus.UPLOADING, 1)
    assert await photos.view_urls(ada, [waiting.id]) == [None]
    await put(ticket.url, body())
    photo = await photos.confirm_upload(ada, ticket.photo.id)
    assert (photo.status, photo.number, photo.width, photo.height) == (PhotoStatus.PENDING, 1, 200, 260)
    stored = await world.runtime.gateways.storage.list("")
    assert [found.key for found in stored] == [photo.key], "the untouched file, with its place on earth, is gone"
    assert b"SecretPhoneMaker" not in await world.runtime.gateways.storage.get(photo.key)


async def test_confirming_again_changes_nothing(world: World) -> None:
    attempt, ticket = await reserved(world)
    ada = await world.person("ada")
    await put(ticket.url, body())
    results = await at_once(photos.confirm_upload(ada, ticket.photo.id) for _ in range(5))
    good = [result for result in results if not isinstance(result, Exception)]
    assert good and {photo.id for photo in good} == {ticket.photo.id}
    # Somebody may look for the incoming file just when another one has finished with it.
    assert all(isinstance(result, PhotoNotArrived) for result in results if isinstance(result, Exception))
    assert (await photos.confirm_upload(ada, ticket.photo.id)).status is PhotoStatus.PENDING
    assert await happened(world, "photo.uploaded") == ["photo.uploaded"]
    assert [found.key for found in await world.runtime.gateways.storage.list("")] == [ticket.photo.key]
    assert len(await pages_of(world, attempt.id)) == 1


async def test_confirming_before_the_file_is_there_keeps_the_place(world: World) -> None:
    attempt, ticket = await reserved(world)
    ada = await world.person("ada")
    with pytest.raises(PhotoNotArrived):
        await photos.confirm_upload(ada, ticket.photo.id)
    with pytest.raises(NotFound):
        await photos.confirm_upload(await world.person("teacher"), ticket.photo.id)
    await put(ticket.url, body())
    assert (await photos.confirm_upload(ada, ticket.photo.id)).number == 1
    assert len(await pages_of(world, attempt.id)) == 1


async def test_a_reservation_takes_a_place_until_it_is_refused_or_taken_out(world: World) -> None:
    attempt, ticket = await reserved(world)
    ada = await world.person("ada")
    world.runtime.settings.photos.max_count = 2
    await world.photo("ada", attempt.id)
    with pytest.raises(PhotoLimitReached):
        await photos.begin_upload(ada, attempt.id, "third.jpg")
    await photos.remove(ada, ticket.photo.id)
    [left] = await pages_of(world, attempt.id)
    assert left.number == 1
    assert (await photos.begin_upload(ada, attempt.id, "second.jpg")).photo.number == 2


async def test_the_same_file_by_both_ways_is_one_photo(world: World) -> None:
    attempt, ticket = await reserved(world)
    ada = await world.person("ada")
    first = await photos.upload(ada, attempt.id, "page.jpg", body())
    assert first.number == 2
    await put(ticket.url, body())
    confirmed = await photos.confirm_upload(ada, ticket.photo.id)
    assert confirmed.id == first.id
    [left] = await pages_of(world, attempt.id)
    assert (left.id, left.number) == (first.id, 1)
    assert [found.key for found in await world.runtime.gateways.storage.list("")] == [first.key]


@pytest.mark.parametrize("by_deadline", [True, False])
async def test_what_was_on_its_way_may_arrive_within_the_grace(world: World, by_deadline: bool) -> None:
    attempt, ticket = await reserved(world)
    ada = await world.person("ada")
    await world.photo("ada", attempt.id, seed=2)
    if by_deadline:
        world.clock.shift += attempt.expires_at - world.clock() + timedelta(seconds=1)
        await attempts.expire_due(world.system)
    else:
        await attempts.submit(ada, attempt.id)
    await world.jobs()
    assert (await submission_of(world, attempt.id)).ocr_status is OcrStatus.PENDING, "the reading waits for it"
    assert await happened(world, "photo.queued") == []
    world.clock.forward(seconds=280)
    await put(ticket.url, body())
    assert (await photos.confirm_upload(ada, ticket.photo.id)).status is PhotoStatus.PENDING
    await world.jobs()
    assert (await submission_of(world, attempt.id)).ocr_status is OcrStatus.IN_REVIEW
    assert [photo.status for photo in await pages_of(world, attempt.id)] == [PhotoStatus.READY] * 2


async def test_after_the_grace_the_reading_begins_without_it(world: World) -> None:
    attempt, ticket = await reserved(world)
    ada = await world.person("ada")
    there = await world.photo("ada", attempt.id, seed=2)
    submitted = await attempts.submit(ada, attempt.id)
    await put(ticket.url, body())
    assert submitted.submitted_at is not None
    world.clock.shift += submitted.submitted_at - world.clock() + timedelta(seconds=300)
    with pytest.raises(deadlines.DeadlinePassed):
        await photos.confirm_upload(ada, ticket.photo.id)
    assert attempt.id in await attempts.unsettled(world.system)
    assert await attempts.settle(world.system, attempt.id)
    await world.jobs()
    [left] = await pages_of(world, attempt.id)
    assert (left.id, left.number, left.status) == (there.id, 1, PhotoStatus.READY)
    assert attempt.id not in await attempts.unsettled(world.system)


async def test_when_nothing_at_all_arrives_the_attempt_is_empty(world: World) -> None:
    attempt, ticket = await reserved(world, kind=WorkKind.HOMEWORK, duration_minutes=None)
    submitted = await attempts.submit(await world.person("ada"), attempt.id)
    assert submitted.status is AttemptStatus.SUBMITTED
    found = await submission_of(world, attempt.id)
    assert (found.status, [flag["flag"] for flag in found.flags]) == (SubmissionStatus.PRELIMINARY, ["empty"])
    with pytest.raises(NotFound):
        await photos.confirm_upload(await world.person("ada"), ticket.photo.id)


async def test_an_address_is_for_one_object_and_for_a_while(world: World) -> None:
    _, ticket = await reserved(world)
    async with httpx2.AsyncClient() as http:
        elsewhere = ticket.url.replace("incoming/", "courses/")
        forged = await http.put(elsewhere, content=body())
        assert forged.status_code in (400, 403)
    assert "X-Amz-Expires=300" in ticket.url
    assert await world.runtime.gateways.storage.list("") == []
