"""The state machine of a submission: three statuses that move together. Every function takes a locked row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from picrete_gql.models import (
    Decision,
    Flag,
    OcrStatus,
    PhotoStatus,
    PrecheckStatus,
    Submission,
    SubmissionStatus,
    Verdict,
    Work,
    WorkKind,
)
from picrete_gql.problems import Code, Conflict, Problem, VersionConflict
from picrete_gql.settings import Review

HUMAN = (SubmissionStatus.APPROVED, SubmissionStatus.REJECTED)
WAITING = (PrecheckStatus.QUEUED, PrecheckStatus.PROCESSING)


@dataclass(eq=False)
class ReviewIncomplete(Problem):
    """Some pages have been neither approved nor reported."""

    pages: list[int]
    code = Code.REVIEW_INCOMPLETE
    ru = "Проверьте все страницы. Осталось: {pages}."
    en = "Review every page first. Left: {pages}."


@dataclass(eq=False)
class DecisionContradicts(Problem):
    """SUBMIT with issues, or REPORT without issues or a summary."""

    decision: str
    code = Code.INVALID_INPUT
    ru = "Решение не соответствует проверке: с замечаниями выберите «сообщить» и опишите их, без них — «отправить»."
    en = "The decision contradicts the review: REPORT needs issues and a summary, SUBMIT has no issues."


def flag(submission: Submission, what: Flag, reason: str = "") -> None:
    """Raise a flag once; a new reason replaces the old one."""
    kept = [item for item in submission.flags if item["flag"] != what.value]
    submission.flags = [*kept, {"flag": what.value, "reason": reason}]


def unflag(submission: Submission, *flags: Flag) -> None:
    """Take flags down."""
    submission.flags = [item for item in submission.flags if item["flag"] not in {f.value for f in flags}]


def move(
    submission: Submission,
    status: SubmissionStatus,
    *,
    ocr: OcrStatus | None = None,
    precheck: PrecheckStatus | None = None,
) -> None:
    """One step of the machine: the statuses change and the version grows."""
    submission.status = status
    if ocr is not None:
        submission.ocr_status = ocr
    if precheck is not None:
        submission.precheck_status = precheck
    if precheck not in WAITING:
        submission.lease_owner = submission.lease_until = submission.retry_at = None
    submission.version += 1


def handed_in(submission: Submission, work: Work, photos: int) -> bool:
    """After submitting or the deadline. True when the pages are to be read now; never after a human's mark."""
    if submission.status in HUMAN:
        return False
    if photos == 0:
        submission.ai_points = submission.max_points * 0
        flag(submission, Flag.EMPTY)
        move(submission, SubmissionStatus.PRELIMINARY, ocr=OcrStatus.NOT_REQUIRED)
        return False
    if not work.ocr:
        move(submission, SubmissionStatus.PRELIMINARY, ocr=OcrStatus.NOT_REQUIRED)
        return False
    return True


def reading_begins(submission: Submission) -> bool:
    """The first page is being read. True when this changed anything."""
    if submission.ocr_status is not OcrStatus.PENDING or submission.status is not SubmissionStatus.UPLOADED:
        return False
    move(submission, SubmissionStatus.UPLOADED, ocr=OcrStatus.PROCESSING)
    return True


def page_ended(submission: Submission, kind: WorkKind, pages: Sequence[PhotoStatus], of: Review, now: datetime) -> bool:
    """After a page was read or given up: does the whole go on? True when it did."""
    if submission.status in HUMAN or submission.ocr_status not in (OcrStatus.PENDING, OcrStatus.PROCESSING):
        return False
    if any(page not in (PhotoStatus.READY, PhotoStatus.FAILED) for page in pages):
        return False
    if PhotoStatus.FAILED in pages:
        flag(submission, Flag.OCR_FAILED)
        move(submission, SubmissionStatus.FLAGGED, ocr=OcrStatus.FAILED)
        return True
    minutes = of.control_minutes if kind is WorkKind.CONTROL else of.homework_minutes
    submission.review_deadline = now + timedelta(minutes=minutes)
    unflag(submission, Flag.OCR_FAILED)
    move(submission, SubmissionStatus.UPLOADED, ocr=OcrStatus.IN_REVIEW)
    return True


def ensure_in_review(submission: Submission) -> None:
    """Raises Conflict unless the pages are up for review."""
    if submission.status is not SubmissionStatus.UPLOADED or submission.ocr_status is not OcrStatus.IN_REVIEW:
        raise Conflict(submission.ocr_status.value)


