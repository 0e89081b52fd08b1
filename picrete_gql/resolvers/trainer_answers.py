"""Answers to the tasks of a trainer: checked, remembered, revealed, and asked again when they failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import distinct, func
from sqlalchemy import select as sql_select
from sqlmodel import col, select

from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import Answered, BankItem, TrainerAnswer, TrainerTask
from picrete_gql.models.trainer import TrainerTaskAnswered
from picrete_gql.paging import Ask, Page, in_order, pages
from picrete_gql.rules import trainer as rules
from picrete_gql.rules import trainer_answers as checks
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import OWN


@dataclass(frozen=True)
class Progress:
    """A paragraph in a student's sets, in different tasks: `failing` were last answered wrongly, `due` come now."""

    paragraph: str
    tasks: int
    tried: int
    solved: int
    failing: int
    due: int


@query(student=OWN)
async def expected(call: Call, task_id: UUID) -> str:
    """What the answer to a task of your own should be, to check one against. Raises AnswerUnknown."""
    task = await call.get(TrainerTask, task_id)
    item = await call.get(BankItem, task.item_id)
    if not item.answer:
        raise rules.AnswerUnknown
    return item.answer


@command(student=OWN)
async def record(call: Call, task_id: UUID, answer: str, checked: checks.Checked) -> TrainerTask:
    """Remember an answer and what the checks said of it; a task that failed will come again."""
    task = await call.get(TrainerTask, task_id, lock=True)
    task.tries, task.tried_at, task.verdict = task.tries + 1, call.now, checked.verdict
    if checked.verdict is Answered.RIGHT:
        task.solved_at = task.solved_at or call.now
    card = rules.Card(task.box, task.due_at)
    card = rules.after(card, checked.verdict, call.now, call.settings.trainer.box_days)
    task.box, task.due_at = card.box, card.due_at
    call.add(
        TrainerAnswer(
            course_id=task.course_id,
            trainer_task_id=task.id,
            student_id=task.student_id,
            number=task.tries,
            text=answer,
            verdict=checked.verdict,
            reason=checked.reason.value,
        )
    )
    call.emit(TrainerTaskAnswered.about(task, verdict=checked.verdict.value))
    return task


@recipe(like=record)
async def answer(context: Context, task_id: UUID, text: str) -> TrainerTask:
    """Try an answer to a task of your own set: a number with its unit, a formula, or words."""
    settings = context.runtime.settings
    text = clean("answer", text, least=1, most=settings.trainer.answer_chars)
    right = await expected(context, task_id)
    checked = await context.runtime.compute(checks.check, text, right, settings.bank.tolerance)
    return await record(context, task_id, text, checked)


@query(student=OWN)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[TrainerTask | None]:
    """Tasks of your own sets by id."""
    found = {row.id: row for row in await call.all(call.select(TrainerTask).where(col(TrainerTask.id).in_(ids)))}
    return [found.get(id) for id in ids]


@query(student=OWN)
async def get(call: Call, task_id: UUID) -> TrainerTask:
    """One task of your own sets."""
    return await call.get(TrainerTask, task_id)


@query(student=OWN)
async def of_tasks(call: Call, ids: Sequence[UUID]) -> list[list[TrainerAnswer]]:
    """Your answers to a task, the first one first."""
    wanted = call.select(TrainerAnswer).where(col(TrainerAnswer.trainer_task_id).in_(ids))
    rows = await call.all(wanted.order_by(col(TrainerAnswer.number)))
    return in_order(ids, rows, lambda row: row.trainer_task_id)


@query(student=OWN)
async def revealed(call: Call, ids: Sequence[UUID]) -> list[str | None]:
    """The answer of the bank, once you have tried one; null before, and where none is known."""
    wanted = (
        select(TrainerTask.id, BankItem.answer)
        .join(BankItem, col(BankItem.id) == TrainerTask.item_id)
        .where(call.visible(TrainerTask), call.visible(BankItem))
        .where(TrainerTask.tries > 0, col(TrainerTask.id).in_(ids))
    )
    found = {row[0]: row[1] for row in (await call.session.execute(wanted)).all()}
    return [found.get(id) or None for id in ids]


@query(student=OWN)
async def due_of_courses(call: Call, ids: Sequence[UUID], ask: Ask) -> list[Page[TrainerTask]]:
    """The tasks that failed once and come again now, the longest waiting first."""
    wanted = call.select(TrainerTask).where(
        col(TrainerTask.due_at) <= call.now, col(TrainerTask.item_id).in_(_open(call))
    )
    return await pages(call, wanted, TrainerTask.course_id, ids, [TrainerTask.due_at, TrainerTask.id], ask)


@query(student=OWN)
async def progress_of_courses(call: Call, ids: Sequence[UUID]) -> list[list[Progress]]:
    """How far you have come in a course, paragraph by paragraph; a task that is in two sets counts once."""
    items = func.count(distinct(col(TrainerTask.item_id)))
    tried, wrong = col(TrainerTask.tries) > 0, col(TrainerTask.verdict) == Answered.WRONG
    solved, due = col(TrainerTask.solved_at).is_not(None), col(TrainerTask.due_at) <= call.now
    parts = (items, *(items.filter(condition) for condition in (tried, solved, wrong, due)))
    wanted = (
        sql_select(col(TrainerTask.course_id), col(BankItem.paragraph), *parts)
        .join(BankItem, col(BankItem.id) == TrainerTask.item_id)
        .where(call.visible(TrainerTask), call.visible(BankItem), col(TrainerTask.course_id).in_(ids))
        .group_by(col(TrainerTask.course_id), col(BankItem.paragraph), col(BankItem.paragraph_key))
        .order_by(col(BankItem.paragraph_key), col(BankItem.paragraph))
    )
    rows = (await call.session.execute(wanted)).all()
    return [[Progress(*list(row)[1:]) for row in rows if row[0] == id] for id in ids]


def _open(call: Call) -> Any:
    """Tasks whose source is still attached."""
    return select(BankItem.id).where(call.visible(BankItem))
