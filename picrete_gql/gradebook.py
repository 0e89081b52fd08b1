"""What a work's grades are, read submission by submission: who, which variants, whose points, and who gave them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select

from picrete_gql.call import Call
from picrete_gql.models import (
    Account,
    Assignment,
    Attempt,
    Criterion,
    CriterionScore,
    Membership,
    ScoreChange,
    ScoreSource,
    Submission,
    Task,
    Variant,
    Work,
)
from picrete_gql.problems import Locale
from picrete_gql.rules.grade_exports import Entry, Head, Line, Points
from picrete_gql.rules.submissions import HUMAN

Given = dict[tuple[UUID, UUID | None], tuple[str, datetime]]


@dataclass(frozen=True)
class Scores:
    """Of some submissions: points by (submission, criterion, source), who gave them, variants by (attempt, task)."""

    points: Mapping[tuple[UUID, UUID, ScoreSource], CriterionScore]
    given: Given
    variants: Mapping[tuple[UUID, UUID], int]

    def line(self, submission: Submission, task: Task, criterion: Criterion) -> Line:
        """One criterion of one submission."""
        variant = self.variants.get((submission.attempt_id, task.id))
        ai = self.points.get((submission.id, criterion.id, ScoreSource.AI))
        teacher = self.points.get((submission.id, criterion.id, ScoreSource.TEACHER))
        author = self.given.get((submission.id, criterion.id), ("", None))[0]
        return Line(
            task,
            criterion,
            variant,
            Points(ai.points, ai.comment) if ai else None,
            Points(teacher.points, teacher.comment, author) if teacher else None,
        )


async def head_of(call: Call, work: Work, locale: Locale) -> Head:
    """What is the same for all submissions of a work."""
    tasks = await call.all(select(Task).where(Task.work_id == work.id).order_by(col(Task.number)))
    wanted = select(Criterion).where(Criterion.work_id == work.id).order_by(col(Criterion.number))
    criteria = await call.all(wanted)
    rubrics = [(task, [row for row in criteria if row.task_id == task.id]) for task in tasks]
    return Head(work.title, work.time_zone, locale, rubrics)


async def in_order(call: Call, work_id: UUID) -> list[UUID]:
    """The submissions of a work by the names of their students. Asked once: a new name in between moves nobody."""
    names = (
        select(Submission.id)
        .join(Attempt, col(Attempt.id) == Submission.attempt_id)
        .join(Account, col(Account.id) == Submission.student_id)
        .where(Submission.work_id == work_id)
        .order_by(col(Account.full_name), col(Account.id), col(Attempt.number))
    )
    return await call.all(names)


async def entries(call: Call, head: Head, ids: Sequence[UUID]) -> list[Entry]:
    """These submissions with everything that is said of them, in the order of `ids`; what is gone is left out.

    Nothing may have been asked in this transaction before: all of it sees one moment, so that no mark is half a mark.
    """
    await call.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    wanted = (
        select(Submission, Attempt, Account, Membership.identity)
        .join(Attempt, col(Attempt.id) == Submission.attempt_id)
        .join(Account, col(Account.id) == Submission.student_id)
        .outerjoin(
            Membership,
            (col(Membership.account_id) == Account.id) & (col(Membership.course_id) == Submission.course_id),
        )
        .where(col(Submission.id).in_(ids))
    )
    found = {row[0].id: row for row in (await call.session.execute(wanted)).all()}
    scores = Scores(await _points(call, ids), await _given(call, ids), await _variants(call, list(found.values())))
    return [_entry(head, scores, *found[id]) for id in ids if id in found]


def _entry(head: Head, scores: Scores, submission: Submission, attempt: Attempt, who: Account, identity: Any) -> Entry:
    author, marked_at = "", None
    if submission.status in HUMAN:
        author, marked_at = scores.given.get((submission.id, None), (author, marked_at))
    return Entry(
        submission=submission,
        attempt=attempt,
        student_id=who.id,
        full_name=who.full_name,
        username=who.username,
        identity=str((identity or {}).get("value") or ""),
        author=author,
        marked_at=marked_at,
        lines=[scores.line(submission, task, criterion) for task, rubric in head.tasks for criterion in rubric],
    )


async def _points(call: Call, ids: Sequence[UUID]) -> dict[tuple[UUID, UUID, ScoreSource], CriterionScore]:
    rows = await call.all(select(CriterionScore).where(col(CriterionScore.submission_id).in_(ids)))
    return {(row.submission_id, row.criterion_id, row.source): row for row in rows}


async def _given(call: Call, ids: Sequence[UUID]) -> Given:
    # The latest change by a teacher of each criterion, and (without one) of the whole.
    change: Any = ScoreChange
    latest = (
        select(change, Account.full_name)
        .outerjoin(Account, col(Account.id) == change.author_id)
        .where(change.submission_id.in_(ids), change.source == ScoreSource.TEACHER)
        .ext(distinct_on(change.submission_id, change.criterion_id))
        .order_by(change.submission_id, change.criterion_id, change.id.desc())
    )
    rows = (await call.session.execute(latest)).all()
    return {(row.submission_id, row.criterion_id): (name or "", row.created_at) for row, name in rows}


async def _variants(call: Call, rows: Sequence[Any]) -> dict[tuple[UUID, UUID], int]:
    attempts = [row[1].id for row in rows]
    wanted = (
        select(Assignment.attempt_id, Assignment.task_id, Variant.number)
        .join(Variant, col(Variant.id) == Assignment.variant_id)
        .where(col(Assignment.attempt_id).in_(attempts))
    )
    return {(row[0], row[1]): row[2] for row in (await call.session.execute(wanted)).all()}
