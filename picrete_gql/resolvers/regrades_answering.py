"""The answer to a request for another look: what the teacher says and what becomes of the mark, in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from picrete_gql import marking
from picrete_gql.call import Call, command, query
from picrete_gql.marking import Mark
from picrete_gql.models import Criterion, Regrade, RegradeStatus, ScoreSource, SubmissionStatus
from picrete_gql.models.grades import GradeOverridden
from picrete_gql.models.regrades import RegradeAnswered
from picrete_gql.rules import regrades as rules
from picrete_gql.rules import submissions as machine
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY, RELEASED


@query(student=RELEASED, teacher=ANY)
async def of_regrades(call: Call, ids: Sequence[UUID]) -> list[Regrade | None]:
    """What a teacher answered; null before, and for a student while the mark is not shown."""
    wanted = call.select(Regrade).where(col(Regrade.id).in_(ids), Regrade.status == RegradeStatus.ANSWERED)
    found = {row.id: row for row in await call.all(wanted)}
    return [found.get(id) for id in ids]


@query(teacher=ANY)
async def authors(call: Call, ids: Sequence[UUID]) -> list[UUID | None]:
    """Which teacher answered; null for students."""
    rows = await call.all(call.select(Regrade).where(col(Regrade.id).in_(ids)))
    found = {row.id: row.answered_by for row in rows}
    return [found.get(id) for id in ids]


@command(teacher=ANY)
async def answer(call: Call, regrade_id: UUID, version: int, text: str, ruling: rules.Ruling) -> Regrade:
    """Answer an open request: with new points for the criterion, which change the mark, or leaving it as it is."""
    seen = await call.get(Regrade, regrade_id)
    # Attempt, submission, request: the order in which everybody locks.
    attempt, submission = await marking.locked(call, seen.submission_id)
    regrade = await call.get(Regrade, regrade_id, lock=True)
    rules.ensure_open(regrade)
    machine.ensure_version(submission, version)
    if not rules.is_released(submission):
        raise rules.MarkNotReleased
    text = clean("text", text, least=1, most=call.settings.regrades.text_chars)
    scores = await marking.scores_of(call, submission, ScoreSource.TEACHER)
    criterion: Criterion = await call.find(select(Criterion).where(Criterion.id == regrade.criterion_id))
    made = rules.outcome(submission, criterion, {id: row.points for id, row in scores.items()}, ruling)
    if ruling.changes:
        marks = {id: Mark(row.points, row.comment) for id, row in scores.items()}
        if made.after is not None:
            old = scores.get(criterion.id)
            comment = ruling.comment if ruling.comment is not None else old.comment if old else ""
            marks[criterion.id] = Mark(made.after, comment)
        await marking.mark(call, submission, made.final_after, marks, f"regrade: {text}", scores)
        await marking.close(
            call,
            attempt,
            submission,
            SubmissionStatus.APPROVED,
            GradeOverridden.about(submission, regrade=regrade.named),
        )
    _close(call, regrade, text, made)
    call.emit(RegradeAnswered.about(regrade, regrade=regrade.named, changed=made.changed))
    return regrade


def _close(call: Call, regrade: Regrade, text: str, made: rules.Outcome) -> None:
    regrade.status, regrade.closed_at = RegradeStatus.ANSWERED, call.now
    regrade.answer, regrade.answered_by = text, call.actor_id
    regrade.points_before, regrade.points_after = made.before, made.after
    regrade.final_before, regrade.final_after = made.final_before, made.final_after
