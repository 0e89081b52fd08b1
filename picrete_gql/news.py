"""How a piece of news is planned: shared by the rooms that know what there is to tell."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from picrete_gql.call import Call
from picrete_gql.models import Notice, NoticeKind, NoticeState, TelegramLink
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
