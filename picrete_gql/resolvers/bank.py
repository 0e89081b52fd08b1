"""The task bank as teachers look through it, and what of it stands in a student's trainer sets."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import BankImage, BankItem, BankSection, BankSource, Course, CourseSource
from picrete_gql.models.bank import SEARCH, SourceAttached, SourceDetached
from picrete_gql.paging import Ask, Page, in_order, page, pages
from picrete_gql.rules import bank as rules
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY, OWN

MOST_ASKED = 500
NATURAL = (BankItem.number_key, BankItem.paragraph_key, BankItem.id)


@dataclass(frozen=True)
class Filter:
    """Which tasks: of a course's sources, of one source, `paragraph` exactly, `topic` contained, `search` in words."""

    course_id: UUID | None = None
    source_id: UUID | None = None
    paragraph: str | None = None
    topic: str | None = None
    has_answer: bool | None = None
    search: str | None = None


@dataclass(frozen=True)
class Section:
    """A topic of a paragraph, and how many tasks it has."""

    paragraph: str
    topic: str
    theory: str
    items: int


@query(student=ANY, teacher=ANY)
async def get_source(call: Call, source_id: UUID) -> BankSource:
    """One source, if it is attached to a course of yours."""
    return await call.get(BankSource, source_id)


@query(student=ANY, teacher=ANY)
async def sources(call: Call, ask: Ask) -> Page[BankSource]:
    """The sources that are attached to your courses; an administrator sees all."""
    return await page(call, call.select(BankSource), [BankSource.slug], ask)


@query(student=ANY, teacher=ANY)
async def sources_of_courses(call: Call, ids: Sequence[UUID]) -> list[list[BankSource]]:
    """The sources that are attached to a course."""
    wanted = (
        select(CourseSource.course_id, BankSource)
        .join(BankSource, col(BankSource.id) == CourseSource.source_id)
        .where(call.visible(CourseSource), col(CourseSource.course_id).in_(ids))
        .order_by(BankSource.slug)
    )
    rows = (await call.session.execute(wanted)).all()
    return [[source for course_id, source in rows if course_id == id] for id in ids]


@query(student=ANY, teacher=ANY)
async def sources_of_ids(call: Call, ids: Sequence[UUID]) -> list[BankSource | None]:
    """The sources of rows that the viewer may already see, as far as they are open to them."""
    found = {row.id: row for row in await call.all(call.select(BankSource).where(col(BankSource.id).in_(ids)))}
    return [found.get(id) for id in ids]


@query(student=ANY, teacher=ANY)
async def sections_of_sources(call: Call, ids: Sequence[UUID]) -> list[list[Section]]:
    """The paragraphs and topics of a source in the order of its file, with their theory."""
    counted = (
        select(BankSection, func.count(col(BankItem.id)))
        .outerjoin(BankItem, col(BankItem.section_id) == BankSection.id)
        .where(call.visible(BankSection), col(BankSection.source_id).in_(ids))
        .group_by(col(BankSection.id))
        .order_by(col(BankSection.number), col(BankSection.id))
    )
    rows = (await call.session.execute(counted)).all()
    return [[Section(r.paragraph, r.topic, r.theory, n) for r, n in rows if r.source_id == id] for id in ids]


@query(teacher=ANY)
async def find(call: Call, filter: Filter, ask: Ask) -> Page[BankItem]:
    """Tasks of the sources that are open to you, in the natural order of their numbers."""
    return await page(call, _filtered(call.select(BankItem), filter), NATURAL, ask)


@query(teacher=ANY)
async def of_sources(call: Call, ids: Sequence[UUID], ask: Ask, filter: Filter) -> list[Page[BankItem] | None]:
    """The tasks of a source in the natural order of their numbers, for teachers."""
    mine = set(await call.all(select(BankSource.id).where(col(BankSource.id).in_(ids), call.visible(BankSource))))
    wanted = _filtered(call.select(BankItem), filter)
    found = await pages(call, wanted, col(BankItem.source_id), ids, NATURAL, ask)
    return [one if id in mine else None for id, one in zip(ids, found, strict=True)]


@query(student=OWN, teacher=ANY)
async def get(call: Call, item_id: UUID) -> BankItem:
    """One task. Students see those of their own trainer sets."""
    return await call.get(BankItem, item_id)


