"""A student's attempt at a work: begin, save, hand in, and the deadline that ends it for whoever forgets."""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, text
from sqlmodel import col, select

from picrete_gql import handing_in
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import Assignment, Attempt, AttemptStatus, Submission, SubmissionStatus, Task, Variant, Work
from picrete_gql.models.attempts import AttemptExtended, AttemptSaved, AttemptStarted
from picrete_gql.paging import Ask, Page
from picrete_gql.problems import RateLimited
from picrete_gql.rules import attempts as rules
from picrete_gql.rules.drafts import ensure_draft
from picrete_gql.scopes import ANY, OWN, SHOWN
from picrete_gql.shapes import NOW, Many, One, Pages, among, equal, many, of_pages, one, shaped

ATTEMPT = One(model=Attempt, by="id")
# An attempt whose time is over and that nobody has ended yet is not simply read: see `view`.
VIEW = One(
    model=Attempt,
    by="id",
    where=lambda attempt, me: [or_(attempt.status != AttemptStatus.ACTIVE, attempt.expires_at > NOW)],
    until=lambda attempt: case((attempt.status == AttemptStatus.ACTIVE, attempt.expires_at)),
)
OF_WORKS = Pages(
    model=Attempt,
    by="work_id",
    within=Work,
    keys=lambda attempt: [attempt.started_at, attempt.id],
    filters={
        "statuses": among("status"),
        "student_id": equal("student_id"),
        "submission_statuses": lambda attempt, chosen: attempt.id.in_(
            select(Submission.attempt_id).where(among("status")(Submission, chosen)).correlate(None)
        ),
    },
)
OWN_OF_WORKS = Many(
    model=Attempt,
    by="work_id",
    where=lambda attempt, me: [attempt.student_id == me()],
    order=lambda attempt: [attempt.number],
)
ASSIGNMENTS = Many(model=Assignment, by="attempt_id", order=lambda drawn: [drawn.number])
START_LOCK = 7_236_001
BATCH = 50


@dataclass(frozen=True)
class Filter:
    """Which attempts of a work: by state of the attempt or of its submission."""

    statuses: tuple[AttemptStatus, ...] = ()
    submission_statuses: tuple[SubmissionStatus, ...] = ()
    student_id: UUID | None = None


@query(student=OWN, teacher=ANY)
async def get(call: Call, attempt_id: UUID) -> Attempt:
    """One attempt."""
    return await call.get(Attempt, attempt_id)


