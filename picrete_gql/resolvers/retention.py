"""What is kept no longer than it is needed: images, drafts, raw answers, old sign-ins; and works that are on hold.

A paper is over when its mark is released and its work completed, or when its work was put into the archive. Each step
takes a batch of rows with SKIP LOCKED, so many workers may do it at once; objects go after the commit.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, or_
from sqlmodel import col, select

from picrete_gql import objects
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.events import Event
from picrete_gql.models import (
    Attempt,
    AttemptStatus,
    ImageRemoval,
    Photo,
    PhotoStatus,
    ProviderRun,
    Regrade,
    RegradeStatus,
    RunOutcome,
    SignIn,
    Submission,
    SubmissionStatus,
    Work,
    WorkStatus,
)
from picrete_gql.models.accounts import SignInsRemoved
from picrete_gql.models.attempts import DraftsRemoved
from picrete_gql.models.grades import AnswersRemoved
from picrete_gql.models.photos import ImagesRemoved
from picrete_gql.models.works import WorkHeld, WorkUnheld
from picrete_gql.rules.retention import cutoff
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY

UNDER_WAY = (SubmissionStatus.UPLOADED, SubmissionStatus.PROCESSING)


@command(teacher=ANY)
async def hold(call: Call, work_id: UUID, reason: str) -> Work:
    """Keep everything of a work in spite of all clocks, for a reason, until the hold is lifted."""
    work = await call.get(Work, work_id, lock=True)
    work.hold_reason = clean("reason", reason, least=1, most=1000)
    work.held_at, work.held_by = work.held_at or call.now, call.context.actor.account_id
    call.emit(WorkHeld.about(work))
    return work


@command(teacher=ANY)
async def unhold(call: Call, work_id: UUID) -> Work:
    """Lift the hold of a work: the clocks count again, from when its papers were over."""
    work = await call.get(Work, work_id, lock=True)
    if work.held_at is not None:
        work.held_at, work.held_by, work.hold_reason = None, None, ""
        call.emit(WorkUnheld.about(work))
    return work


@query(teacher=ANY)
async def holds_of_works(call: Call, ids: Sequence[UUID]) -> list[Work | None]:
    """The hold of a work; null when there is none, and for students."""
    held = call.select(Work).where(col(Work.id).in_(ids), col(Work.held_at).is_not(None))
    found = {work.id: work for work in await call.all(held)}
    return [found.get(id) for id in ids]


@command()
async def remove_images(call: Call) -> list[str]:
    """Mark a batch of photos as without image. Returns the objects to remove."""
    call.visible(Photo)
    before = cutoff(call.now, call.settings.privacy.images_days)
    if before is None:
        return []
    wanted = (
        select(Photo)
        .join(Work, col(Work.id) == Photo.work_id)
        .join(Submission, col(Submission.attempt_id) == Photo.attempt_id)
        .where(col(Photo.image_removed_at).is_(None), Photo.status != PhotoStatus.UPLOADING, over(before))
    )
    photos = await _batch(call, wanted, Photo)
    for photo in photos:
        photo.image_removed_at, photo.image_removed_why = call.now, ImageRemoval.RETENTION
    _tell(call, ImagesRemoved, photos, "photos")
    return [photo.key for photo in photos]


@command()
async def remove_drafts(call: Call) -> int:
    """Empty a batch of drafts. Returns how many."""
    call.visible(Attempt)
    before = cutoff(call.now, call.settings.privacy.drafts_days)
    if before is None:
        return 0
    wanted = (
        select(Attempt)
        .join(Work, col(Work.id) == Attempt.work_id)
        .join(Submission, col(Submission.attempt_id) == Attempt.id)
        .where(col(Attempt.draft_saved_at).is_not(None), Attempt.status != AttemptStatus.ACTIVE, over(before))
    )
    attempts = await _batch(call, wanted, Attempt)
    for attempt in attempts:
        attempt.draft, attempt.draft_saved_at = {}, None
    _tell(call, DraftsRemoved, attempts, "attempts")
    return len(attempts)


@command()
async def remove_answers(call: Call) -> int:
    """Empty a batch of raw answers of providers, with the details of their failures. Returns how many."""
    call.visible(ProviderRun)
    before = cutoff(call.now, call.settings.privacy.answers_days)
    if before is None:
        return 0
    wanted = (
        select(ProviderRun)
        .join(Attempt, col(Attempt.id) == ProviderRun.attempt_id)
        .join(Work, col(Work.id) == Attempt.work_id)
        .where(
            ProviderRun.created_at < before,
            ProviderRun.outcome != RunOutcome.RUNNING,
            col(ProviderRun.answer).is_not(None),
            col(Work.held_at).is_(None),
        )
    )
    runs = await call.all(_some(call, wanted, ProviderRun))
    for run in runs:
        run.answer, run.detail = None, ""
    if runs:
        call.emit(AnswersRemoved(data={"answers": len(runs)}))
    return len(runs)


@command()
async def remove_sign_ins(call: Call) -> int:
    """Delete a batch of sign-ins that ended long ago. Returns how many."""
    call.visible(SignIn)
    before = cutoff(call.now, call.settings.privacy.sign_ins_days)
    if before is None:
        return 0
    ended = func.least(func.coalesce(SignIn.revoked_at, SignIn.expires_at), SignIn.expires_at)
    ids = [row.id for row in await call.all(_some(call, select(SignIn).where(ended < before), SignIn))]
    if ids:
        await call.session.execute(delete(SignIn).where(col(SignIn.id).in_(ids)))
        call.emit(SignInsRemoved(data={"sign_ins": len(ids)}))
    return len(ids)


@recipe(like=remove_images)
async def run(context: Context) -> int:
    """One run of the clearing: each kind batch by batch, until nothing is left or the run was long enough."""
    removed = 0
    steps: list[Callable[[Context], Awaitable[int]]] = [_images, remove_drafts, remove_answers, remove_sign_ins]
    for step in steps:
        for _ in range(context.runtime.settings.privacy.batches):
            count = await step(context)
            removed += count
            if not count:
                break
    return removed


def over(before: datetime) -> Any:
    """Papers that were over before a moment and are not on hold, as a WHERE clause on work and submission."""
    released = and_(
        col(Work.status).in_((WorkStatus.COMPLETED, WorkStatus.ARCHIVED)),
        func.greatest(Work.ends_at, Submission.released_at) < before,
        col(Submission.released_at).is_not(None),
    )
    archived = and_(
        col(Work.status) == WorkStatus.ARCHIVED,
        func.greatest(func.coalesce(Work.archived_at, Work.ends_at), Submission.released_at) < before,
    )
    asked = exists().where(col(Regrade.submission_id) == Submission.id, col(Regrade.status) == RegradeStatus.OPEN)
    at_rest = and_(col(Submission.status).not_in(UNDER_WAY), ~asked)
    return and_(or_(released, archived), col(Work.held_at).is_(None), at_rest)


async def _images(context: Context) -> int:
    keys = await remove_images(context)
    await objects.let_go(context, *keys)
    return len(keys)


async def _batch(call: Call, wanted: Any, model: Any) -> list[Any]:
    rows = await call.all(_some(call, wanted, model))
    # Whoever holds a work now waits for this batch; whoever has done so since the look is heard.
    works = select(Work.id).where(col(Work.id).in_({row.work_id for row in rows}), col(Work.held_at).is_(None))
    free = set(await call.all(works.with_for_update(read=True)))
    return [row for row in rows if row.work_id in free]


def _some(call: Call, wanted: Any, model: Any) -> Any:
    some = wanted.order_by(col(model.id)).limit(call.settings.privacy.batch)
    return some.with_for_update(of=model, skip_locked=True)


def _tell(call: Call, event: type[Event], rows: Sequence[Any], what: str) -> None:
    for (course_id, work_id), count in Counter((row.course_id, row.work_id) for row in rows).items():
        call.emit(event(course_id=course_id, work_id=work_id, data={what: count}))
