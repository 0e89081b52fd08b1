"""The review of what was read: by the student, by a teacher who takes it over, or by its deadline."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from picrete_gql.call import Call, command, query
from picrete_gql.models import Decision, Issue, Photo, Reading, Review, Submission, Verdict, Work
from picrete_gql.models.grades import GradeQueued
from picrete_gql.models.readings import PageReviewed, ReviewFinalised
from picrete_gql.problems import NotFound
from picrete_gql.rules import readings as rules
from picrete_gql.rules import submissions as machine
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY, OWN
from picrete_gql.shapes import Many, One, many, one, shaped

OF_PHOTOS = One(model=Review, by="photo_id")
ISSUES = Many(model=Issue, by="photo_id", order=lambda issue: [issue.number])


@shaped(OF_PHOTOS)
@query(student=OWN, teacher=ANY)
async def of_photos(call: Call, ids: Sequence[UUID]) -> list[Review | None]:
    """What was said of a page's reading; null until somebody has looked."""
    return await one(call, OF_PHOTOS, ids)


@shaped(ISSUES)
@query(student=OWN, teacher=ANY)
async def issues_of_photos(call: Call, ids: Sequence[UUID]) -> list[list[Issue]]:
    """What was reported on a page, in order."""
    return await many(call, ISSUES, ids)


@command(student=OWN, teacher=ANY)
async def approve_page(call: Call, photo_id: UUID) -> Photo:
    """Say that a page was read rightly. Issues reported on it before are withdrawn."""
    _, photo = await _in_review(call, photo_id)
    await call.session.execute(delete(Issue).where(col(Issue.photo_id) == photo.id))
    await _say(call, photo, Verdict.APPROVED)
    return photo


@command(student=OWN, teacher=ANY)
async def report_page(call: Call, photo_id: UUID, drafts: Sequence[rules.IssueDraft]) -> Photo:
    """Report what was read wrongly on a page; replaces what was reported before. The reading itself stays."""
    _, photo = await _in_review(call, photo_id)
    if not drafts:
        raise rules.IssuesMissing
    if len(drafts) > call.settings.review.max_issues:
        raise rules.TooManyIssues(call.settings.review.max_issues)
    latest = select(Reading).where(Reading.photo_id == photo.id).order_by(col(Reading.number).desc()).limit(1)
    reading = await call.find(latest)
    blocks = {str(block["id"]): str(block["text"]) for block in reading.blocks}
    most = call.settings.limits.text_chars
    checked = [rules.checked(draft, blocks, most) for draft in drafts]
    await call.session.execute(delete(Issue).where(col(Issue.photo_id) == photo.id))
    for number, draft in enumerate(checked, 1):
        call.add(
            Issue(
                course_id=photo.course_id,
                attempt_id=photo.attempt_id,
                student_id=photo.student_id,
                photo_id=photo.id,
                author_id=call.actor_id,
                number=number,
                **vars(draft),
            )
        )
    await _say(call, photo, Verdict.REPORTED)
    return photo


@command(student=OWN, teacher=ANY)
async def finalise(call: Call, attempt_id: UUID, decision: Decision, summary: str) -> Submission:
    """End the review: SUBMIT when every page is approved, REPORT when there are issues, with a summary."""
    found = call.select(Submission).where(Submission.attempt_id == attempt_id)
    submission: Submission = await call.find(found, lock=True)
    verdicts: dict[int, Verdict | None] = {}
    pages = (
        select(Photo.number, Review.verdict)
        .outerjoin(Review, col(Review.photo_id) == Photo.id)
        .where(Photo.attempt_id == attempt_id)
    )
    for number, verdict in (await call.session.execute(pages)).all():
        verdicts[number] = None if verdict is None else Verdict(verdict)
    work = await call.find(select(Work).where(Work.id == submission.work_id))
    summary = clean("summary", summary, most=call.settings.limits.text_chars)
    queued = machine.finalise_review(submission, work, decision, verdicts, summary, call.now)
    call.emit(ReviewFinalised.about(submission, decision=decision.value))
    if queued:
        call.emit(GradeQueued.about(submission))
    return submission


@command()
async def time_out(call: Call) -> int:
    """End the reviews that nobody ended in time. Safe with many workers; call until it returns 0."""
    due = call.select(Submission).where(
        col(Submission.review_deadline) <= call.now, Submission.ocr_status == "in_review"
    )
    found = await call.all(due.limit(50).with_for_update(skip_locked=True))
    for submission in found:
        work = await call.find(select(Work).where(Work.id == submission.work_id))
        if machine.review_timed_out(submission, work, call.now):
            call.emit(ReviewFinalised.about(submission, decision="timeout"))
            if work.precheck:
                call.emit(GradeQueued.about(submission))
    return len(found)


async def _in_review(call: Call, photo_id: UUID) -> tuple[Submission, Photo]:
    photo = await call.get(Photo, photo_id)
    found = call.select(Submission).where(Submission.attempt_id == photo.attempt_id)
    submission: Submission | None = await call.first(found.with_for_update())
    if submission is None:
        raise NotFound("submission")
    machine.ensure_in_review(submission)
    return submission, photo


async def _say(call: Call, photo: Photo, verdict: Verdict) -> None:
    review = await call.first(select(Review).where(Review.photo_id == photo.id).with_for_update())
    if review is None:
        place = {key: getattr(photo, key) for key in ("course_id", "attempt_id", "student_id")}
        review = call.add(Review(**place, photo_id=photo.id, author_id=call.actor_id, verdict=verdict))
    review.verdict, review.author_id = verdict, call.actor_id
    call.emit(PageReviewed.about(photo, verdict=verdict.value))
