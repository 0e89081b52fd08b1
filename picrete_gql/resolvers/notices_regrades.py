"""News about requests for another look: teachers hear that one was made, its student that it was answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists
from sqlmodel import col, select

from picrete_gql import news
from picrete_gql.call import Call, command, query
from picrete_gql.models import (
    Account,
    Follow,
    Membership,
    MemberStatus,
    Notice,
    NoticeKind,
    Regrade,
    RegradeStatus,
    Role,
    TelegramLink,
)

BATCH = 200


@command()
async def plan(call: Call, attempt_id: UUID) -> int:
    """Tell whoever should hear about the requests of an attempt. Returns how many pieces of news are new."""
    told = 0
    for regrade in await call.all(call.select(Regrade).where(Regrade.attempt_id == attempt_id)):
        if regrade.status is RegradeStatus.OPEN and regrade.created_at > _since(call):
            for teacher in await _teachers(call, regrade):
                about = (NoticeKind.REGRADE_ASKED, regrade.id, regrade.created_at)
                told += await news.plan(call, teacher, *about, call.now)
        if regrade.status is RegradeStatus.ANSWERED and regrade.closed_at and regrade.closed_at > _since(call):
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
        .join(Membership, _teaches(Regrade.course_id))
        .join(Account, _is_open())
        .join(TelegramLink, and_(col(TelegramLink.account_id) == Membership.account_id, listens))
        .where(Regrade.status == RegradeStatus.OPEN, col(Regrade.created_at) > _since(call), ~told)
        .where(TelegramLink.created_at <= Regrade.created_at)
    )
    about = (NoticeKind.REGRADE_ANSWERED, Regrade.id, Regrade.student_id, Regrade.closed_at)
    answered = (
        call.select(Regrade)
        .join(TelegramLink, and_(col(TelegramLink.account_id) == Regrade.student_id, listens))
        .where(Regrade.status == RegradeStatus.ANSWERED, col(Regrade.closed_at) > _since(call), news.missing(*about))
        .where(col(Regrade.closed_at) >= TelegramLink.created_at)
    )
    rows = [*await call.all(asked.limit(BATCH)), *await call.all(answered.limit(BATCH))]
    return sorted({row.attempt_id for row in rows})


async def _teachers(call: Call, regrade: Regrade) -> list[UUID]:
    """Who follows the work; where nobody does, all teachers of the course: of those who had Telegram by then."""
    wanted = (
        select(Membership.account_id, Follow.id)
        .join(Account, _is_open())
        .join(TelegramLink, col(TelegramLink.account_id) == Membership.account_id)
        .outerjoin(
            Follow, and_(col(Follow.account_id) == Membership.account_id, col(Follow.work_id) == regrade.work_id)
        )
        .where(_teaches(regrade.course_id))
        .where(col(TelegramLink.blocked_at).is_(None), TelegramLink.created_at <= regrade.created_at)
    )
    found = (await call.session.execute(wanted)).all()
    followers = [account_id for account_id, follow in found if follow]
    return followers or [account_id for account_id, _ in found]


def _teaches(course_id: Any) -> Any:
    role = col(Membership.roles).contains([Role.TEACHER.value])
    return and_(col(Membership.course_id) == course_id, col(Membership.status) == MemberStatus.ACTIVE, role)


def _is_open() -> Any:
    return and_(col(Account.id) == Membership.account_id, col(Account.is_active))


def _since(call: Call) -> datetime:
    return call.now - timedelta(hours=call.settings.telegram.notice_hours)
