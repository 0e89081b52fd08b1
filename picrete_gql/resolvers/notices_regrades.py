"""News about requests for another look: teachers hear that one was made, its student that it was answered."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, exists
from sqlmodel import col

from picrete_gql import news
from picrete_gql.call import Call, command, query
from picrete_gql.models import Notice, NoticeKind, Regrade, RegradeStatus, TelegramLink

BATCH = 200


@command()
async def plan(call: Call, attempt_id: UUID) -> int:
    """Tell whoever should hear about the requests of an attempt. Returns how many pieces of news are new."""
    told = 0
    for regrade in await call.all(call.select(Regrade).where(Regrade.attempt_id == attempt_id)):
        if regrade.status is RegradeStatus.OPEN and regrade.created_at > news.since(call):
            about = (NoticeKind.REGRADE_ASKED, regrade.id, regrade.created_at)
            for teacher in await news.teachers_of(call, regrade, regrade.created_at):
                told += await news.plan(call, teacher, *about, regrade.created_at)
        if regrade.status is RegradeStatus.ANSWERED and regrade.closed_at and regrade.closed_at > news.since(call):
            link = await news.link_of(call, regrade.student_id)
            if link is not None and link.created_at <= regrade.closed_at:
                kind = NoticeKind.REGRADE_ANSWERED
                told += await news.plan(call, regrade.student_id, kind, regrade.id, regrade.closed_at, call.now)
    return told


@query()
async def unplanned(call: Call) -> Sequence[UUID]:
    """Attempts with requests that somebody should hear about and for which nothing is planned, for the sweeper."""
    listens = col(TelegramLink.blocked_at).is_(None)
    told = exists().where(col(Notice.subject_id) == Regrade.id, col(Notice.kind) == NoticeKind.REGRADE_ASKED)
    asked = (
        call.select(Regrade)
        .where(Regrade.status == RegradeStatus.OPEN, col(Regrade.created_at) > news.since(call), ~told)
        .where(news.listening(Regrade.course_id, Regrade.created_at, Regrade.student_id).exists())
    )
    about = (NoticeKind.REGRADE_ANSWERED, Regrade.id, Regrade.student_id, Regrade.closed_at)
    answered = (
        call.select(Regrade)
        .join(TelegramLink, and_(col(TelegramLink.account_id) == Regrade.student_id, listens))
        .where(Regrade.status == RegradeStatus.ANSWERED, col(Regrade.closed_at) > news.since(call))
        .where(news.missing(*about), col(Regrade.closed_at) >= TelegramLink.created_at)
    )
    rows = [*await call.all(asked.limit(BATCH)), *await call.all(answered.limit(BATCH))]
    return sorted({row.attempt_id for row in rows})
