"""Reviewing what was read: look at the pages, approve them, send the work."""

from collections.abc import Sequence
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery

from picrete_gql.models import Decision, OcrStatus, Photo, Submission, SubmissionStatus, Verdict, Work
from picrete_gql.models.readings import PageReviewed, ReviewFinalised
from picrete_gql.problems import NotFound
from picrete_gql.resolvers import attempts, photos, reviews, submissions, works
from picrete_gql.resolvers import pages as shown
from picrete_gql.rules.telegram import Keyboard, Press, attempt_link, button, cut

from ._buttons import Pressed, heard, message_of
from ._talk import Talk

# Telegram takes 4096 characters; head, tail and the link to the site need some.
TEXT_CHARS = 3500
BUTTONS_IN_ROW = 5


async def on_page(query: CallbackQuery, press: Press, talk: Talk) -> None:
    """Show a page as read: in a message of its own, or instead of the page before."""
    await heard(query)
    if talk.who is None or press.id is None:
        talk.say(talk.words.sign_in_first)
        return
    await _show(talk, press.id, press.number, message_of(query) if press.kind == "page" else None)


async def on_approve(query: CallbackQuery, press: Press, talk: Talk) -> None:
    """The page was read rightly: show the next one that has not been looked at."""
    await heard(query)
    if talk.who is None or press.id is None:
        talk.say(talk.words.sign_in_first)
        return
    await talk.once(PageReviewed, reviews.approve_page, talk.context, press.id)
    page = await photos.get(talk.context, press.id)
    pages = (await photos.of_attempts(talk.context, [page.attempt_id]))[0]
    said = await reviews.of_photos(talk.context, [other.id for other in pages])
    left = [other.number for other, review in zip(pages, said, strict=True) if review is None]
    await _show(talk, page.attempt_id, left[0] if left else page.number, message_of(query))


async def on_send(query: CallbackQuery, press: Press, talk: Talk) -> None:
    """All pages are right: send the work."""
    await heard(query)
    if talk.who is None or press.id is None:
        talk.say(talk.words.sign_in_first)
        return
    await talk.once(ReviewFinalised, reviews.finalise, talk.context, press.id, Decision.SUBMIT, "")
    work = await _work(talk, press.id)
    talk.say(talk.words.say("sent", title=work.title))


async def _show(talk: Talk, attempt_id: UUID, number: int, instead_of: int | None) -> None:
    work = await _work(talk, attempt_id)
    pages = (await photos.of_attempts(talk.context, [attempt_id]))[0]
    page = next((page for page in pages if page.number == number), None)
    if page is None:
        raise NotFound("photo")
    said = await reviews.of_photos(talk.context, [other.id for other in pages])
    submission = (await submissions.of_attempts(talk.context, [attempt_id]))[0]
    verdicts = [review.verdict if review else None for review in said]
    open_ = _in_review(submission)
    text = await _text(talk, work, page, len(pages), verdicts[pages.index(page)])
    keyboard = _keyboard(talk, attempt_id, pages, page, verdicts, open_=open_)
    talk.say(text if open_ else f"{text}\n\n{talk.words.review_over}", keyboard, instead_of=instead_of)


async def _work(talk: Talk, attempt_id: UUID) -> Work:
    attempt = await attempts.get(talk.context, attempt_id)
    work = (await works.of_ids(talk.context, [attempt.work_id]))[0]
    if work is None:
        raise NotFound("work")
    return work


async def _text(talk: Talk, work: Work, page: Photo, of: int, verdict: Verdict | None) -> str:
    say = talk.words
    marks = {None: "", Verdict.APPROVED: say.page_approved, Verdict.REPORTED: say.page_reported}
    head = say.say("page_head", title=work.title, number=page.number, pages=of, mark=marks[verdict])
    reading = (await shown.of_photos(talk.context, [page.id]))[0]
    body = reading.text.strip() if reading else ""
    short = cut(body, TEXT_CHARS)
    tail = say.say("page_cut", link=attempt_link(talk.runtime.settings, page.attempt_id)) if short != body else ""
    return f"{head}\n\n{short or say.page_empty}{tail}"


def _in_review(submission: Submission | None) -> bool:
    if submission is None:
        return False
    return submission.status is SubmissionStatus.UPLOADED and submission.ocr_status is OcrStatus.IN_REVIEW


def _keyboard(
    talk: Talk,
    attempt_id: UUID,
    pages: Sequence[Photo],
    page: Photo,
    verdicts: Sequence[Verdict | None],
    *,
    open_: bool,
) -> Keyboard:
    say = talk.words
    keyboard: Keyboard = []
    if open_ and verdicts[pages.index(page)] is None:
        keyboard.append([button(say.approve_button, "ok", page.id)])
    others = [
        button(f"{other.number}{'' if verdict is None else ' ✓'}", "page", attempt_id, other.number)
        for other, verdict in zip(pages, verdicts, strict=True)
        if other.id != page.id
    ]
    keyboard += [others[start : start + BUTTONS_IN_ROW] for start in range(0, len(others), BUTTONS_IN_ROW)]
    if open_ and all(verdict is Verdict.APPROVED for verdict in verdicts):
        keyboard.append([button(say.send_button, "send", attempt_id)])
    return keyboard


def room() -> Router:
    """The buttons under a notice that pages have been read, and under the pages."""
    router = Router(name="reviews")
    router.callback_query.register(on_page, Pressed("read", "page"))
    router.callback_query.register(on_approve, Pressed("ok"))
    router.callback_query.register(on_send, Pressed("send"))
    return router
