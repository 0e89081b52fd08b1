"""News from the threads of requests for another look: what one side says the other hears, each message once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_
from sqlmodel import col, select

from picrete_gql import news
from picrete_gql.call import Call, command, query
from picrete_gql.models import Notice, NoticeKind, Regrade, RegradeMessage, RegradeStatus, TelegramLink
from picrete_gql.models.regrades import RegradeSide

BATCH = 200
KIND = NoticeKind.REGRADE_DISCUSSED


@command()
async def plan(call: Call, attempt_id: UUID) -> int:
    """Tell what was said about the requests of an attempt. Returns how many pieces of news are new."""
    told = 0
    fresh = _unheard(call, Regrade, RegradeMessage).where(Regrade.attempt_id == attempt_id)
    for regrade, message in (await call.session.execute(fresh.order_by(col(RegradeMessage.id)))).all():
        said_at, listeners = message.created_at, [regrade.student_id]
        if message.side is RegradeSide.STUDENT:
            listeners = await news.teachers_of(call, regrade, said_at)
        for account_id in listeners:
            # Due since it was said: so a thread is told in its order, however late it is planned.
            told += await news.plan(call, account_id, KIND, message.id, said_at, said_at)
    return told


@query()
async def unplanned(call: Call) -> Sequence[UUID]:
    """Attempts about which something was said that nobody has planned to tell, for the sweeper."""
    return sorted(set(await call.all(_unheard(call, Regrade.attempt_id).limit(BATCH))))


def _unheard(call: Call, *columns: Any) -> Any:
    """Messages of open requests that somebody should hear and for which nothing is planned.

    All who hear a message are planned together, so one notice says that all are.
    """
    said_at, speaker, student = col(RegradeMessage.created_at), col(RegradeMessage.author_id), Regrade.student_id
    told = exists().where(col(Notice.subject_id) == RegradeMessage.id, col(Notice.kind) == KIND)
    listens = (col(TelegramLink.blocked_at).is_(None), col(TelegramLink.created_at) <= said_at)
    linked = exists().where(col(TelegramLink.account_id) == student, *listens)
    teachers = news.listening(Regrade.course_id, said_at, student).exists()
    return (
        select(*columns)
        .join_from(RegradeMessage, Regrade, col(Regrade.id) == RegradeMessage.regrade_id)
        .where(call.visible(Regrade), Regrade.status == RegradeStatus.OPEN, said_at > news.since(call), ~told)
        .where(or_(and_(speaker == student, teachers), and_(speaker != student, linked)))
    )
