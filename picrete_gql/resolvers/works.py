"""Works: from the draft to the archive."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, case, delete, func, literal_column, type_coerce
from sqlmodel import col, select

from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import (
    Attempt,
    AttemptStatus,
    Course,
    Release,
    Submission,
    Task,
    Variant,
    Work,
    WorkKind,
    WorkStatus,
)
from picrete_gql.models.attempts import AttemptExtended
from picrete_gql.models.works import (
    WorkArchived,
    WorkBegan,
    WorkChanged,
    WorkCompleted,
    WorkCreated,
    WorkDeleted,
    WorkPublished,
    WorkUnpublished,
)
from picrete_gql.paging import Ask, Page
from picrete_gql.problems import Conflict
from picrete_gql.rules import attempts as deadlines
from picrete_gql.rules import works as rules
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY, SHOWN
from picrete_gql.shapes import One, Pages, Totals, among, equal, of_pages, one, shaped, totals


@dataclass(frozen=True)
class WorkPlan:
    """What a new work is made of."""

    kind: WorkKind
    title: str
    description: str
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int | None
    time_zone: str
    max_attempts: int
    ocr: bool
    precheck: bool
    release: Release


@dataclass(frozen=True)
class Count:
    """How many attempts of a work are in one state."""

    state: str
    attempts: int


def _counts(key: Any) -> Any:
    state = case(
        (col(Attempt.status) == AttemptStatus.ACTIVE, AttemptStatus.ACTIVE.value),
        else_=func.coalesce(type_coerce(Submission.status, String), type_coerce(Attempt.status, String)),
    )
    rows = select(Attempt.work_id, state.label("state"), func.count().label("attempts"))
    rows = rows.outerjoin(Submission, col(Submission.attempt_id) == Attempt.id).where(key(Attempt.work_id))
    return rows.group_by(col(Attempt.work_id), literal_column("state")).order_by(literal_column("state"))


WORK = One(model=Work, by="id")
OF_COURSES = Pages(
    model=Work,
    by="course_id",
    keys=lambda work: [work.starts_at, work.id],
    descending=True,
    filters={"statuses": among("status"), "kind": equal("kind")},
)
COUNTS = Totals(model=Attempt, by="work_id", within=Work, grouped=_counts)


@shaped(WORK)
@query(student=SHOWN, teacher=ANY)
async def get(call: Call, work_id: UUID) -> Work:
    """One work. Students see works that are not drafts."""
    return await call.get(Work, work_id)


@shaped(WORK)
@query(student=SHOWN, teacher=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[Work | None]:
    """The works of rows that the viewer may already see, as far as they are open to them."""
    return await one(call, WORK, ids)


@shaped(OF_COURSES)
@query(student=SHOWN, teacher=ANY)
async def of_courses(
    call: Call, ids: Sequence[UUID], ask: Ask, statuses: tuple[WorkStatus, ...] = (), kind: WorkKind | None = None
) -> list[Page[Work]]:
    """The works of a course, the latest start first."""
    return await of_pages(call, OF_COURSES, ids, ask, {"statuses": statuses or None, "kind": kind})


@shaped(COUNTS)
@query(teacher=ANY)
async def counts(call: Call, ids: Sequence[UUID]) -> list[list[Count] | None]:
    """How many attempts are in each state: open ones as `active`, the others by the state of their submission."""
    found = await totals(call, COUNTS, ids)
    return [rows if rows is None else [Count(*row) for row in rows] for rows in found]


@command(teacher=ANY)
async def create(call: Call, course_id: UUID, plan: WorkPlan) -> Work:
    """Begin a work as a draft."""
    course = await call.get(Course, course_id)
    rules.ensure_times(plan.kind, plan.starts_at, plan.ends_at, plan.duration_minutes)
    rules.ensure_processing(plan.ocr, plan.precheck)
    work = call.add(
        Work(
            course_id=course.id,
            kind=plan.kind,
            title=clean("title", plan.title, least=1, most=200),
            description=clean("description", plan.description, most=call.settings.limits.text_chars),
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            duration_minutes=plan.duration_minutes,
            time_zone=rules.ensure_zone(plan.time_zone),
            max_attempts=rules.ensure_attempts(plan.max_attempts),
            ocr=plan.ocr,
            precheck=plan.precheck,
            release=plan.release,
        )
    )
    call.emit(WorkCreated.about(work))
    return work


@command(teacher=ANY)
async def update(call: Call, work_id: UUID, changes: Mapping[str, Any]) -> Work:
    """Change a draft freely; after publishing only what cannot hurt a student. Open attempts follow a later end."""
    work = await call.get(Work, work_id, lock=True)
    _by_clock(call, work)
    rules.ensure_harmless(work, dict(changes))
    for field, value in changes.items():
        setattr(work, field, value)
    work.title = clean("title", work.title, least=1, most=200)
    work.description = clean("description", work.description, most=call.settings.limits.text_chars)
    rules.ensure_times(work.kind, work.starts_at, work.ends_at, work.duration_minutes)
    rules.ensure_processing(work.ocr, work.precheck)
    rules.ensure_zone(work.time_zone)
    rules.ensure_attempts(work.max_attempts)
    if "ends_at" in changes and work.status is not WorkStatus.DRAFT:
        await _move_deadlines(call, work)
    call.emit(WorkChanged.about(work, fields=sorted(changes)))
    return work


@command(teacher=ANY)
async def publish(call: Call, work_id: UUID) -> Work:
    """Show a draft to the students: it has a task, and every task a variant."""
    work = await call.get(Work, work_id, lock=True)
    if work.status is not WorkStatus.DRAFT:
        raise Conflict(work.status.value)
    if work.ends_at <= call.now:
        raise deadlines.DeadlinePassed(work.ends_at)
    variants = (
        select(Task.number, func.count(col(Variant.id)))
        .outerjoin(Variant, col(Variant.task_id) == Task.id)
        .where(Task.work_id == work.id)
        .group_by(col(Task.id))
        .order_by(col(Task.number))
    )
    found = (await call.session.execute(variants)).all()
    if not found:
        raise rules.WorkIncomplete(None)
    for number, count in found:
        if not count:
            raise rules.WorkIncomplete(number)
    work.status = WorkStatus.PUBLISHED
    call.emit(WorkPublished.about(work))
    _by_clock(call, work)
    return work


@command(teacher=ANY)
async def unpublish(call: Call, work_id: UUID) -> Work:
    """Back to a draft, while nobody has begun."""
    work = await call.get(Work, work_id, lock=True)
    if work.status not in rules.OPEN:
        raise Conflict(work.status.value)
    if used := await _attempts(call, work):
        raise rules.WorkHasAttempts(used)
    work.status = WorkStatus.DRAFT
    call.emit(WorkUnpublished.about(work))
    return work


@command(teacher=ANY)
async def archive(call: Call, work_id: UUID) -> Work:
    """Put a finished work away; nothing in it is lost."""
    work = await call.get(Work, work_id, lock=True)
    _by_clock(call, work)
    if work.status is not WorkStatus.COMPLETED:
        raise Conflict(work.status.value)
    work.status, work.archived_at = WorkStatus.ARCHIVED, call.now
    call.emit(WorkArchived.about(work))
    return work


@command(teacher=ANY)
async def remove(call: Call, work_id: UUID, *, force: bool) -> UUID:
    """Delete a work with everything in it. With attempts this needs `force`."""
    work = await call.get(Work, work_id, lock=True)
    used = await _attempts(call, work)
    if used and not force:
        raise rules.WorkHasAttempts(used)
    call.emit(WorkDeleted.about(work, attempts=used))
    # Attempts first: what they drew points at the variants, which would otherwise not let go.
    await call.session.execute(delete(Attempt).where(col(Attempt.work_id) == work.id))
    await call.session.execute(delete(Work).where(col(Work.id) == work.id))
    return work.id


@command()
async def tick(call: Call) -> int:
    """Let the clock begin and complete published works. Safe with many workers."""
    turning = call.select(Work).where(
        col(Work.status).in_(rules.OPEN),
        (Work.ends_at <= call.now) | ((Work.status == WorkStatus.PUBLISHED) & (Work.starts_at <= call.now)),
    )
    works = await call.all(turning.limit(200).with_for_update(skip_locked=True))
    for work in works:
        _by_clock(call, work)
    return len(works)


@recipe(like=get)
async def watch(
    context: Context, work_id: UUID, look: Callable[[Context, UUID], Awaitable[Any]] = get
) -> AsyncGenerator[Any]:
    """The work now, and again each time something in it changes."""
    # A door may look at more than the row.
    seen = await get(context, work_id)
    async for _ in context.looks(work_id, seen.course_id):
        yield await look(context, work_id)


def _by_clock(call: Call, work: Work) -> None:
    status = rules.status_by_clock(work, call.now)
    if status is work.status:
        return
    work.status = status
    call.emit((WorkBegan if status is WorkStatus.ACTIVE else WorkCompleted).about(work))


async def _attempts(call: Call, work: Work) -> int:
    counted = select(func.count()).where(Attempt.work_id == work.id)
    return int((await call.session.execute(counted)).scalar_one())


async def _move_deadlines(call: Call, work: Work) -> None:
    open_ones = select(Attempt).where(Attempt.work_id == work.id, Attempt.status == AttemptStatus.ACTIVE)
    for attempt in await call.all(open_ones.order_by(col(Attempt.id)).with_for_update()):
        ends = deadlines.ends_at(work, attempt.started_at, attempt.extra_minutes)
        if ends > attempt.expires_at:
            attempt.expires_at = ends
            call.emit(AttemptExtended.about(attempt, expires_at=ends.isoformat()))
