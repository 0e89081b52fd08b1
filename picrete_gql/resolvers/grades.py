"""Marks: a teacher approves, overrides or rejects what was proposed, and students see it once it is released."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from picrete_gql import marking
from picrete_gql.call import Call, command, query
from picrete_gql.marking import Mark
from picrete_gql.models import (
    Attempt,
    AttemptStatus,
    Criterion,
    CriterionScore,
    ImageRemoval,
    Photo,
    ProviderRun,
    ScoreChange,
    ScoreSource,
    Submission,
    SubmissionStatus,
    Work,
)
from picrete_gql.models.grades import GradeApproved, GradeOverridden, GradeQueued, GradeRejected, GradeReleased
from picrete_gql.models.works import WorkReleased
from picrete_gql.problems import Conflict, Invalid
from picrete_gql.rules import grades as rules
from picrete_gql.rules import retention
from picrete_gql.rules import submissions as machine
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY, RELEASED
from picrete_gql.shapes import Many, One, many, many_within, one, shaped


def _scores_by(source: ScoreSource) -> Many[CriterionScore]:
    return Many(
        model=CriterionScore,
        by="submission_id",
        where=lambda score, me: [score.source == source],
        joins={"criterion_id": Criterion},
        order=lambda score, criterion: [criterion.task_id, criterion.number],
    )


GRADE = One(model=Submission, by="id", where=lambda row, me: [row.status.in_(machine.HUMAN)])
PROPOSAL = One(model=Submission, by="id", where=lambda row, me: [row.ai_points.is_not(None)])
SCORES, PROPOSED = _scores_by(ScoreSource.TEACHER), _scores_by(ScoreSource.AI)
HISTORY = Many(model=ScoreChange, by="submission_id", within=Submission, order=lambda change: [change.id])
RUNS = Many(model=ProviderRun, by="attempt_id", within=Attempt, order=lambda run: [run.id])


@shaped(GRADE)
@query(student=RELEASED, teacher=ANY)
async def of_submissions(call: Call, ids: Sequence[UUID]) -> list[Submission | None]:
    """The mark; for a student null until it is released."""
    return await one(call, GRADE, ids)


@shaped(SCORES)
@query(student=RELEASED, teacher=ANY)
async def scores_of_submissions(call: Call, ids: Sequence[UUID]) -> list[list[CriterionScore]]:
    """The points of a mark by criterion, in the order of the rubric."""
    return await many(call, SCORES, ids)


@shaped(PROPOSAL)
@query(teacher=ANY)
async def proposals_of_submissions(call: Call, ids: Sequence[UUID]) -> list[Submission | None]:
    """What the precheck proposes; null for students and while nothing is proposed."""
    return await one(call, PROPOSAL, ids)


@shaped(PROPOSED)
@query(teacher=ANY)
async def proposed_scores_of_submissions(call: Call, ids: Sequence[UUID]) -> list[list[CriterionScore]]:
    """The proposed points by criterion, in the order of the rubric."""
    return await many(call, PROPOSED, ids)


@shaped(HISTORY)
@query(teacher=ANY)
async def history_of_submissions(call: Call, ids: Sequence[UUID]) -> list[list[ScoreChange] | None]:
    """Every change of a mark, the first one first; null for students."""
    return await many_within(call, HISTORY, ids)


@shaped(RUNS)
@query(teacher=ANY)
async def runs_of_attempts(call: Call, ids: Sequence[UUID]) -> list[list[ProviderRun] | None]:
    """What outside providers were asked for an attempt, with tokens and cost; null for students."""
    return await many_within(call, RUNS, ids)


@command(teacher=ANY)
async def approve(call: Call, submission_id: UUID, version: int) -> Submission:
    """Make the proposed points the mark."""
    attempt, submission = await _locked(call, submission_id, version)
    if submission.ai_points is None:
        raise rules.NothingToApprove
    if submission.status not in (SubmissionStatus.PRELIMINARY, SubmissionStatus.FLAGGED, SubmissionStatus.REJECTED):
        raise Conflict(submission.status.value)
    proposed = await marking.scores_of(call, submission, ScoreSource.AI)
    marks = {id: Mark(row.points, row.comment) for id, row in proposed.items()}
    await marking.mark(call, submission, submission.ai_points, marks, "approved", proposed)
    submission.feedback = submission.ai_feedback
    await marking.close(call, attempt, submission, SubmissionStatus.APPROVED, GradeApproved.about(submission))
    return submission


@command(teacher=ANY)
async def override(
    call: Call, submission_id: UUID, version: int, points: Decimal, comment: str, marks: Mapping[UUID, Mark]
) -> Submission:
    """Give your own points, with a comment; optionally for every criterion of the rubric."""
    attempt, submission = await _locked(call, submission_id, version)
    rules.ensure_points(points, submission.max_points)
    comment = clean("comment", comment, least=1, most=call.settings.limits.text_chars)
    rubric = select(Criterion).where(Criterion.work_id == submission.work_id)
    most = {row.id: row.max_points for row in await call.all(rubric)}
    rules.ensure_scores(points, {id: mark.points for id, mark in marks.items()}, most)
    await marking.mark(call, submission, points, marks, comment, {})
    submission.feedback = comment
    await marking.close(call, attempt, submission, SubmissionStatus.APPROVED, GradeOverridden.about(submission))
    return submission


@command(teacher=ANY)
async def reject(call: Call, submission_id: UUID, version: int, reason: str) -> Submission:
    """Reject a submission with a reason; it gets no points."""
    attempt, submission = await _locked(call, submission_id, version)
    submission.feedback = clean("reason", reason, least=1, most=call.settings.limits.text_chars)
    await marking.mark(call, submission, None, {}, submission.feedback, {})
    await marking.close(call, attempt, submission, SubmissionStatus.REJECTED, GradeRejected.about(submission))
    return submission


@command(teacher=ANY)
async def precheck_again(call: Call, submission_id: UUID, version: int) -> Submission:
    """Ask for a new precheck. A mark that was given is taken back; it stays in the history."""
    attempt, submission = await _locked(call, submission_id, version)
    erased = select(Photo.image_removed_at).where(Photo.attempt_id == attempt.id)
    if gone := await call.first(erased.where(Photo.image_removed_why == ImageRemoval.ERASURE)):
        raise retention.PagesRemoved(gone)
    machine.queue_again(submission, call.now)
    if submission.final_points is not None:
        await marking.mark(call, submission, None, {}, "a new precheck was asked for", {})
    submission.released_at = None
    if attempt.status is AttemptStatus.GRADED:
        by_clock = attempt.submitted_at is not None and attempt.submitted_at >= attempt.expires_at
        attempt.status = AttemptStatus.EXPIRED if by_clock else AttemptStatus.SUBMITTED
    call.emit(GradeQueued.about(submission))
    return submission


@command(teacher=ANY)
async def release(call: Call, work_id: UUID) -> Work:
    """Show all marks of a work to the students, and later ones as soon as they are given."""
    work = await call.get(Work, work_id, lock=True)
    if work.released_at is None:
        work.released_at = call.now
        call.emit(WorkReleased.about(work))
    marked = select(Submission).where(
        Submission.work_id == work.id,
        col(Submission.status).in_(machine.HUMAN),
        col(Submission.released_at).is_(None),
    )
    for submission in await call.all(marked.order_by(col(Submission.id)).with_for_update()):
        submission.released_at = call.now
        call.emit(GradeReleased.about(submission))
    return work


def scored_twice() -> Invalid:
    """The refusal of scores that name a criterion twice."""
    return Invalid("scores", "Оцените каждый критерий один раз.", "Score every criterion once.")


async def _locked(call: Call, submission_id: UUID, version: int) -> tuple[Attempt, Submission]:
    attempt, submission = await marking.locked(call, submission_id)
    machine.ensure_version(submission, version)
    if attempt.status is AttemptStatus.ACTIVE:
        raise rules.AttemptStillOpen
    return attempt, submission
