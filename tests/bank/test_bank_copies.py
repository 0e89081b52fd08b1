"""From the bank into a draft work: a snapshot with pictures."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete
from sqlmodel import select

from picrete_gql.models import BankImage, Criterion, Task, Variant, Work
from picrete_gql.problems import Invalid, NotFound, Problem, Unavailable
from picrete_gql.resolvers import attachments, bank, bank_copies, tasks, works
from picrete_gql.rules.works import WorkFrozen
from tests.attempts.steps import happened
from tests.bank.files import bring, inline, items, picture, school, small
from tests.support.world import World, task_plan


async def drafted(world: World) -> tuple[Work, list[UUID]]:
    """An empty draft, and the tasks of a source whose first has two pictures."""
    rows = small()
    rows[0]["tasks"][0]["images"] = [inline(picture(1)), inline(picture(2))]
    course, _ = await school(world, rows)
    work = await world.work(course, "tess", publish=False, task_count=0)
    return work, [item.id for item in await items(world)]


async def test_a_snapshot(world: World) -> None:
    work, ids = await drafted(world)
    tess = await world.person("tess")
    await tasks.add(tess, work.id, task_plan())
    wanted = [ids[2], ids[0], ids[3], ids[1]]
    await bank_copies.copy(tess, work.id, wanted)
    [made] = await tasks.of_works(tess, [work.id])
    assert made is not None
    assert [(t.number, t.title, t.max_points) for t in made[1:]] == [(n, f"Задача {n}", 1) for n in (2, 3, 4, 5)]
    [first] = await tasks.variants_of_tasks(tess, [made[1].id])
    assert first is not None
    assert [(v.content, v.reference_answer, v.tolerance) for v in first] == [
        ("Найдите массу растворённой соли $\\ce{NaCl}$", "5,85 г", Decimal("0.01"))
    ]
    [criteria] = await tasks.criteria_of_tasks(tess, [made[1].id])
    assert [c.max_points for c in criteria] == [Decimal(p) for p in ("0.3", "0.3", "0.2", "0.2")]
    [pictures] = await attachments.of_variants(tess, [first[0].id])
    assert len(pictures) == 2
    # The bank changes and loses the source; the work does not.
    await bring(world, [{"paragraph": "§ 2", "tasks": [{"number": "2.10", "text": "другое"}]}])
    await bank.detach(tess, work.course_id, (await items(world))[0].source_id)
    [again] = await tasks.variants_of_tasks(tess, [made[1].id])
    assert again == first
    assert all([await world.runtime.gateways.storage.size(p.key) == p.size for p in pictures])
    assert "work.changed" in await happened(world)
    await works.publish(tess, work.id)


async def test_a_copied_picture_is_a_copy(world: World) -> None:
    """Removing it from the work leaves the bank's own in its place."""
    work, ids = await drafted(world)
    tess, storage = await world.person("tess"), world.runtime.gateways.storage
    await bank_copies.copy(tess, work.id, [ids[2]])
    [images] = await bank.images_of_items(tess, [ids[2]])
    async with world.runtime.sessions() as session:
        variant = (await session.execute(select(Variant))).scalars().one()
    [copies] = await attachments.of_variants(tess, [variant.id])
    assert [await storage.get(c.key) for c in copies] == [await storage.get(i.key) for i in images]
    await attachments.remove(tess, copies[0].id)
    assert all([await storage.size(image.key) for image in images])


async def test_refusals_leave_nothing_behind(world: World) -> None:
    work, ids = await drafted(world)
    tess, storage = await world.person("tess"), world.runtime.gateways.storage
    before = [one.key for one in await storage.list("")]
    stray = (await bring(world, small(), "stray")).source
    [unattached] = [item.id for item in await items(world, source_id=stray.id) if item.number == "2.1"]
    other = await world.work(await world.course("second", "tess"), "tess", publish=False, task_count=0)
    refusals: list[tuple[UUID, list[UUID], type[Problem]]] = [
        (work.id, [], Invalid),
        (work.id, [ids[0], ids[0]], Invalid),
        (work.id, [uuid4() for _ in range(301)], Invalid),
        (work.id, [ids[0], uuid4()], NotFound),
        (work.id, [unattached], NotFound),
        (uuid4(), ids, NotFound),
        # The source is open to the teacher, but not in that course.
        (other.id, ids, NotFound),
    ]
    for work_id, wanted, refusal in refusals:
        with pytest.raises(refusal):
            await bank_copies.copy(tess, work_id, wanted)
    for name in ("ada", "theo"):
        with pytest.raises(NotFound):
            await bank_copies.copy(await world.person(name), work.id, ids)
    assert [one.key for one in await storage.list("")] == before
    async with world.runtime.sessions() as session:
        assert (await session.execute(select(Task))).scalars().all() == []
        assert (await session.execute(select(Criterion))).scalars().all() == []


async def test_a_published_work_is_frozen(world: World) -> None:
    work, ids = await drafted(world)
    tess = await world.person("tess")
    await bank_copies.copy(tess, work.id, ids)
    await works.publish(tess, work.id)
    with pytest.raises(WorkFrozen):
        await bank_copies.copy(tess, work.id, ids)


async def test_a_picture_that_the_store_has_lost(world: World) -> None:
    """Nothing half-copied: the first picture's copy is taken back."""
    work, ids = await drafted(world)
    tess, storage = await world.person("tess"), world.runtime.gateways.storage
    [images] = await bank.images_of_items(tess, [ids[2]])
    await storage.remove(images[1].key)
    with pytest.raises(Unavailable):
        await bank_copies.copy(tess, work.id, [ids[2]])
    assert [one.key for one in await storage.list("courses/")] == []
    async with world.runtime.sessions() as session:
        await session.execute(delete(BankImage))
        await session.commit()
    await bank_copies.copy(tess, work.id, [ids[2]])


async def test_three_hundred_at_once(world: World) -> None:
    rows = [{"paragraph": "1", "tasks": [{"number": f"1.{n}", "text": "x", "answer": n} for n in range(301)]}]
    course, _ = await school(world, rows)
    work = await world.work(course, "tess", publish=False, task_count=0)
    ids = [item.id for item in await items(world)]
    tess = await world.person("tess")
    await bank_copies.copy(tess, work.id, ids[:200])
    await bank_copies.copy(tess, work.id, ids[100:200])
    [made] = await tasks.of_works(tess, [work.id])
    assert made is not None
    assert [task.number for task in made] == list(range(1, 301))
    with pytest.raises(Problem, match="at most"):
        await bank_copies.copy(tess, work.id, ids[:1])
