"""When people are told: each piece of news once, as soon as Telegram takes it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from uuid_utils.compat import uuid7

from picrete_gql.call import Context
from picrete_gql.gateways.telegram import ChatGone, MessageVanished, Telegram, uninterrupted
from picrete_gql.models import NoticeKind, SubmissionStatus
from picrete_gql.models.attempts import AttemptExpired, AttemptSubmitted
from picrete_gql.models.grades import GradeReleased
from picrete_gql.models.photos import PhotoRead
from picrete_gql.models.regrades import RegradeAnswered, RegradeAsked, RegradeDiscussed, RegradeSide
from picrete_gql.models.telegram import NoticeQueued, NoticeRetried
from picrete_gql.models.works import WorkCompleted
from picrete_gql.problems import NotFound, Refused, Unavailable
from picrete_gql.resolvers import notices, notices_regrade_threads, notices_regrades, telegram
from picrete_gql.resolvers import notices_sending as sending
from picrete_gql.resolvers.notices_sending import Letter
from picrete_gql.rules.telegram import TEXT_UNITS, Keyboard, attempt_link, button, cut
from picrete_gql.words import Words, words

from ._registry import every, job

log = structlog.get_logger(__name__)
PAGES_IN_ROW = 3


async def _plan(context: Context, plan: Callable[[Context, UUID], Awaitable[object]], subject: UUID | None) -> None:
    """Where there is no bot nobody is told anything."""
    if context.gateways.telegram is not None and subject is not None:
        await plan(context, subject)


@job("notice.review", on=PhotoRead, subject="photo_id", timeout=60)
async def review(context: Context, event: PhotoRead) -> None:
    """After a page was read: if it was the last one, its student hears of it."""
    await _plan(context, notices.plan_review, event.attempt_id)


@job("notice.mark", on=GradeReleased, subject="attempt_id", timeout=60)
async def mark(context: Context, event: GradeReleased) -> None:
    """A mark is released: its student hears of it."""
    await _plan(context, notices.plan_mark, event.attempt_id)


@job("notice.submitted", on=AttemptSubmitted, subject="attempt_id", timeout=60)
async def submitted(context: Context, event: AttemptSubmitted) -> None:
    """One more has handed in: the teachers who follow see the number change."""
    await _plan(context, notices.plan_progress, event.work_id)


@job("notice.expired", on=AttemptExpired, subject="attempt_id", timeout=60)
async def expired(context: Context, event: AttemptExpired) -> None:
    """The clock has handed in for one more."""
    await _plan(context, notices.plan_progress, event.work_id)


@job("notice.finished", on=WorkCompleted, subject="work_id", timeout=60)
async def finished(context: Context, event: WorkCompleted) -> None:
    """A work is over: the teachers who follow hear the result."""
    await _plan(context, notices.plan_finished, event.work_id)


@job("notice.regrade_asked", on=RegradeAsked, subject="attempt_id", timeout=60)
async def regrade_asked(context: Context, event: RegradeAsked) -> None:
    """A student asks for another look: the teachers hear of it."""
    await _plan(context, notices_regrades.plan, event.attempt_id)


@job("notice.regrade_answered", on=RegradeAnswered, subject="attempt_id", timeout=60)
async def regrade_answered(context: Context, event: RegradeAnswered) -> None:
    """A teacher has answered: the student hears of it."""
    await _plan(context, notices_regrades.plan, event.attempt_id)


@job("notice.regrade_discussed", on=RegradeDiscussed, subject="attempt_id", timeout=60)
async def regrade_discussed(context: Context, event: RegradeDiscussed) -> None:
    """Something was said about a request: the other side hears it."""
    await _plan(context, notices_regrade_threads.plan, event.attempt_id)


@job("notice.send", on=NoticeQueued, subject="account_id", timeout=300, also=[NoticeRetried])
async def send(context: Context, event: NoticeQueued) -> timedelta | None:
    """Send everything that is due for one person, one after the other."""
    api, owner = context.gateways.telegram, uuid7()
    if api is None or event.account_id is None:
        return None
    while letter := await sending.take(context, event.account_id, owner):
        again = await uninterrupted(_send(context, api, letter, owner))
        if again is not None:
            return again
    return None


@every(10, "notice.sweep")
async def sweep(context: Context) -> None:
    """Plan what a lost alarm has left behind; wake what has become due."""
    if context.gateways.telegram is None:
        return
    left = await notices.unplanned(context)
    for plan, subjects in (
        (notices.plan_review, left.reviews),
        (notices.plan_mark, left.marks),
        (notices.plan_progress, left.progress),
        (notices.plan_finished, left.finished),
        (notices_regrades.plan, await notices_regrades.unplanned(context)),
        (notices_regrade_threads.plan, await notices_regrade_threads.unplanned(context)),
    ):
        for subject in subjects:
            await plan(context, subject)
    salt = int(context.runtime.now().timestamp()) // 60
    for account_id in await sending.due(context):
        ids = NoticeQueued(account_id=account_id).ids()
        await context.gateways.queue.wake("notice.send", f"{account_id}:{salt}", ids)


async def _send(context: Context, api: Telegram, letter: Letter, owner: UUID) -> timedelta | None:
    text, keyboard = _words(context, letter)
    text = cut(text, TEXT_UNITS)
    try:
        message_id = letter.message_id
        if message_id is None:
            message_id = await api.send(letter.chat_id, text, keyboard)
        else:
            await api.edit(letter.chat_id, message_id, text, keyboard)
    except Unavailable as problem:
        log.warning("notice.waits", kind=letter.kind.value, detail=problem.detail)
        return await sending.put_off(context, letter.id, owner, problem.retry_after)
    except MessageVanished:
        await sending.anew(context, letter.id, owner)
    except ChatGone:
        await sending.refused(context, letter.id, owner, blocked=True)
        await telegram.set_blocked(context, letter.chat_id, is_blocked=True)
    except Refused as problem:
        log.error("notice.refused", kind=letter.kind.value, detail=problem.detail)
        await sending.refused(context, letter.id, owner, blocked=False)
    else:
        await sending.delivered(context, letter.id, owner, message_id, letter.submitted)
    return None


def _words(context: Context, letter: Letter) -> tuple[str, Keyboard | None]:
    say = words(letter.locale)
    if letter.kind is NoticeKind.MARK:
        return _mark(context, say, letter), None
    if letter.request is not None:
        return _regrade(context, say, letter, letter.request), None
    if letter.submission is None:
        return say.say(letter.kind.value, title=letter.work.title, **_numbers(letter)), None
    attempt_id, deadline = letter.submission.attempt_id, letter.submission.review_deadline
    assert deadline is not None
    facts: dict[str, Any] = {"title": letter.work.title, "pages": letter.pages}
    facts |= {"deadline": _clock(say, deadline, letter.work.time_zone)}
    facts |= {"link": attempt_link(context.runtime.settings, attempt_id)}
    numbers = range(1, letter.pages + 1)
    buttons = [button(say.say("page_button", number=n), "read", attempt_id, n) for n in numbers]
    rows = [buttons[start : start + PAGES_IN_ROW] for start in range(0, len(buttons), PAGES_IN_ROW)]
    return say.say(letter.kind.value, **facts), rows


def _numbers(letter: Letter) -> dict[str, int]:
    return {"submitted": letter.submitted, "total": letter.total}


def _mark(context: Context, say: Words, letter: Letter) -> str:
    submission = letter.submission
    if submission is None:
        raise NotFound("submission")
    if submission.status is SubmissionStatus.REJECTED or submission.final_points is None:
        head = say.say("rejected", title=letter.work.title)
    else:
        points, most = _number(submission.final_points), _number(submission.max_points)
        head = say.say("mark", title=letter.work.title, points=points, most=most)
    feedback = say.say("feedback", feedback=cut(submission.feedback, TEXT_UNITS // 2)) if submission.feedback else ""
    return head + feedback + say.say("look", link=attempt_link(context.runtime.settings, submission.attempt_id))


def _regrade(context: Context, say: Words, letter: Letter, of: sending.Request) -> str:
    regrade, submission = of.regrade, letter.submission
    facts = {"title": letter.work.title, "task": of.task, "criterion": of.criterion}
    facts |= {"link": attempt_link(context.runtime.settings, regrade.attempt_id)}
    if letter.kind is NoticeKind.REGRADE_ASKED:
        return say.say("regrade_asked", text=cut(regrade.text, TEXT_UNITS // 2), **facts)
    if of.message is not None:
        speaks = "regrade_student" if of.message.side is RegradeSide.STUDENT else "regrade_teacher"
        return say.say(speaks, text=cut(of.message.text, TEXT_UNITS // 2), **facts)
    facts |= {"text": cut(regrade.answer, TEXT_UNITS // 2)}
    if regrade.final_after in (None, regrade.final_before) or submission is None:
        return say.say("regrade_unchanged", **facts)
    points = {"points": _number(regrade.final_after), "most": _number(submission.max_points)}
    return say.say("regrade_changed", **facts, **points)


def _number(points: Decimal) -> str:
    """Without trailing zeros and without an exponent."""
    return f"{points:f}".rstrip("0").rstrip(".") if "." in f"{points:f}" else f"{points:f}"


def _clock(say: Words, moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime(say.clock)
