"""From the bank into a work: a snapshot that does not change when the bank does."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from picrete_gql import objects
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.gateways.storage import Missing
from picrete_gql.models import (
    Attachment,
    BankImage,
    BankItem,
    CourseSource,
    Criterion,
    Difficulty,
    Task,
    Variant,
    Work,
    WorkStatus,
)
from picrete_gql.models.works import WorkChanged
from picrete_gql.problems import Conflict, Invalid, NotFound, Unavailable
from picrete_gql.rules import bank as rules
from picrete_gql.rules import rubrics
from picrete_gql.rules import works as frozen
from picrete_gql.scopes import ANY

TITLE, POINTS, MOST_TAG = "Задача {number}", Decimal(1), 40


@dataclass(frozen=True)
class Chosen:
    """A draft, the tasks for it in the order that was asked for, and their pictures."""

    work: Work
    items: list[BankItem]
    images: list[BankImage]


@dataclass(frozen=True)
class Copy:
    """The copy of a picture in the object store: the attachment's id and key."""

    id: UUID
    key: str


@query(teacher=ANY)
async def chosen(call: Call, work_id: UUID, item_ids: Sequence[UUID]) -> Chosen:
    """What would be copied, asked before any picture is."""
    return await _chosen(call, await call.get(Work, work_id), item_ids)


@command(teacher=ANY)
async def put(call: Call, work_id: UUID, item_ids: Sequence[UUID], copies: Mapping[UUID, Copy]) -> Work:
    """Add the tasks to a draft, with the copies of their pictures. Raises Conflict when those changed meanwhile."""
    found = await _chosen(call, await call.get(Work, work_id, lock=True), item_ids)
    if {image.id for image in found.images} != set(copies):
        raise Conflict("importing")
    taken = await _taken(call, found.work)
    added: list[Any] = []
    for number, item in enumerate(found.items, taken + 1):
        added += _task(call, found.work, number, item, [i for i in found.images if i.item_id == item.id], copies)
    # The tables refer to each other, but no row here knows the others as objects: parents first.
    for kind in (Task, Criterion, Variant, Attachment):
        for row in added:
            if isinstance(row, kind):
                call.add(row)
        await call.flush()
    call.emit(WorkChanged.about(found.work, tasks=len(found.items), source="bank"))
    return found.work


@recipe(like=put)
async def copy(context: Context, work_id: UUID, item_ids: Sequence[UUID]) -> Work:
    """Copy tasks of the course's sources into a draft: one point, the default rubric, one variant with its pictures."""
    found = await chosen(context, work_id, item_ids)
    slots = asyncio.Semaphore(context.runtime.settings.bank.parallel)
    storage = context.gateways.storage
    copies = {image.id: _place(found.work) for image in found.images}

    async def one(image: BankImage) -> None:
        async with slots:
            try:
                body = await storage.get(image.key)
            except Missing as error:
                raise Unavailable("storage", detail=f"{image.key} is missing") from error
            await storage.put(copies[image.id].key, body, "image/jpeg")

    try:
        # All of them are waited for, so that nothing is stored any more when a failure is tidied up.
        ended = await asyncio.gather(*(one(image) for image in found.images), return_exceptions=True)
        for failure in ended:
            if failure is not None:
                raise failure
        return await put(context, work_id, item_ids, copies)
    except BaseException:
        await objects.let_go(context, *(one.key for one in copies.values()))
        raise


async def _chosen(call: Call, work: Work, item_ids: Sequence[UUID]) -> Chosen:
    if work.status is not WorkStatus.DRAFT:
        raise frozen.WorkFrozen("tasks")
    rules.ensure_count("ids", len(item_ids), call.settings.bank.copied_at_once)
    if len(set(item_ids)) != len(item_ids):
        raise Invalid("ids", "Одна задача названа дважды.", "A task is named twice.")
    if await _taken(call, work) + len(item_ids) > frozen.MOST_TASKS:
        raise rules.WorkTooLong(frozen.MOST_TASKS)
    # Of this course's sources: one that is attached to another course of the teacher has no business here.
    attached = select(CourseSource.source_id).where(CourseSource.course_id == work.course_id)
    wanted = call.select(BankItem).where(col(BankItem.id).in_(item_ids), col(BankItem.source_id).in_(attached))
    items = {row.id: row for row in await call.all(wanted)}
    if missing := [id for id in item_ids if id not in items]:
        raise NotFound(f"bank_item_{missing[0].hex}")
    images = select(BankImage).where(col(BankImage.item_id).in_(item_ids)).order_by(col(BankImage.number))
    return Chosen(work, [items[id] for id in item_ids], await call.all(images))


async def _taken(call: Call, work: Work) -> int:
    return int((await call.session.execute(select(func.count()).where(Task.work_id == work.id))).scalar_one())


def _place(work: Work) -> Copy:
    id = uuid7()
    return Copy(id, f"courses/{work.course_id}/{work.id}/attachments/{id.hex}.picture.jpg")


def _task(
    call: Call, work: Work, number: int, item: BankItem, images: Sequence[BankImage], copies: Mapping[UUID, Copy]
) -> list[Any]:
    """The rows of one task."""
    place: dict[str, Any] = {"course_id": work.course_id, "work_id": work.id}
    title = TITLE.format(number=number)
    task = Task(**place, number=number, title=title, max_points=POINTS, difficulty=Difficulty.MEDIUM)
    task.tags = [item.topic] if 0 < len(item.topic) <= MOST_TAG else []
    rows: list[Any] = [task]
    for line, (kind, name, points) in enumerate(rubrics.default(POINTS), 1):
        rows.append(Criterion(**place, task_id=task.id, number=line, kind=kind, name=name, max_points=points))
    tolerance = call.settings.bank.tolerance
    answer: dict[str, Any] = {"content": item.text, "reference_answer": item.answer, "tolerance": tolerance}
    variant = Variant(**place, task_id=task.id, number=1, **answer)
    rows.append(variant)
    for image in images:
        copied = copies[image.id]
        facts: dict[str, Any] = {"size": image.size, "width": image.width, "height": image.height}
        rows.append(
            Attachment(id=copied.id, key=copied.key, filename=image.filename, variant_id=variant.id, **place, **facts)
        )
    return rows