@shaped(ATTEMPT)
@query(student=OWN, teacher=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[Attempt | None]:
    """Attempts by id, as far as they are open to the viewer."""
    return await one(call, ATTEMPT, ids)


@shaped(VIEW)
@recipe(like=get)
async def view(context: Context, attempt_id: UUID) -> Attempt:
    """One attempt. If its time is over and nobody has noticed yet, this look ends it."""
    attempt = await get(context, attempt_id)
    if rules.is_due(attempt, context.runtime.now()):
        await expire(context.as_system(), attempt_id)
        attempt = await get(context, attempt_id)
    return attempt


@recipe(like=get)
async def watch(
    context: Context, attempt_id: UUID, look: Callable[[Context, UUID], Awaitable[Any]] = view
) -> AsyncGenerator[Any]:
    """The attempt now, and again each time something in it changes."""
    # A door may look at more than the row.
    seen = await view(context, attempt_id)
    async for _ in context.looks(attempt_id, seen.course_id):
        yield await look(context, attempt_id)


@shaped(OF_WORKS)
@query(teacher=ANY)
async def of_works(call: Call, ids: Sequence[UUID], ask: Ask, filter: Filter) -> list[Page[Attempt] | None]:
    """The attempts of a work in the order of their beginning, for its teachers."""
    mine = set(await call.all(select(Work.id).where(col(Work.id).in_(ids), call.visible(Work))))
    chosen = {
        "statuses": filter.statuses or None,
        "submission_statuses": filter.submission_statuses or None,
        "student_id": filter.student_id,
    }
    found = await of_pages(call, OF_WORKS, ids, ask, chosen)
    return [page if id in mine else None for id, page in zip(ids, found, strict=True)]


@shaped(OWN_OF_WORKS)
@query(student=OWN)
async def own_of_works(call: Call, ids: Sequence[UUID]) -> list[list[Attempt]]:
    """Your own attempts at a work, the first one first."""
    return await many(call, OWN_OF_WORKS, ids)


@query(student=OWN)
async def open_ones(call: Call) -> list[Attempt]:
    """Your own open attempts, the one that ends first first."""
    mine = call.select(Attempt).where(
        Attempt.student_id == call.actor_id, Attempt.status == AttemptStatus.ACTIVE, Attempt.expires_at > call.now
    )
    return await call.all(mine.order_by(col(Attempt.expires_at), col(Attempt.id)).limit(100))


@shaped(ASSIGNMENTS)
@query(student=OWN, teacher=ANY)
async def assignments(call: Call, ids: Sequence[UUID]) -> list[list[Assignment]]:
    """Which variant of which task an attempt drew, in the order of the tasks."""
    return await many(call, ASSIGNMENTS, ids)


@command(student=SHOWN)
async def start(call: Call, work_id: UUID) -> Attempt:
    """Begin an attempt, or come back to the one that is open. The variants are drawn now and stay."""
    work = await call.get(Work, work_id)
    # One beginning at a time on the whole platform: capacity and "one open attempt" are then exact.
    await call.session.execute(text(f"SELECT pg_advisory_xact_lock({START_LOCK})"))
    work = await call.find(select(Work).where(Work.id == work.id).with_for_update(read=True))
    own = select(Attempt).where(Attempt.work_id == work.id, Attempt.student_id == call.actor_id)
    made: list[Attempt] = await call.all(own.order_by(col(Attempt.number)).with_for_update())
    active = next((attempt for attempt in made if attempt.status is AttemptStatus.ACTIVE), None)
    if active is not None and not rules.is_due(active, call.now):
        return active
    rules.ensure_can_start(work, call.now, len(made))
    if active is not None:
        await handing_in.expire(call, active, work)
        await call.flush()
    await _ensure_capacity(call)
    return await _begin(call, work, number=len(made) + 1)


@command(student=OWN)
async def save(call: Call, attempt_id: UUID, draft: Mapping[str, Any]) -> Attempt:
    """Keep the draft of an open attempt (a JSON object, at most 64 KiB), at most once in ten seconds."""
    attempt = await call.get(Attempt, attempt_id, lock=True)
    rules.ensure_open(attempt, call.now)
    limits = call.settings.limits
    kept = ensure_draft(draft, limits.draft_bytes)
    if attempt.draft_saved_at is not None:
        wait = limits.autosave_seconds - (call.now - attempt.draft_saved_at).total_seconds()
        if wait > 0:
            raise RateLimited(ceil(wait))
    attempt.draft, attempt.draft_saved_at = kept, call.now
    call.emit(AttemptSaved.about(attempt))
    return attempt


@command(student=OWN)
async def hand_in(call: Call, attempt_id: UUID) -> tuple[Attempt, bool]:
    """End an attempt, by its student or by its deadline; False when this came too late even for the grace."""
    attempt = await call.get(Attempt, attempt_id, lock=True)
    work = await call.find(select(Work).where(Work.id == attempt.work_id))
    if rules.is_due(attempt, call.now):
        await handing_in.expire(call, attempt, work)
    if attempt.status is AttemptStatus.ACTIVE:
        await handing_in.submit(call, attempt, work)
        return attempt, True
    grace = rules.grace(call.settings.attempts, work.kind)
    by_clock = attempt.submitted_at is not None and attempt.submitted_at >= attempt.expires_at
    return attempt, not by_clock or call.now <= attempt.expires_at + grace


@recipe(like=hand_in)
async def submit(context: Context, attempt_id: UUID) -> Attempt:
    """Hand the work in. Doing it twice gives the same answer; so does coming late within the grace."""
    attempt, in_time = await hand_in(context, attempt_id)
    if not in_time:
        raise rules.DeadlinePassed(attempt.expires_at)
    return attempt


@command(teacher=ANY)
async def extend(call: Call, attempt_id: UUID, minutes: int) -> Attempt:
    """Give one student more time while the attempt runs; `minutes` are added to what was given before."""
    attempt = await call.get(Attempt, attempt_id, lock=True)
    rules.ensure_open(attempt, call.now)
    rules.extra_minutes(minutes)
    total = rules.extra_minutes(attempt.extra_minutes + minutes)
    attempt.extra_minutes = total
    attempt.expires_at += timedelta(minutes=minutes)
    call.emit(AttemptExtended.about(attempt, expires_at=attempt.expires_at.isoformat(), minutes=minutes))
    return attempt


@command()
async def expire(call: Call, attempt_id: UUID) -> bool:
    """End one attempt whose time is over. False when somebody else was first."""
    attempt = await call.get(Attempt, attempt_id, lock=True)
    if not rules.is_due(attempt, call.now):
        return False
    await handing_in.expire(call, attempt, await call.find(select(Work).where(Work.id == attempt.work_id)))
    return True


@command()
async def expire_due(call: Call) -> int:
    """End a batch of attempts whose time is over. Safe with many workers; call until it returns 0."""
    due = call.select(Attempt).where(Attempt.status == AttemptStatus.ACTIVE, Attempt.expires_at <= call.now)
    attempts = await call.all(
        due.order_by(col(Attempt.expires_at)).limit(BATCH).with_for_update(of=Attempt, skip_locked=True)
    )
    works = {
        work.id: work for work in await call.all(select(Work).where(col(Work.id).in_({a.work_id for a in attempts})))
    }
    await handing_in.expire_all(call, attempts, works)
    return len(attempts)


@command()
async def settle(call: Call, attempt_id: UUID) -> bool:
    """Begin the reading of a closed attempt once its last photo has arrived or the grace is over. False: not yet."""
    attempt = await call.get(Attempt, attempt_id, lock=True)
    return await handing_in.settle(call, attempt, await call.find(select(Work).where(Work.id == attempt.work_id)))


@query()
async def unsettled(call: Call) -> list[UUID]:
    """Closed attempts whose reading has not begun, for the sweeper."""
    waiting = (
        call.select(Attempt)
        .join(Submission, col(Submission.attempt_id) == Attempt.id)
        .where(Attempt.status != AttemptStatus.ACTIVE, handing_in.waits())
        .order_by(col(Attempt.submitted_at))
        .limit(200)
    )
    return [attempt.id for attempt in await call.all(waiting)]


async def _ensure_capacity(call: Call) -> None:
    limits = call.settings.limits
    count = select(func.count()).where(Attempt.status == AttemptStatus.ACTIVE)
    if (await call.session.execute(count)).scalar_one() >= limits.active_attempts:
        raise rules.CapacityReached(limits.capacity_retry_after)


async def _begin(call: Call, work: Work, number: int) -> Attempt:
    attempt = call.add(
        Attempt(
            course_id=work.course_id,
            work_id=work.id,
            student_id=call.actor_id,
            number=number,
            seed=secrets.randbits(62),
            started_at=call.now,
            expires_at=rules.ends_at(work, call.now),
        )
    )
    await call.flush()
    rows = await call.session.execute(
        select(Task.id, Task.number, Variant.id)
        .join(Variant, col(Variant.task_id) == Task.id)
        .where(Task.work_id == work.id)
        .order_by(col(Task.number), col(Variant.number))
    )
    numbers: dict[UUID, int] = {}
    choices: dict[UUID, list[UUID]] = {}
    for task, task_number, variant in rows.all():
        numbers[task] = task_number
        choices.setdefault(task, []).append(variant)
    for task, variant in rules.draw(attempt.seed, choices).items():
        place: dict[str, Any] = {
            "course_id": work.course_id,
            "attempt_id": attempt.id,
            "student_id": attempt.student_id,
        }
        call.add(Assignment(**place, task_id=task, variant_id=variant, number=numbers[task]))
    call.emit(AttemptStarted.about(attempt, number=number))
    return attempt
