"""How a piece of news is planned: shared by the rooms that know what there is to tell."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from picrete_gql.call import Call
from picrete_gql.models import (
    Account,
    Follow,
    Membership,
    MemberStatus,
    Notice,
    NoticeKind,
    NoticeState,
    Regrade,
    Role,
    TelegramLink,
)
from picrete_gql.models.telegram import NoticeQueued


async def link_of(call: Call, account_id: UUID) -> TelegramLink | None:
    """The Telegram of somebody who has not blocked the bot."""
    wanted = select(TelegramLink).where(TelegramLink.account_id == account_id, col(TelegramLink.blocked_at).is_(None))
    found: TelegramLink | None = await call.first(wanted)
    return found


async def plan(
    call: Call, account_id: UUID, kind: NoticeKind, subject_id: UUID, about: datetime, due_at: datetime
) -> bool:
    """Tell somebody something once, at its time. False when it is planned already."""
    facts: dict[str, Any] = {"account_id": account_id, "kind": kind, "subject_id": subject_id, "about": about}
    row = {**facts, "due_at": due_at, "id": uuid7(), "created_at": call.now, "state": NoticeState.WAITING, "tries": 0}
    made = insert(Notice).values(row).on_conflict_do_nothing().returning(col(Notice.id))
    if not (await call.session.execute(made)).all():
        return False
    if due_at <= call.now:
        call.emit(NoticeQueued(account_id=account_id))
    return True


def missing(kind: NoticeKind, subject: Any, account: Any, about: Any) -> Any:
    """That nothing of this kind is planned yet, as a WHERE clause."""
    same = (col(Notice.subject_id) == subject, col(Notice.account_id) == account, col(Notice.about) == about)
    return ~exists().where(col(Notice.kind) == kind, *same)


async def teachers_of(call: Call, regrade: Regrade, said_at: datetime) -> list[UUID]:
    """Who follows the work of a request; where nobody does, all `listening` teachers of the course.

    Always in the same order, so that two workers who plan the same do not each wait for the other.
    """
    follows = and_(col(Follow.account_id) == Membership.account_id, col(Follow.work_id) == regrade.work_id)
    wanted = listening(regrade.course_id, said_at, regrade.student_id).add_columns(Follow.id).outerjoin(Follow, follows)
    found = (await call.session.execute(wanted.order_by(col(Membership.account_id)))).all()
    followers = [account_id for account_id, follow in found if follow]
    return followers or [account_id for account_id, _ in found]


def listening(course_id: Any, said_at: Any, student_id: Any) -> Any:
    """A course's teachers who had Telegram when a student said something, as a statement; not that student, if one."""
    teaches = col(Membership.roles).contains([Role.TEACHER.value])
    return (
        select(Membership.account_id)
        .join(Account, col(Account.id) == Membership.account_id)
        .join(TelegramLink, col(TelegramLink.account_id) == Membership.account_id)
        .where(Membership.course_id == course_id, Membership.status == MemberStatus.ACTIVE, teaches)
        .where(col(Account.is_active), Membership.account_id != student_id)
        .where(col(TelegramLink.blocked_at).is_(None), TelegramLink.created_at <= said_at)
    )


def since(call: Call) -> datetime:
    """News older than this are told to nobody."""
    return call.now - timedelta(hours=call.settings.telegram.notice_hours)
