"""A student's own sets of tasks from the bank: drawn by a seed, or chosen by their numbers."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import col, select

from picrete_gql.call import Call, command, query
from picrete_gql.models import Answered, BankItem, BankSource, Course, CourseSource, SetKind, TrainerSet, TrainerTask
from picrete_gql.models.trainer import TrainerSetMade, TrainerSetRemoved
from picrete_gql.paging import Ask, Page, in_order, pages
from picrete_gql.problems import Invalid, NotFound
from picrete_gql.rules import bank
from picrete_gql.rules import trainer as rules
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY, OWN

MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Draw:
    """What a set is drawn from: `paragraph` exactly, `topic` contained. Without a seed the server takes one."""

    count: int
    seed: int | None = None
    source_id: UUID | None = None
    paragraph: str | None = None
    topic: str | None = None
    has_answer: bool | None = None
    title: str = ""


@dataclass(frozen=True)
class SetCount:
    """How far a set has come, in tasks; `failing` are those whose last answer was wrong."""

    tasks: int
    tried: int
    solved: int
    failing: int


@command(student=ANY)
async def generate(call: Call, course_id: UUID, draw: Draw) -> TrainerSet:
    """Draw a set from the course's sources. The same seed and filters draw the same tasks from the same bank."""
    course = await call.get(Course, course_id)
    limits = call.settings.trainer
    bank.ensure_count("count", draw.count, limits.drawn)
    seed = secrets.randbelow(MOST_SEED + 1) if draw.seed is None else draw.seed
    if not 0 <= seed <= MOST_SEED:
        raise Invalid("seed", f"seed: от 0 до {MOST_SEED}.", f"seed: from 0 to {MOST_SEED}.")
    wanted = _candidates(course, draw).order_by(BankItem.number_key, BankSource.slug).limit(limits.candidates)
    rows = (await call.session.execute(wanted)).all()
    found = [(f"{slug}:{number}", id) for id, number, slug in rows]
    made = await _new(call, course, SetKind.GENERATED, draw.source_id, draw.title)
    made.seed, made.has_answer = seed, draw.has_answer
    made.paragraph, made.topic = _name("paragraph", draw.paragraph), _name("topic", draw.topic)
    return await _fill(call, made, rules.drawn(seed, found, draw.count))


@command(student=ANY)
async def compose(call: Call, course_id: UUID, source_id: UUID, numbers: Sequence[str], title: str = "") -> TrainerSet:
    """Put a set together by the numbers of its tasks, in their order."""
    course = await call.get(Course, course_id)
    wanted = list(dict.fromkeys(clean("numbers", number, least=1, most=40) for number in numbers))
    bank.ensure_count("numbers", len(wanted), call.settings.trainer.chosen)
    attached = select(CourseSource.source_id).where(CourseSource.course_id == course.id)
    items = select(BankItem.number, BankItem.id).where(
        BankItem.source_id == source_id, col(BankItem.source_id).in_(attached), col(BankItem.number).in_(wanted)
    )
    found = {row[0]: row[1] for row in (await call.session.execute(items)).all()}
    made = await _new(call, course, SetKind.NUMBERS, source_id, title)
    if unknown := [number for number in wanted if number not in found]:
        raise bank.NumbersUnknown(unknown)
    return await _fill(call, made, [found[number] for number in wanted])


@command(student=OWN)
async def remove(call: Call, set_id: UUID) -> Course:
    """Remove a set of your own. What was answered in it is kept, but nobody sees it any more."""
    gone = await call.get(TrainerSet, set_id, lock=True)
    gone.deleted_at = call.now
    call.emit(TrainerSetRemoved.about(gone))
    course: Course = await call.find(select(Course).where(Course.id == gone.course_id))
    return course


@query(student=OWN)
async def get(call: Call, set_id: UUID) -> TrainerSet:
    """One set of your own."""
    return await call.get(TrainerSet, set_id)


