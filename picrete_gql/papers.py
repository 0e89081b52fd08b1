"""What a precheck looks at (the student's own tasks with references, pages, corrections), and what it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select

from picrete_gql.call import Call
from picrete_gql.models import (
    Assignment,
    Criterion,
    CriterionKind,
    CriterionScore,
    Issue,
    Photo,
    Reading,
    Review,
    ScoreChange,
    ScoreSource,
    Submission,
    Task,
    TaskTemplate,
    Variant,
)
from picrete_gql.rules import chemistry
from picrete_gql.rules.precheck import (
    Block,
    Correction,
    CriterionProposal,
    CriterionSheet,
    Finding,
    Page,
    Proposal,
    TaskSheet,
)
from picrete_gql.rules.readings import corrected
from picrete_gql.rules.templates import Template, reference


@dataclass(frozen=True)
class Paper:
    """One submission as plain values. `texts` are the pages' blocks with the student's corrections applied.

    `confirmed` are the photos that the student has compared with the paper.
    """

    tasks: tuple[TaskSheet, ...]
    pages: tuple[Page, ...]
    kinds: dict[UUID, CriterionKind]
    texts: tuple[tuple[UUID, tuple[tuple[str, str, float | None], ...]], ...]
    summary: str
    confirmed: frozenset[UUID] = frozenset()


def by_rules(paper: Paper) -> tuple[Sequence[chemistry.Finding], Proposal]:
    """What the deterministic checks find and propose. Pure CPU: call it off the event loop."""
    tasks = [
        chemistry.Task(sheet.number, sheet.reference_answer or None, sheet.tolerance or Decimal(0), sheet.units or None)
        for sheet in paper.tasks
    ]
    rubric = {
        sheet.number: [chemistry.Criterion(c.id, paper.kinds[c.id].value, c.max_points) for c in sheet.criteria]
        for sheet in paper.tasks
    }
    pages = [
        chemistry.Page(photo_id, _blocks(blocks, photo_id in paper.confirmed), photo_id in paper.confirmed)
        for photo_id, blocks in paper.texts
    ]
    found = chemistry.propose(tasks, rubric, pages)
    scores = tuple(
        CriterionProposal(s.criterion_id, s.points, s.comment_ru, s.quote, s.block_id, s.photo_id) for s in found.scores
    )
    return found.findings, Proposal(scores, found.feedback_ru, found.total)


def _blocks(blocks: Sequence[tuple[str, str, float | None]], confirmed: bool) -> tuple[chemistry.Block, ...]:
    # What a person has confirmed is sure, whatever the engine thought of it.
    return tuple(chemistry.Block(id, text, None if confirmed else confidence) for id, text, confidence in blocks)


def evidence_of(finding: chemistry.Finding) -> dict[str, Any]:
    """A finding as it is kept with the run and shown to the teacher."""
    return {
        "kind": finding.kind.value,
        "verdict": finding.verdict.value,
        "task": finding.task_number,
        "photo": f"photo_{finding.photo_id.hex}" if finding.photo_id else None,
        "block": finding.block_id,
        "quote": finding.quote,
        "expected": finding.expected,
        "found": finding.found,
        "explanation": {"ru": finding.explanation_ru, "en": finding.explanation_en},
    }


def hints(findings: Sequence[chemistry.Finding], paper: Paper) -> list[Finding]:
    """The findings as the model gets them."""
    numbers = {page.photo_id: page.number for page in paper.pages}
    return [
        Finding(f.kind.value, f.verdict.value, f.explanation_en, f.task_number, numbers.get(f.photo_id or UUID(int=0)))
        for f in findings
    ]


async def paper_of(call: Call, submission: Submission) -> Paper:
    """Read a submission whole, in a fixed number of statements."""
    tasks, kinds = await _tasks(call, submission)
    pages, texts = await _pages(call, submission)
    reviewed = await call.all(select(Review.photo_id).where(Review.attempt_id == submission.attempt_id))
    return Paper(tasks, pages, kinds, texts, submission.review_summary, frozenset(reviewed))


async def keep_proposal(call: Call, submission: Submission, engine: str, proposal: Proposal) -> None:
    """Put the proposed points in the place of earlier ones; what changed stays in the history."""
    place = {key: getattr(submission, key) for key in ("course_id", "attempt_id", "student_id")}
    by: dict[str, Any] = {**place, "submission_id": submission.id, "source": ScoreSource.AI}
    old = select(CriterionScore).where(
        CriterionScore.submission_id == submission.id, CriterionScore.source == ScoreSource.AI
    )
    before = {row.criterion_id: row for row in await call.all(old)}
    reason = f"precheck: {engine}"
    for score in proposal.scores:
        row = before.get(score.criterion_id)
        was = row.points if row else None
        if row is None:
            row = call.add(CriterionScore(**by, criterion_id=score.criterion_id, points=score.points))
        row.points, row.comment, row.quote = score.points, score.comment, score.quote
        row.photo_id, row.block_id, row.errors = score.photo_id, score.block_id, list(score.errors)
        if was != score.points:
            call.add(ScoreChange(**by, criterion_id=score.criterion_id, before=was, after=score.points, reason=reason))
    call.add(ScoreChange(**by, before=submission.ai_points, after=proposal.total, reason=reason))
    submission.ai_points, submission.ai_engine, submission.ai_feedback = proposal.total, engine, proposal.feedback


async def _tasks(call: Call, submission: Submission) -> tuple[tuple[TaskSheet, ...], dict[UUID, CriterionKind]]:
    drawn = (
        select(Task, Variant, TaskTemplate)
        .join(Assignment, col(Assignment.task_id) == Task.id)
        .join(Variant, col(Variant.id) == Assignment.variant_id)
        .outerjoin(TaskTemplate, col(TaskTemplate.task_id) == Task.id)
        .where(Assignment.attempt_id == submission.attempt_id)
        .order_by(col(Task.number))
    )
    rows = (await call.session.execute(drawn)).all()
    wanted = select(Criterion).where(col(Criterion.task_id).in_([task.id for task, _, _ in rows]))
    criteria = await call.all(wanted.order_by(col(Criterion.number)))
    sheets = tuple(
        _sheet(task, variant, template, [c for c in criteria if c.task_id == task.id])
        for task, variant, template in rows
    )
    return sheets, {criterion.id: criterion.kind for criterion in criteria}


def _sheet(task: Task, variant: Variant, template: TaskTemplate | None, criteria: list[Criterion]) -> TaskSheet:
    answer, units = _reference(variant, template)
    return TaskSheet(
        number=task.number,
        title=task.title,
        statement=task.statement,
        content=variant.content,
        reference_solution=variant.reference_solution,
        reference_answer=answer,
        tolerance=variant.tolerance,
        units=units,
        criteria=tuple(CriterionSheet(c.id, c.name, c.max_points, c.description, c.note) for c in criteria),
    )


def _reference(variant: Variant, template: TaskTemplate | None) -> tuple[str, str]:
    """The answer by the rules of the task from the variant's own parameters; as it was entered where there are none."""
    if template is not None:
        computed = reference(Template.model_validate(template.content), variant.parameters)
        if computed is not None:
            return computed
    return variant.reference_answer, variant.units