@query(student=OWN, teacher=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[BankItem | None]:
    """Tasks by id, as far as they are open to the viewer."""
    found = {row.id: row for row in await call.all(call.select(BankItem).where(col(BankItem.id).in_(ids)))}
    return [found.get(id) for id in ids]


@query(teacher=ANY)
async def answers(call: Call, ids: Sequence[UUID]) -> list[str | None]:
    """The answer of the bank; null for students, and where none is known."""
    wanted = select(BankItem.id, BankItem.answer).where(call.visible(BankItem), col(BankItem.id).in_(ids))
    found = {row[0]: row[1] for row in (await call.session.execute(wanted)).all()}
    return [found.get(id) or None for id in ids]


@query(student=OWN, teacher=ANY)
async def theories(call: Call, ids: Sequence[UUID]) -> list[str | None]:
    """The theory of the task's topic."""
    wanted = (
        select(BankItem.id, BankSection.theory)
        .join(BankSection, col(BankSection.id) == BankItem.section_id)
        .where(call.visible(BankItem), col(BankItem.id).in_(ids))
    )
    found = {row[0]: row[1] for row in (await call.session.execute(wanted)).all()}
    return [found.get(id) for id in ids]


@query(student=OWN, teacher=ANY)
async def images_of_items(call: Call, ids: Sequence[UUID]) -> list[list[BankImage]]:
    """The pictures of a task in order."""
    wanted = call.select(BankImage).where(col(BankImage.item_id).in_(ids)).order_by(col(BankImage.number))
    return in_order(ids, await call.all(wanted), lambda row: row.item_id)


@query(student=OWN, teacher=ANY)
async def images_of_ids(call: Call, ids: Sequence[UUID]) -> list[BankImage | None]:
    """Pictures by id, as far as they are open to the viewer."""
    found = {row.id: row for row in await call.all(call.select(BankImage).where(col(BankImage.id).in_(ids)))}
    return [found.get(id) for id in ids]


@recipe(like=images_of_ids)
async def image_urls(context: Context, ids: Sequence[UUID]) -> list[str | None]:
    """A signed address of the picture, for a few minutes."""
    rows = await images_of_ids(context, ids)
    urls = [context.gateways.storage.view_url(row.key, "image/jpeg") for row in rows if row is not None]
    signed = iter(await asyncio.gather(*urls))
    return [next(signed) if row is not None else None for row in rows]


@command(teacher=ANY)
async def attach(call: Call, course_id: UUID, source_id: UUID) -> Course:
    """Attach a source that is open to you to a course of yours. Doing it twice changes nothing."""
    course = await call.get(Course, course_id, lock=True)
    source = await call.get(BankSource, source_id)
    present = await call.all(select(CourseSource.source_id).where(CourseSource.course_id == course.id))
    if source.id in present:
        return course
    if len(present) >= (limit := call.settings.bank.sources_per_course):
        raise rules.SourceLimitReached(limit)
    call.add(CourseSource(course_id=course.id, source_id=source.id))
    call.emit(SourceAttached.about(course, source=source.slug))
    return course


@command(teacher=ANY)
async def detach(call: Call, course_id: UUID, source_id: UUID) -> Course:
    """Detach a source from a course: its tasks are gone from the trainer there, copies in works stay."""
    course = await call.get(Course, course_id, lock=True)
    source = await call.get(BankSource, source_id)
    same = select(CourseSource).where(CourseSource.course_id == course.id, CourseSource.source_id == source.id)
    link = await call.first(same)
    if link is not None:
        await call.session.delete(link)
        call.emit(SourceDetached.about(course, source=source.slug))
    return course


def _filtered(wanted: Any, by: Filter) -> Any:
    if by.course_id is not None:
        attached = select(CourseSource.source_id).where(CourseSource.course_id == by.course_id)
        wanted = wanted.where(col(BankItem.source_id).in_(attached))
    if by.source_id is not None:
        wanted = wanted.where(BankItem.source_id == by.source_id)
    if by.paragraph is not None:
        wanted = wanted.where(BankItem.paragraph == _said("paragraph", by.paragraph))
    if by.topic is not None:
        wanted = wanted.where(col(BankItem.topic).icontains(_said("topic", by.topic), autoescape=True))
    if by.has_answer is not None:
        wanted = wanted.where((col(BankItem.answer) != "") == by.has_answer)
    if by.search is not None and (asked := rules.plain(_said("search", by.search))):
        words = [func.websearch_to_tsquery(language, asked) for language in ("russian", "english")]
        wanted = wanted.where(SEARCH.op("@@")(words[0].op("||")(words[1])))
    return wanted


def _said(field: str, value: str) -> str:
    return clean(f"filter.{field}", value, most=MOST_ASKED)