@query(student=OWN)
async def of_courses(call: Call, ids: Sequence[UUID], ask: Ask) -> list[Page[TrainerSet]]:
    """Your own sets in a course, the latest first."""
    return await pages(call, call.select(TrainerSet), TrainerSet.course_id, ids, [TrainerSet.id], ask, descending=True)


@query(student=OWN)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[TrainerSet | None]:
    """Sets by id, as far as they are your own."""
    found = {row.id: row for row in await call.all(call.select(TrainerSet).where(col(TrainerSet.id).in_(ids)))}
    return [found.get(id) for id in ids]


@query(student=OWN)
async def tasks_of_sets(call: Call, ids: Sequence[UUID]) -> list[list[TrainerTask]]:
    """The tasks of a set in order."""
    wanted = call.select(TrainerTask).where(col(TrainerTask.trainer_set_id).in_(ids))
    rows = await call.all(wanted.order_by(col(TrainerTask.number)))
    return in_order(ids, rows, lambda row: row.trainer_set_id)


@query(student=OWN)
async def counts_of_sets(call: Call, ids: Sequence[UUID]) -> list[SetCount]:
    """How far a set has come."""
    tried, wrong = col(TrainerTask.tries) > 0, col(TrainerTask.verdict) == Answered.WRONG
    parts = (func.count().filter(tried), func.count(col(TrainerTask.solved_at)), func.count().filter(wrong))
    wanted = (
        sql_select(col(TrainerTask.trainer_set_id), func.count(), *parts)
        .where(call.visible(TrainerTask), col(TrainerTask.trainer_set_id).in_(ids))
        .group_by(col(TrainerTask.trainer_set_id))
    )
    found = {row[0]: SetCount(*row[1:]) for row in (await call.session.execute(wanted)).all()}
    return [found.get(id, SetCount(0, 0, 0, 0)) for id in ids]


def _candidates(course: Course, draw: Draw) -> Any:
    wanted = (
        select(BankItem.id, BankItem.number, BankSource.slug)
        .join(BankSource, col(BankSource.id) == BankItem.source_id)
        .join(CourseSource, col(CourseSource.source_id) == BankSource.id)
        .where(CourseSource.course_id == course.id)
    )
    if draw.source_id is not None:
        wanted = wanted.where(BankItem.source_id == draw.source_id)
    if draw.paragraph is not None:
        wanted = wanted.where(BankItem.paragraph == _name("paragraph", draw.paragraph))
    if draw.topic is not None:
        wanted = wanted.where(col(BankItem.topic).icontains(_name("topic", draw.topic), autoescape=True))
    if draw.has_answer is not None:
        wanted = wanted.where((col(BankItem.answer) != "") == draw.has_answer)
    return wanted


async def _new(call: Call, course: Course, kind: SetKind, source_id: UUID | None, title: str) -> TrainerSet:
    """The row of a set; the source must be attached to the course, and there must be room for one more."""
    if source_id is not None:
        link = select(CourseSource).where(CourseSource.course_id == course.id, CourseSource.source_id == source_id)
        if await call.first(link) is None:
            raise NotFound("bank_source")
    mine = select(func.count()).where(TrainerSet.course_id == course.id, TrainerSet.own(call.actor_id))
    if (await call.session.execute(mine)).scalar_one() >= (limit := call.settings.trainer.sets):
        raise rules.SetLimitReached(limit)
    return TrainerSet(
        course_id=course.id,
        student_id=call.actor_id,
        source_id=source_id,
        kind=kind,
        title=clean("title", title, most=200),
    )


async def _fill(call: Call, made: TrainerSet, item_ids: Sequence[UUID]) -> TrainerSet:
    call.add(made)
    await call.flush()
    place: dict[str, Any] = {"course_id": made.course_id, "trainer_set_id": made.id, "student_id": made.student_id}
    for number, item_id in enumerate(item_ids, 1):
        call.add(TrainerTask(**place, item_id=item_id, number=number))
    call.emit(TrainerSetMade.about(made, tasks=len(item_ids), kind=made.kind.value))
    return made


def _name(field: str, value: str | None) -> str | None:
    return None if value is None else clean(field, value, most=200)
