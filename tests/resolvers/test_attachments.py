"""Pictures of variants: in for teachers while it is a draft, out for whoever drew the variant."""

import asyncio
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from PIL import Image

from picrete_gql.models import Attachment, Work
from picrete_gql.problems import Invalid, NotFound, Problem
from picrete_gql.resolvers import attachments, tasks, works
from picrete_gql.resolvers.attachments import MOST
from picrete_gql.rules.works import WorkFrozen
from tests import images
from tests.support.world import World


async def draft(world: World) -> tuple[Work, list[UUID]]:
    """A draft and the ids of its two variants."""
    course = await world.course("chem", "teacher", ["student"])
    work = await world.work(course, "teacher", publish=False)
    teacher = await world.person("teacher")
    [found] = await tasks.of_works(teacher, [work.id])
    assert found
    [variants] = await tasks.variants_of_tasks(teacher, [found[0].id])
    return work, [variant.id for variant in variants or []]


async def keys(world: World) -> list[str]:
    """What lies in the bucket."""
    return [found.key for found in await world.runtime.gateways.storage.list("")]


async def add(world: World, variant: UUID, seed: int = 0) -> Attachment:
    """A picture for a variant."""
    body = images.png(images.page(seed, (80, 60)))
    return await attachments.upload(await world.person("teacher"), variant, r"C:\..\схема.png", body)


async def test_a_picture_is_made_upright_and_stripped(world: World) -> None:
    _, [variant, _] = await draft(world)
    teacher = await world.person("teacher")
    row = await attachments.upload(teacher, variant, "../../схема.jpg", images.jpeg_turned(6))
    assert (row.filename, row.width, row.height) == ("схема.jpg", 320, 240)
    [url] = await attachments.view_urls(teacher, [row.id])
    assert url is not None
    async with httpx2.AsyncClient() as http:
        answer = await http.get(url)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/jpeg"
    assert len(answer.content) == row.size and b"SecretPhoneMaker" not in answer.content
    with Image.open(BytesIO(answer.content)) as picture:
        assert picture.size == (320, 240) and not picture.getexif()


async def test_what_is_no_picture_is_refused_and_leaves_nothing(world: World) -> None:
    _, [variant, _] = await draft(world)
    teacher = await world.person("teacher")
    for body in (b"", images.text(), images.cut(images.jpeg()), images.png_bomb(), images.noise()):
        with pytest.raises(Problem) as caught:
            await attachments.upload(teacher, variant, "picture.jpg", body)
        assert caught.value.code == Invalid.code
    assert await keys(world) == []
    assert await attachments.of_variants(teacher, [variant]) == [[]]


async def test_only_so_many_and_only_in_a_draft(world: World) -> None:
    work, [variant, other] = await draft(world)
    teacher = await world.person("teacher")
    made = [await add(world, variant, seed) for seed in range(MOST)]
    with pytest.raises(Invalid) as caught:
        await add(world, variant, 99)
    assert caught.value.field == "file" and len(await keys(world)) == MOST
    assert [row.id for row in (await attachments.of_variants(teacher, [variant, other]))[0]] == [row.id for row in made]
    await works.publish(teacher, work.id)
    with pytest.raises(WorkFrozen):
        await add(world, other)
    with pytest.raises(WorkFrozen):
        await attachments.remove(teacher, made[0].id)
    assert len(await keys(world)) == MOST


async def test_many_at_once_keep_the_limit(world: World) -> None:
    _, [variant, _] = await draft(world)
    results: list[Any] = await asyncio.gather(
        *(add(world, variant, n) for n in range(MOST + 4)), return_exceptions=True
    )
    assert len([row for row in results if isinstance(row, Attachment)]) == MOST
    assert len([row for row in results if isinstance(row, Invalid)]) == 4, results
    assert len(await keys(world)) == MOST


async def test_a_removed_picture_is_gone_from_both_places(world: World) -> None:
    _, [variant, _] = await draft(world)
    row, teacher = await add(world, variant), await world.person("teacher")
    assert (await attachments.remove(teacher, row.id)).id == variant
    assert await keys(world) == [] and await attachments.of_ids(teacher, [row.id]) == [None]
    with pytest.raises(NotFound):
        await attachments.remove(teacher, row.id)


async def test_students_see_the_pictures_of_what_they_drew(world: World) -> None:
    work, variants = await draft(world)
    rows = [await add(world, variant, n) for n, variant in enumerate(variants)]
    student = await world.person("student")
    await works.publish(await world.person("teacher"), work.id)
    assert await attachments.view_urls(student, [row.id for row in rows]) == [None, None]
    await world.start("student", work)
    urls = await attachments.view_urls(student, [row.id for row in rows])
    assert [url is None for url in urls].count(True) == 1
    found = await attachments.of_variants(student, variants)
    assert sorted(map(len, found)) == [0, 1]
    for name in ("student", "stranger"):
        who = await world.person(name)
        with pytest.raises(NotFound):
            await attachments.upload(who, variants[0], "picture.jpg", images.jpeg())
        with pytest.raises(NotFound):
            await attachments.remove(who, rows[0].id)
    assert len(await keys(world)) == 2


async def test_the_sweeper_takes_only_orphans(world: World) -> None:
    work, variants = await draft(world)
    kept = await add(world, variants[0])
    orphan = f"courses/{work.course_id}/{work.id}/attachments/{uuid4().hex}.picture.jpg"
    other = f"courses/{work.course_id}/{work.id}/attachments/readme.txt"
    for key in (orphan, other):
        await world.runtime.gateways.storage.put(key, b"x", "image/jpeg")
    assert await attachments.remove_orphans(world.system) == 0, "it may be on its way"
    world.clock.forward(minutes=60)
    assert await attachments.remove_orphans(world.system) == 1
    assert sorted(await keys(world)) == sorted([kept.key, other])
