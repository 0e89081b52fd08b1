"""How a mark is written down: shared by whoever marks and by the answer to a regrade request.

These are steps inside somebody's transaction, on an attempt and a submission that are already locked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import select

from picrete_gql.call import Call
from picrete_gql.events import Event
from picrete_gql.models import (
    Attempt,
    AttemptStatus,
    CriterionScore,
    Release,
    ScoreChange,
    ScoreSource,
    Submission,
    SubmissionStatus,
    Work,
)
from picrete_gql.models.grades import GradeReleased
from picrete_gql.rules import submissions as machine
from picrete_gql.rules.texts import clean


@dataclass(frozen=True)
class Mark:
    """A teacher's points for one criterion."""

    points: Decimal
    comment: str


async def locked(call: Call, submission_id: UUID) -> tuple[Attempt, Submission]:
    """An attempt and its submission, locked in the order that everybody keeps. Raises NotFound."""
    seen = await call.get(Submission, submission_id)
    attempt: Attempt = await call.find(select(Attempt).where(Attempt.id == seen.attempt_id), lock=True)
    return attempt, await call.get(Submission, submission_id, lock=True)


async def scores_of(call: Call, submission: Submission, source: ScoreSource) -> dict[UUID, CriterionScore]:
    """The scores from one source, by criterion."""
    wanted = select(CriterionScore).where(
        CriterionScore.submission_id == submission.id, CriterionScore.source == source
    )
    return {row.criterion_id: row for row in await call.all(wanted)}


async def mark(
    call: Call,
    submission: Submission,
    points: Decimal | None,
    marks: Mapping[UUID, Mark],
    reason: str,
    evidence: Mapping[UUID, CriterionScore],
) -> None:
    """Put these points in the place of the mark that there was; every difference gets its line in the history."""
    place = {key: getattr(submission, key) for key in ("course_id", "attempt_id", "student_id")}
    before = await scores_of(call, submission, ScoreSource.TEACHER)
    by: dict[str, Any] = {**place, "submission_id": submission.id, "source": ScoreSource.TEACHER}
    author = {**by, "author_id": call.context.actor.account_id, "reason": reason}
    for id in [*before.keys() - marks.keys()]:
        call.add(ScoreChange(**author, criterion_id=id, before=before[id].points, after=None))
        await call.session.delete(before[id])
    for id, given in marks.items():
        row = before.get(id) or call.add(CriterionScore(**by, criterion_id=id, points=given.points))
        old = before[id].points if id in before else None
        if old != given.points:
            call.add(ScoreChange(**author, criterion_id=id, before=old, after=given.points))
        row.points, row.comment = given.points, clean("scores.comment", given.comment, most=20_000)
        source = evidence.get(id)
        row.quote, row.errors = (source.quote, source.errors) if source else (None, [])
        row.photo_id, row.block_id = (source.photo_id, source.block_id) if source else (None, None)
    call.add(ScoreChange(**author, before=submission.final_points, after=points))
    submission.final_points = points


async def close(call: Call, attempt: Attempt, submission: Submission, status: SubmissionStatus, event: Event) -> None:
    """A human has marked: the machine stops, and the mark is shown if the work shows its marks."""
    machine.human_marks(submission, status)
    attempt.status = AttemptStatus.GRADED
    work: Work = await call.find(select(Work).where(Work.id == submission.work_id))
    call.emit(event)
    if submission.released_at is None and (work.release is Release.ON_APPROVAL or work.released_at is not None):
        submission.released_at = call.now
        call.emit(GradeReleased.about(submission))
