"""Bringing a source into the bank: pictures first, then everything else in one transaction, or nothing at all."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete, exists
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from picrete_gql import objects
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import BankImage, BankItem, BankSection, BankSource, Course, CourseSource
from picrete_gql.models.bank import BankImported, SourceAttached
from picrete_gql.problems import Conflict, Problem
from picrete_gql.rules import bank as rules
from picrete_gql.rules import images
from picrete_gql.rules import photos as names
from picrete_gql.rules.bank_file import Fault, SectionRow, TaskRow, refused
from picrete_gql.rules.bank_pack import Contents, Pack, Picture, contents
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY

PREFIX = "bank/"
# The pictures of a task: the hash and the name of each.
Drawn = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SourcePlan:
    """Which source: it is made when there is none of that slug. `course_id` is a course to attach it to."""

    slug: str
    title: str = ""
    course_id: UUID | None = None


@dataclass(frozen=True)
class Kept:
    """A picture in the object store; `fresh` if this import put it there."""

    key: str
    size: int
    width: int
    height: int
    fresh: bool = False


@dataclass(frozen=True)
class Report:
    """What an import did, in tasks. `absent` ones are in the bank but not in the file; they stay as they are."""

    source: BankSource
    added: int
    changed: int
    unchanged: int
    absent: int


@query(admin=ANY)
async def kept(call: Call, slug: str) -> dict[str, Kept]:
    """The pictures that a source already has, by the hash of their file."""
    await call.admit()
    wanted = (
        select(BankImage).join(BankSource, col(BankSource.id) == BankImage.source_id).where(BankSource.slug == slug)
    )
    return {row.sha256: Kept(row.key, row.size, row.width, row.height) for row in await call.all(wanted)}


@command(admin=ANY)
async def store(call: Call, plan: SourcePlan, held: Contents, stored: Mapping[str, Kept]) -> Report:
    """Write a whole import, whose pictures are stored. Raises Conflict when another import took them meanwhile."""
    await call.admit()
    source = await _source(call, plan)
    sections = await _sections(call, source, held.sections)
    pictures = await _pictures(call, source)
    items = {row.number: row for row in await call.all(select(BankItem).where(BankItem.source_id == source.id))}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    redrawn: list[tuple[BankItem, Drawn]] = []
    for section, task in [(sections[row.paragraph, row.topic], task) for row in held.sections for task in row.tasks]:
        item = items.pop(task.number, None)
        drawn, new = held.names[task.path], item is None
        item = item or call.add(_item(source, task))
        same = [digest for digest, _ in drawn] == [one.sha256 for one in pictures.get(item.id, [])]
        written = _fill(call, item, section, task)
        counts["added" if new else "changed" if written or not same else "unchanged"] += 1
        if not same:
            redrawn.append((item, drawn))
            item.changed_at = call.now
    await call.flush()
    alive = {one.key for rows in pictures.values() for one in rows}
    await _draw(call, redrawn, {digest: one for digest, one in stored.items() if one.fresh or one.key in alive})
    bare = ~exists().where(col(BankItem.section_id) == BankSection.id)
    await call.session.execute(delete(BankSection).where(col(BankSection.source_id) == source.id, bare))
    await _announce(call, source, counts)
    return Report(source, **counts, absent=len(items))


@recipe(like=store)
async def run(context: Context, plan: SourcePlan, body: BinaryIO | bytes | Pack) -> Report:
    """Import a source of tasks: a JSON file, or a ZIP with it and its pictures. With a single bad row nothing changes.

    The same file again changes nothing. Tasks are known by their number within the source.
    """
    rules.slug(plan.slug)
    before = await kept(context, plan.slug)
    settings = context.runtime.settings
    data = body if isinstance(body, (bytes, Pack)) else body.read(settings.bank.file_bytes + 1)
    held = await context.runtime.compute(contents, data, settings.bank, settings.limits.text_chars)
    fresh: dict[str, Kept] = {}
    try:
        await _put(context, [one for one in held.pictures if one.sha256 not in before], fresh)
        return await store(context, plan, held, {**before, **fresh})
    except BaseException:
        await objects.let_go(context, *[one.key for one in fresh.values()])
        raise


@query()
async def known(call: Call, keys: Sequence[str]) -> set[str]:
    """Which of these objects some picture of the bank needs."""
    return set(await call.all(select(BankImage.key).where(call.visible(BankImage), col(BankImage.key).in_(keys))))


@recipe(like=known)
async def remove_orphans(context: Context) -> int:
    """Remove pictures that no task names any more, once they are old enough not to be part of a running import."""
    return await objects.sweep(context, PREFIX, str, partial(known, context))


async def _put(context: Context, pictures: Sequence[Picture], fresh: dict[str, Kept]) -> None:
    """Check and store pictures; what is stored is told to `fresh`. Raises BankFileRefused with all that are bad."""
    settings = context.runtime.settings
    slots = asyncio.Semaphore(settings.bank.parallel)
    faults: list[Fault] = []

    async def one(picture: Picture) -> None:
        async with slots:
            try:
                image = await context.runtime.decode(
                    images.prepare, picture.data, limits=settings.photos, min_side=settings.bank.picture_side
                )
            except Problem as problem:
                faults.extend(Fault(path, problem.ru.format(**problem.facts()), str(problem)) for path in picture.paths)
                return
            key = f"{PREFIX}{uuid7().hex}.jpg"
            fresh[picture.sha256] = Kept(key, image.size, image.width, image.height, fresh=True)
            await context.gateways.storage.put(key, image.data, image.mime)

    # All of them are waited for, so that nothing is stored any more when the failure is tidied up.
    ended = await asyncio.gather(*(one(picture) for picture in pictures), return_exceptions=True)
    for failure in ended:
        if failure is not None:
            raise failure
    if faults:
        raise refused(sorted(faults, key=lambda fault: fault.path), settings.bank.faults_named)


async def _source(call: Call, plan: SourcePlan) -> BankSource:
    """The source, locked, so that imports into it come one after another."""
    source: BankSource | None = await call.first(
        select(BankSource).where(BankSource.slug == plan.slug).with_for_update()
    )
    title = clean("title", plan.title, most=200)
    if source is None:
        source = call.add(BankSource(slug=plan.slug, title=title or plan.slug, imported_at=call.now))
        try:
            await call.flush()
        except IntegrityError as error:
            raise Conflict("importing") from error
    source.title, source.imported_at = title or source.title, call.now
    if plan.course_id is not None:
        course = await call.get(Course, plan.course_id, lock=True)
        link = select(CourseSource).where(CourseSource.course_id == course.id, CourseSource.source_id == source.id)
        if await call.first(link) is None:
            call.add(CourseSource(course_id=course.id, source_id=source.id))
            call.emit(SourceAttached.about(course, source=source.slug))
    return source


async def _sections(call: Call, source: BankSource, rows: Sequence[SectionRow]) -> dict[tuple[str, str], BankSection]:
    known = await call.all(select(BankSection).where(BankSection.source_id == source.id))
    sections = {(row.paragraph, row.topic): row for row in known}
    for number, row in enumerate(rows, 1):
        place = (row.paragraph, row.topic)
        if place not in sections:
            sections[place] = call.add(
                BankSection(source_id=source.id, number=number, paragraph=row.paragraph, topic=row.topic)
            )
        sections[place].number, sections[place].theory = number, row.theory
    await call.flush()
    return sections


def _item(source: BankSource, task: TaskRow) -> BankItem:
    """A new row; `_fill` writes the rest."""
    facts: dict[str, Any] = {"source_id": source.id, "number": task.number}
    return BankItem(**facts)


def _fill(call: Call, item: BankItem, section: BankSection, task: TaskRow) -> bool:
    """Write what differs; whether anything did."""
    facts = {
        "section_id": section.id,
        "paragraph": section.paragraph,
        "topic": section.topic,
        "text": task.text,
        "answer": task.answer,
        "number_key": rules.natural_key(task.number),
        "paragraph_key": rules.natural_key(section.paragraph),
    }
    different = {key: value for key, value in facts.items() if getattr(item, key, None) != value}
    for key, value in different.items():
        setattr(item, key, value)
    if different:
        item.changed_at = call.now
    return bool(different)


async def _pictures(call: Call, source: BankSource) -> dict[UUID, list[BankImage]]:
    """The pictures of every task, in order."""
    wanted = select(BankImage).where(BankImage.source_id == source.id).order_by(col(BankImage.number))
    found: dict[UUID, list[BankImage]] = {}
    for row in await call.all(wanted):
        found.setdefault(row.item_id, []).append(row)
    return found


async def _draw(call: Call, redrawn: Sequence[tuple[BankItem, Drawn]], stored: Mapping[str, Kept]) -> None:
    """Put new pictures in the place of the old ones."""
    await call.session.execute(delete(BankImage).where(col(BankImage.item_id).in_([item.id for item, _ in redrawn])))
    for item, drawn in redrawn:
        for number, (digest, name) in enumerate(drawn, 1):
            picture = stored.get(digest)
            if picture is None:
                raise Conflict("importing")
            facts: dict[str, Any] = {"size": picture.size, "width": picture.width, "height": picture.height}
            place: dict[str, Any] = {"source_id": item.source_id, "item_id": item.id, "number": number}
            call.add(BankImage(**place, **facts, sha256=digest, key=picture.key, filename=names.filename(name)))


async def _announce(call: Call, source: BankSource, counts: Mapping[str, int]) -> None:
    """Say it in every course that has the source."""
    wanted = select(CourseSource.course_id).where(CourseSource.source_id == source.id)
    courses: list[UUID | None] = await call.all(wanted)
    for course_id in courses or [None]:
        call.emit(BankImported(course_id=course_id, data={"source": source.slug, **counts}))