def finalise_review(
    submission: Submission,
    work: Work,
    decision: Decision,
    verdicts: dict[int, Verdict | None],
    summary: str,
    now: datetime,
) -> bool:
    """The review ends. Raises ReviewIncomplete or DecisionContradicts. True when a precheck is queued."""
    ensure_in_review(submission)
    if missing := sorted(number for number, verdict in verdicts.items() if verdict is None):
        raise ReviewIncomplete(missing)
    issues = Verdict.REPORTED in verdicts.values()
    if issues is not (decision is Decision.REPORT) or (decision is Decision.REPORT and not summary):
        raise DecisionContradicts(decision.value)
    submission.review_summary = summary
    return _reviewed(submission, work, OcrStatus.REPORTED if issues else OcrStatus.VALIDATED, now)


def review_timed_out(submission: Submission, work: Work, now: datetime) -> bool:
    """Nobody finalised in time. True when this ended the review."""
    due = submission.review_deadline is not None and now >= submission.review_deadline
    if (
        submission.ocr_status is not OcrStatus.IN_REVIEW
        or submission.status is not SubmissionStatus.UPLOADED
        or not due
    ):
        return False
    flag(submission, Flag.REVIEW_TIMEOUT)
    _reviewed(submission, work, OcrStatus.VALIDATED, now)
    return True


def _reviewed(submission: Submission, work: Work, ocr: OcrStatus, now: datetime) -> bool:
    submission.review_deadline = None
    if not work.precheck:
        move(submission, SubmissionStatus.PRELIMINARY, ocr=ocr)
        return False
    _queue(submission, ocr, now)
    return True


def _queue(submission: Submission, ocr: OcrStatus | None, now: datetime) -> None:
    submission.tries, submission.retry_at, submission.queued_at = 0, None, now
    submission.lease_owner = submission.lease_until = None
    move(submission, SubmissionStatus.PROCESSING, ocr=ocr, precheck=PrecheckStatus.QUEUED)


def precheck_begins(submission: Submission) -> bool:
    """A worker took the submission. False when nobody waits for a precheck any more."""
    if submission.status is not SubmissionStatus.PROCESSING or submission.precheck_status not in WAITING:
        return False
    if submission.precheck_status is PrecheckStatus.QUEUED:
        move(submission, SubmissionStatus.PROCESSING, precheck=PrecheckStatus.PROCESSING)
    return True


def precheck_ends(submission: Submission, *, failed: Flag | None = None, reason: str = "") -> None:
    """The precheck is done, or was given up with a flag."""
    if failed is None:
        unflag(submission, Flag.PRECHECK_FAILED, Flag.UNREADABLE)
        move(submission, SubmissionStatus.PRELIMINARY, precheck=PrecheckStatus.COMPLETED)
        return
    flag(submission, failed, reason)
    move(submission, SubmissionStatus.FLAGGED, precheck=PrecheckStatus.FAILED)


def ensure_version(submission: Submission, expected: int) -> None:
    """Raises VersionConflict with the current version."""
    if submission.version != expected:
        raise VersionConflict(submission.version)


def human_marks(submission: Submission, status: SubmissionStatus) -> None:
    """A teacher approved, overrode or rejected; whatever a job was doing no longer counts."""
    waiting = submission.precheck_status in WAITING
    submission.review_deadline = None
    move(submission, status, precheck=PrecheckStatus.SKIPPED if waiting else None)


def queue_again(submission: Submission, now: datetime) -> None:
    """A teacher wants a new precheck. Raises Conflict unless the pages were read and reviewed and none is running."""
    reviewed = submission.ocr_status in (OcrStatus.VALIDATED, OcrStatus.REPORTED)
    if not reviewed or submission.precheck_status in WAITING:
        state = submission.precheck_status.value if reviewed else submission.ocr_status.value
        raise Conflict(state)
    _queue(submission, None, now)


def read_again(submission: Submission) -> None:
    """A page is to be read once more. Raises Conflict unless the pages are in review or their reading failed."""
    failed = submission.status is SubmissionStatus.FLAGGED and submission.ocr_status is OcrStatus.FAILED
    if not failed:
        ensure_in_review(submission)
    submission.review_deadline = None
    unflag(submission, Flag.OCR_FAILED)
    move(submission, SubmissionStatus.UPLOADED, ocr=OcrStatus.PROCESSING)
