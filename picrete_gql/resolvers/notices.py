"""Which news there is for whom: planned once per person and subject, sent by another room."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import col, select

from picrete_gql import news
from picrete_gql.call import Call, command, query
from picrete_gql.models import (
    Follow,
    Notice,
    NoticeKind,
    NoticeState,
    OcrStatus,
    Submission,
    SubmissionStatus,
    TelegramLink,
    Work,
    WorkKind,
    WorkStatus,
)
from picrete_gql.models.progress import progress_of
from picrete_gql.models.telegram import NoticeQueued
from picrete_gql.rules import submissions as machine
from picrete_gql.rules.telegram import reminders

BATCH = 200
OPEN = (WorkStatus.PUBLISHED, WorkStatus.ACTIVE)


@dataclass(frozen=True)
class Unplanned:
    """Attempts and works that somebody should hear about and for which nothing is planned yet."""

    reviews: list[UUID]
    marks: list[UUID]
    progress: list[UUID]
    finished: list[UUID]


@command()
async def plan_review(call: Call, attempt_id: UUID) -> int:
    """The pages of an attempt are up for review: tell its student now, and remind them. Returns how many are new."""
    submission = await _submission(call, attempt_id)
    deadline = submission.review_deadline
    if submission.ocr_status is not OcrStatus.IN_REVIEW or deadline is None:
        return 0
    if await news.link_of(call, submission.student_id) is None:
        return 0
    work: Work = await call.find(select(Work).where(Work.id == submission.work_id))
    of = call.settings.review
    minutes = of.control_minutes if work.kind is WorkKind.CONTROL else of.homework_minutes
    moments = reminders(deadline, minutes, call.settings.telegram.review_shares)
    due = {NoticeKind.REVIEW_READY: call.now}
    for kind, moment in zip((NoticeKind.REVIEW_HALF, NoticeKind.REVIEW_LAST), moments, strict=False):
        if call.now < moment < deadline:
            due[kind] = moment
    new = [await news.plan(call, submission.student_id, kind, attempt_id, deadline, at) for kind, at in due.items()]
    return sum(new)


@command()
async def plan_mark(call: Call, attempt_id: UUID) -> int:
    """A mark was released: tell its student. Returns how many are new."""
    submission = await _submission(call, attempt_id)
    released = submission.released_at
    if released is None or submission.status not in machine.HUMAN:
        return 0
    link = await news.link_of(call, submission.student_id)
    if link is None or link.created_at > released:
        return 0
    return int(await news.plan(call, submission.student_id, NoticeKind.MARK, attempt_id, released, call.now))


@command()
async def plan_progress(call: Call, work_id: UUID) -> int:
    """Somebody handed in: show the new number to those who follow the work. Returns how many will be told."""
    work = await call.get(Work, work_id)
    _, submitted, _ = (await call.session.execute(progress_of([work.id]))).one()
    told = 0
    for account_id in await _followers(call, work) if submitted else []:
        fresh = await news.plan(call, account_id, NoticeKind.PROGRESS, work.id, work.created_at, call.now)
        told += fresh or await _show_again(call, account_id, work.id, submitted)
    return told


@command()
async def plan_finished(call: Call, work_id: UUID) -> int:
    """A work is over: tell those who follow it. Returns how many are new."""
    work = await call.get(Work, work_id)
    if work.status is not WorkStatus.COMPLETED:
        return 0
    kind, about = NoticeKind.FINISHED, work.created_at
    return sum([await news.plan(call, id, kind, work.id, about, call.now) for id in await _followers(call, work)])


@query()
async def unplanned(call: Call) -> Unplanned:
    """What a lost alarm has left behind, for the sweeper."""
    since = call.now - timedelta(hours=call.settings.telegram.notice_hours)
    listens = col(TelegramLink.blocked_at).is_(None)
    to_students = (
        call.select(Submission).join(TelegramLink, col(TelegramLink.account_id) == Submission.student_id).where(listens)
    )
    reviews = to_students.where(
        Submission.status == SubmissionStatus.UPLOADED,
        Submission.ocr_status == OcrStatus.IN_REVIEW,
        news.missing(NoticeKind.REVIEW_READY, Submission.attempt_id, Submission.student_id, Submission.review_deadline),
    )
    marks = to_students.where(
        col(Submission.status).in_(machine.HUMAN),
        col(Submission.released_at) > since,
        col(Submission.released_at) >= TelegramLink.created_at,
        news.missing(NoticeKind.MARK, Submission.attempt_id, Submission.student_id, Submission.released_at),
    )
    followed = (
        call.select(Work)
        .join(Follow, col(Follow.work_id) == Work.id)
        .join(TelegramLink, and_(col(TelegramLink.account_id) == Follow.account_id, listens))
    )
    over = followed.where(
        Work.status == WorkStatus.COMPLETED,
        col(Work.ends_at) > since,
        news.missing(NoticeKind.FINISHED, Work.id, Follow.account_id, Work.created_at),
    )
    running = await call.all(followed.where(col(Work.status).in_(OPEN), ~col(TelegramLink.muted)).limit(BATCH))
    return Unplanned(
        [row.attempt_id for row in await call.all(reviews.limit(BATCH))],
        [row.attempt_id for row in await call.all(marks.limit(BATCH))],
        await _moved(call, {work.id for work in running}),
        list({row.id for row in await call.all(over.limit(BATCH))}),
    )


async def _submission(call: Call, attempt_id: UUID) -> Submission:
    found: Submission = await call.find(call.select(Submission).where(Submission.attempt_id == attempt_id))
    return found


async def _followers(call: Call, work: Work) -> list[UUID]:
    listening = select(TelegramLink.account_id).where(col(TelegramLink.blocked_at).is_(None))
    wanted = select(Follow.account_id).where(Follow.work_id == work.id, col(Follow.account_id).in_(listening))
    return await call.all(wanted.order_by(col(Follow.id)))


async def _show_again(call: Call, account_id: UUID, work_id: UUID, submitted: int) -> bool:
    wanted = select(Notice).where(
        Notice.account_id == account_id, Notice.kind == NoticeKind.PROGRESS, Notice.subject_id == work_id
    )
    notice: Notice = await call.find(wanted, lock=True)
    if notice.state is NoticeState.WAITING or notice.shown == submitted:
        return False
    pause = timedelta(seconds=call.settings.telegram.progress_seconds)
    notice.due_at = max(call.now, notice.sent_at + pause) if notice.sent_at else call.now
    notice.state, notice.tries, notice.retry_at = NoticeState.WAITING, 0, None
    if notice.due_at <= call.now:
        call.emit(NoticeQueued(account_id=account_id))
    return True


async def _moved(call: Call, works: set[UUID]) -> list[UUID]:
    """Works whose number is not the one that their followers see."""
    now = {row[0]: row[1] for row in (await call.session.execute(progress_of(list(works)))).all()}
    moved: set[UUID] = set()
    wanted = (
        select(Follow.work_id, Notice.shown, Notice.state)
        .outerjoin(
            Notice,
            and_(
                col(Notice.account_id) == Follow.account_id,
                col(Notice.subject_id) == Follow.work_id,
                col(Notice.kind) == NoticeKind.PROGRESS,
            ),
        )
        .where(col(Follow.work_id).in_(works))
    )
    for work_id, shown, state in (await call.session.execute(wanted)).all():
        if now[work_id] and shown != now[work_id] and state is not NoticeState.WAITING:
            moved.add(work_id)
    return sorted(moved)
