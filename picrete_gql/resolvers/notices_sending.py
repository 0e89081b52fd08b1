"""One notice after another for one person: taken under a lease, so that several workers do not send it twice."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from picrete_gql import scopes, waiting
from picrete_gql.call import Call, command, query
from picrete_gql.models import (
    Account,
    Criterion,
    Notice,
    NoticeKind,
    NoticeState,
    OcrStatus,
    Photo,
    Regrade,
    RegradeMessage,
    RegradeStatus,
    Submission,
    SubmissionStatus,
    Task,
    TelegramLink,
    Work,
)
from picrete_gql.models.progress import progress_of
from picrete_gql.models.regrades import RegradeSide
from picrete_gql.problems import Locale
from picrete_gql.scopes import ANY, OWN, RELEASED, Allow

BATCH = 50
STUDENT: Allow = {"student": OWN}
MARKED: Allow = {"student": RELEASED}
TEACHER: Allow = {"teacher": ANY}
REGRADES = (NoticeKind.REGRADE_ASKED, NoticeKind.REGRADE_ANSWERED, NoticeKind.REGRADE_DISCUSSED)
REVIEWS = (NoticeKind.REVIEW_READY, NoticeKind.REVIEW_HALF, NoticeKind.REVIEW_LAST)


@dataclass(frozen=True)
class Letter:
    """A notice ready to be put into words. With a `message_id` an older message is changed."""

    id: UUID
    kind: NoticeKind
    chat_id: int
    locale: Locale
    message_id: int | None
    work: Work
    submission: Submission | None = None
    request: "Request | None" = None
    pages: int = 0
    submitted: int = 0
    total: int = 0


@dataclass(frozen=True)
class Request:
    """A request for another look, where in the work it belongs, and what is said of it if that is the news."""

    regrade: Regrade
    task: int
    criterion: str
    message: RegradeMessage | None = None


@query()
async def due(call: Call) -> list[UUID]:
    """People for whom something is due and nobody is sending it."""
    wanted = call.select(Notice).where(*waiting.notices(call.now)).order_by(col(Notice.due_at)).limit(BATCH * 10)
    return list(dict.fromkeys(notice.account_id for notice in await call.all(wanted)))


@command()
async def take(call: Call, account_id: UUID, owner: UUID) -> Letter | None:
    """The next notice that is due for a person. What they cannot or need not hear any more is settled on the way."""
    mine = call.select(Notice).where(Notice.account_id == account_id, *waiting.notices(call.now))
    found = await call.all(mine.order_by(col(Notice.due_at), col(Notice.id)).limit(BATCH).with_for_update())
    link = await call.first(
        select(TelegramLink)
        .join(Account, col(Account.id) == TelegramLink.account_id)
        .where(TelegramLink.account_id == account_id, col(Account.is_active))
    )
    for notice in found:
        letter = await _letter(call, notice, link)
        if isinstance(letter, Letter):
            notice.lease_owner = owner
            notice.lease_until = call.now + timedelta(seconds=call.settings.telegram.lease_seconds)
            return letter
        notice.state = letter
    return None


@command()
async def delivered(call: Call, notice_id: UUID, owner: UUID, message_id: int, shown: int | None) -> bool:
    """Telegram has taken it. False when another worker has taken over."""
    notice = await call.get(Notice, notice_id, lock=True)
    if notice.lease_owner != owner:
        return False
    notice.message_id, notice.shown, notice.sent_at = message_id, shown, call.now
    _settle(notice, NoticeState.SENT)
    return True


@command()
async def refused(call: Call, notice_id: UUID, owner: UUID, *, blocked: bool) -> bool:
    """Telegram will not take it. False when another worker has taken over."""
    notice = await call.get(Notice, notice_id, lock=True)
    if notice.lease_owner != owner:
        return False
    _settle(notice, NoticeState.BLOCKED if blocked else NoticeState.REFUSED)
    return True


@command()
async def put_off(call: Call, notice_id: UUID, owner: UUID, seconds: float | None) -> timedelta | None:
    """Telegram does not answer or wants a pause: try again after the returned time."""
    notice = await call.get(Notice, notice_id, lock=True)
    if notice.lease_owner != owner:
        return None
    of = call.settings.telegram
    wait = timedelta(seconds=seconds or min(of.backoff_seconds * 2.0 ** min(notice.tries, 16), of.backoff_most))
    notice.tries, notice.retry_at = notice.tries + 1, call.now + wait
    notice.lease_owner = notice.lease_until = None
    return wait


@command()
async def anew(call: Call, notice_id: UUID, owner: UUID) -> bool:
    """The message that was to be changed is gone: the next try sends a new one."""
    notice = await call.get(Notice, notice_id, lock=True)
    if notice.lease_owner != owner:
        return False
    notice.message_id = notice.lease_owner = notice.lease_until = None
    return True


def _settle(notice: Notice, state: NoticeState) -> None:
    notice.state, notice.lease_owner, notice.lease_until, notice.retry_at = state, None, None, None


async def _letter(call: Call, notice: Notice, link: TelegramLink | None) -> Letter | NoticeState:
    old = notice.due_at < call.now - timedelta(hours=call.settings.telegram.notice_hours)
    if link is None or old:
        return NoticeState.STALE
    if link.muted or link.blocked_at is not None:
        return NoticeState.MUTED if link.muted else NoticeState.BLOCKED
    base: dict[str, Any] = {"id": notice.id, "kind": notice.kind, "message_id": notice.message_id}
    base |= {"chat_id": link.telegram_id, "locale": link.locale}
    if notice.kind in REVIEWS or notice.kind is NoticeKind.MARK:
        return await _to_student(call, notice, base)
    if notice.kind in REGRADES:
        return await _of_regrade(call, notice, base)
    return await _to_teacher(call, notice, base)


async def _to_student(call: Call, notice: Notice, base: dict[str, Any]) -> Letter | NoticeState:
    """The permission is asked for whoever will read it: a suspended student hears no more of the course."""
    allow = MARKED if notice.kind is NoticeKind.MARK else STUDENT
    wanted = select(Submission).where(Submission.attempt_id == notice.subject_id)
    found: Submission | None = await call.first(
        wanted.where(scopes.visible(Submission, scopes.Person(notice.account_id), allow))
    )
    if found is None or found.student_id != notice.account_id:
        return NoticeState.STALE
    waits = found.status is SubmissionStatus.UPLOADED and found.ocr_status is OcrStatus.IN_REVIEW
    about = found.released_at if notice.kind is NoticeKind.MARK else found.review_deadline
    if about != notice.about or (notice.kind in REVIEWS and not waits):
        return NoticeState.STALE
    work = await call.find(select(Work).where(Work.id == found.work_id))
    counted = select(func.count()).where(Photo.attempt_id == found.attempt_id)
    pages = (await call.session.execute(counted)).scalar_one()
    return Letter(**base, work=work, submission=found, pages=pages)


async def _to_teacher(call: Call, notice: Notice, base: dict[str, Any]) -> Letter | NoticeState:
    wanted = select(Work).where(
        Work.id == notice.subject_id, scopes.visible(Work, scopes.Person(notice.account_id), TEACHER)
    )
    work: Work | None = await call.first(wanted)
    if work is None:
        return NoticeState.STALE
    _, submitted, total = (await call.session.execute(progress_of([work.id]))).one()
    return Letter(**base, work=work, submitted=submitted, total=total)


async def _of_regrade(call: Call, notice: Notice, base: dict[str, Any]) -> Letter | NoticeState:
    """Teachers hear what students say, of open requests; a student hears teachers, as long as the mark is released."""
    message: RegradeMessage | None = None
    if notice.kind is NoticeKind.REGRADE_DISCUSSED:
        message = await call.first(select(RegradeMessage).where(RegradeMessage.id == notice.subject_id))
        if message is None:
            return NoticeState.STALE
    asks = notice.kind is NoticeKind.REGRADE_ASKED or (message is not None and message.side is RegradeSide.STUDENT)
    seen = scopes.visible(Regrade, scopes.Person(notice.account_id), TEACHER if asks else MARKED)
    id = message.regrade_id if message is not None else notice.subject_id
    regrade: Regrade | None = await call.first(select(Regrade).where(Regrade.id == id, seen))
    wanted = RegradeStatus.ANSWERED if notice.kind is NoticeKind.REGRADE_ANSWERED else RegradeStatus.OPEN
    if regrade is None or regrade.status is not wanted or (regrade.student_id == notice.account_id) is asks:
        return NoticeState.STALE
    work = await call.find(select(Work).where(Work.id == regrade.work_id))
    submission = await call.find(select(Submission).where(Submission.id == regrade.submission_id))
    place = select(Task.number, Criterion.name).join(Criterion, col(Criterion.task_id) == Task.id)
    place = place.where(Criterion.id == regrade.criterion_id)
    task, criterion = (await call.session.execute(place)).one()
    return Letter(**base, work=work, submission=submission, request=Request(regrade, task, criterion, message))