async def _pages(call: Call, submission: Submission) -> tuple[tuple[Page, ...], tuple[Any, ...]]:
    photos = await call.all(select(Photo).where(Photo.attempt_id == submission.attempt_id).order_by(col(Photo.number)))
    ids = [photo.id for photo in photos]
    latest = (
        select(Reading)
        .where(col(Reading.photo_id).in_(ids))
        .ext(distinct_on(col(Reading.photo_id)))
        .order_by(col(Reading.photo_id), col(Reading.number).desc())
    )
    readings = {row.photo_id: row for row in await call.all(latest)}
    issues = await call.all(select(Issue).where(col(Issue.photo_id).in_(ids)).order_by(col(Issue.number)))
    pages: list[Page] = []
    texts: list[Any] = []
    for photo in photos:
        reading = readings.get(photo.id)
        blocks = reading.blocks if reading else []
        mine = [issue for issue in issues if issue.photo_id == photo.id]
        confidence = {str(block["id"]): block.get("confidence") for block in blocks}
        after = corrected(blocks, mine)
        touched = {issue.block_id for issue in mine}
        texts.append((photo.id, tuple((id, text, None if id in touched else confidence.get(id)) for id, text in after)))
        pages.append(
            Page(
                number=photo.number,
                photo_id=photo.id,
                text=reading.text if reading else "",
                blocks=tuple(Block(str(block["id"]), str(block["text"])) for block in blocks),
                corrections=tuple(
                    Correction(i.original, i.suggestion, i.block_id, i.note, i.severity.value) for i in mine
                ),
            )
        )
    return tuple(pages), tuple(texts)
