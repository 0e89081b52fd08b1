"""Requests for another look at a mark: a student asks and may withdraw, both sides talk, teachers have their lists."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import (
    Course,
    Criterion,
    Photo,
    Reading,
    Regrade,
    RegradeMessage,
    RegradeStatus,
    Submission,
    Work,
)
from picrete_gql.models.grades import GradeApproved, GradeOverridden, GradeQueued, GradeRejected, GradeReleased
from picrete_gql.models.regrades import RegradeAnswered, RegradeAsked, RegradeDiscussed, RegradeWithdrawn
from picrete_gql.models.works import WorkChanged
from picrete_gql.paging import Ask, Page, in_order, pages
from picrete_gql.problems import NotFound
from picrete_gql.rules import regrades as rules
from picrete_gql.rules.readings import ensure_anchor
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY, OWN, RELEASED

# What changes a list of requests: they themselves, and the marks that they are about.
NEWS = (
    *(RegradeAsked, RegradeDiscussed, RegradeAnswered, RegradeWithdrawn),
    *(GradeApproved, GradeOverridden, GradeRejected, GradeQueued, GradeReleased),
)


@dataclass(frozen=True)
class Filter:
    """Which requests of a list."""

    statuses: tuple[RegradeStatus, ...] = ()
    task_id: UUID | None = None
    student_id: UUID | None = None


@query(student=OWN, teacher=ANY)
async def get(call: Call, regrade_id: UUID) -> Regrade:
    """One request."""
    return await call.get(Regrade, regrade_id)


@query(student=OWN, teacher=ANY)
async def of_submissions(call: Call, ids: Sequence[UUID]) -> list[list[Regrade]]:
    """The requests for another look at a mark, the first one first."""
    wanted = call.select(Regrade).where(col(Regrade.submission_id).in_(ids)).order_by(col(Regrade.id))
    return in_order(ids, await call.all(wanted), lambda row: row.submission_id)


@query(student=RELEASED, teacher=ANY)
async def until_of_submissions(call: Call, ids: Sequence[UUID]) -> list[datetime | None]:
    """Until when another look at the mark may be asked for; null without one, or where no requests are taken."""
    found = await call.all(call.select(Submission).where(col(Submission.id).in_(ids)))
    works = await call.all(select(Work).where(col(Work.id).in_({row.work_id for row in found})))
    open_ones = {work.id: work for work in works}
    ends = {row.id: rules.until(row, open_ones[row.work_id], call.settings.regrades) for row in found}
    return [ends.get(id) for id in ids]


@query(teacher=ANY)
async def of_works(call: Call, ids: Sequence[UUID], ask: Ask, filter: Filter) -> list[Page[Regrade] | None]:
    """The requests of a work in the order of asking, for its teachers."""
    mine = set(await call.all(select(Work.id).where(col(Work.id).in_(ids), call.visible(Work))))
    found = await pages(call, _filtered(call, filter), Regrade.work_id, ids, [Regrade.id], ask)
    return [page if id in mine else None for id, page in zip(ids, found, strict=True)]


@query(teacher=ANY)
async def of_courses(call: Call, ids: Sequence[UUID], ask: Ask, filter: Filter) -> list[Page[Regrade] | None]:
    """The requests of a course in the order of asking, for its teachers."""
    mine = set(await call.all(select(Course.id).where(col(Course.id).in_(ids), call.visible(Course))))
    found = await pages(call, _filtered(call, filter), Regrade.course_id, ids, [Regrade.id], ask)
    return [page if id in mine else None for id, page in zip(ids, found, strict=True)]


@query(student=OWN, teacher=ANY)
async def messages_of_regrades(call: Call, ids: Sequence[UUID]) -> list[list[RegradeMessage]]:
    """The thread of a request, the first message first."""
    wanted = call.select(RegradeMessage).where(col(RegradeMessage.regrade_id).in_(ids))
    return in_order(ids, await call.all(wanted.order_by(col(RegradeMessage.id))), lambda row: row.regrade_id)


@query(teacher=ANY)
async def authors_of_messages(call: Call, ids: Sequence[UUID]) -> list[UUID | None]:
    """Which person wrote a message; students see only the side."""
    rows = await call.all(call.select(RegradeMessage).where(col(RegradeMessage.id).in_(ids)))
    found = {row.id: row.author_id for row in rows}
    return [found.get(id) for id in ids]


@command(student=OWN)
async def ask(call: Call, submission_id: UUID, criterion_id: UUID, text: str, anchor: rules.Anchor | None) -> Regrade:
    """Ask for another look at one criterion of a released mark, perhaps pointing at a photo."""
    submission = await call.get(Submission, submission_id, lock=True)
    work: Work = await call.find(select(Work).where(Work.id == submission.work_id))
    of = call.settings.regrades
    rules.ensure_can_ask(submission, work, call.now, of)
    rubric = select(Criterion).where(Criterion.id == criterion_id, Criterion.work_id == work.id)
    criterion: Criterion = await call.find(rubric)
    earlier = await call.all(select(Regrade).where(Regrade.submission_id == submission.id))
    rules.ensure_room(earlier, criterion.id, of)
    if anchor is not None:
        await _ensure_anchored(call, submission, anchor)
    place: dict[str, Any] = {key: getattr(submission, key) for key in ("course_id", "work_id", "attempt_id")}
    place |= {"submission_id": submission.id, "student_id": submission.student_id}
    where = vars(anchor) if anchor is not None else {}
    said = clean("text", text, least=1, most=of.text_chars)
    regrade = call.add(Regrade(**place, **where, task_id=criterion.task_id, criterion_id=criterion.id, text=said))
    call.emit(RegradeAsked.about(regrade, regrade=regrade.named))
    return regrade


@command(student=OWN)
async def withdraw(call: Call, regrade_id: UUID) -> Regrade:
    """Take an open request back; it still counts."""
    regrade = await call.get(Regrade, regrade_id, lock=True)
    rules.ensure_open(regrade)
    regrade.status, regrade.closed_at = RegradeStatus.WITHDRAWN, call.now
    call.emit(RegradeWithdrawn.about(regrade, regrade=regrade.named))
    return regrade


@command(student=OWN, teacher=ANY)
async def say(call: Call, regrade_id: UUID, text: str) -> Regrade:
    """Write into the thread of an open request."""
    regrade = await call.get(Regrade, regrade_id, lock=True)
    rules.ensure_open(regrade)
    said = clean("text", text, least=1, most=call.settings.regrades.text_chars)
    counted = select(func.count()).where(RegradeMessage.regrade_id == regrade.id)
    if (await call.session.execute(counted)).scalar_one() >= call.settings.regrades.messages:
        raise rules.TooManyMessages(call.settings.regrades.messages)
    place: dict[str, Any] = {key: getattr(regrade, key) for key in ("course_id", "attempt_id", "student_id")}
    call.add(RegradeMessage(**place, regrade_id=regrade.id, author_id=call.actor_id, text=said))
    call.emit(RegradeDiscussed.about(regrade, regrade=regrade.named))
    return regrade


@command(teacher=ANY)
async def allow(call: Call, work_id: UUID, *, allowed: bool) -> Work:
    """Take requests about the marks of a work, or no new ones; open ones stay open."""
    work = await call.get(Work, work_id, lock=True)
    if (work.regrades_closed_at is None) is not allowed:
        work.regrades_closed_at = None if allowed else call.now
        call.emit(WorkChanged.about(work, fields=["regrades_closed_at"]))
    return work


@query(teacher=ANY)
async def work_of(call: Call, work_id: UUID) -> Work:
    """A work whose requests a teacher looks at."""
    return await call.get(Work, work_id)


@query(teacher=ANY)
async def course_of(call: Call, course_id: UUID) -> Course:
    """A course whose requests a teacher looks at."""
    return await call.get(Course, course_id)


@recipe(like=work_of)
async def watch_work(context: Context, work_id: UUID) -> AsyncGenerator[Work]:
    """A work now, and again each time something about its requests or their marks changes; for its teachers."""
    seen = await work_of(context, work_id)
    async for _ in context.hears(NEWS, seen.course_id):
        yield await work_of(context, work_id)


@recipe(like=course_of)
async def watch_course(context: Context, course_id: UUID) -> AsyncGenerator[Course]:
    """A course now, and again each time something about its requests or their marks changes; for its teachers."""
    await course_of(context, course_id)
    async for _ in context.hears(NEWS, course_id):
        yield await course_of(context, course_id)


def _filtered(call: Call, filter: Filter) -> Any:
    wanted = call.select(Regrade)
    if filter.statuses:
        wanted = wanted.where(col(Regrade.status).in_(filter.statuses))
    if filter.task_id is not None:
        wanted = wanted.where(Regrade.task_id == filter.task_id)
    if filter.student_id is not None:
        wanted = wanted.where(Regrade.student_id == filter.student_id)
    return wanted


async def _ensure_anchored(call: Call, submission: Submission, anchor: rules.Anchor) -> None:
    own = select(Photo.id).where(Photo.id == anchor.photo_id, Photo.attempt_id == submission.attempt_id)
    if await call.first(own) is None:
        raise NotFound("photo")
    latest = select(Reading).where(Reading.photo_id == anchor.photo_id).order_by(col(Reading.number).desc()).limit(1)
    reading: Reading | None = await call.first(latest)
    blocks = {str(block["id"]) for block in reading.blocks} if reading else set()
    ensure_anchor("anchor", anchor.block_id, anchor.polygon, blocks)
