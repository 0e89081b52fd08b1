"""Templates of tasks: how a teacher writes one, looks at samples, and lets it make the variants of a draft."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from picrete_gql.call import Call, command, query
from picrete_gql.models import Task, TaskTemplate, Variant, Work, WorkStatus
from picrete_gql.models.works import WorkChanged
from picrete_gql.problems import Invalid, NotFound
from picrete_gql.rules import works as rules
from picrete_gql.rules.templates import Sample, Template, draw, preview
from picrete_gql.rules.templates.sound import ensure_sound
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY


@query(teacher=ANY)
async def of_tasks(call: Call, ids: Sequence[UUID]) -> list[Template | None]:
    """The template of a task with its rules; null for students, and for tasks without one."""
    wanted = call.select(TaskTemplate).where(col(TaskTemplate.task_id).in_(ids))
    found = {row.task_id: Template.model_validate(row.content) for row in await call.all(wanted)}
    return [found.get(id) for id in ids]


@query(teacher=ANY)
async def samples_of_tasks(call: Call, ids: Sequence[UUID], count: int, seed: int) -> list[list[Sample] | None]:
    """Sample variants with their answers, as `variantsMake` would make them; null for students."""
    most = call.settings.templates.max_samples
    if not 1 <= count <= most:
        raise Invalid("first", f"Примеров: от 1 до {most}.", f"From 1 to {most} samples.")
    wanted = call.select(TaskTemplate).where(col(TaskTemplate.task_id).in_(ids))
    found = {row.task_id: Template.model_validate(row.content) for row in await call.all(wanted)}
    return [preview(found[id], seed, count) if id in found else None for id in ids]


@command(teacher=ANY)
async def put(call: Call, task_id: UUID, template: Template) -> Task:
    """Give a draft's task a template, or another one. Its variants stay until new ones are made."""
    task, work = await _draft(call, task_id)
    limits = call.settings.templates
    many = len(template.parameters) > limits.max_parameters or len(template.rules) > limits.max_rules
    if many or any(len(parameter.choices) > limits.max_choices for parameter in template.parameters):
        raise Invalid("template", "Слишком много параметров, правил или значений.", "Too many parameters or rules.")
    if not template.tolerance.is_finite() or not 0 <= template.tolerance <= 1:
        raise Invalid("tolerance", "Допуск: от 0 до 1.", "The tolerance is from 0 to 1.")
    most = call.settings.limits.text_chars
    clean("text", template.text, least=1, most=most)
    clean("solution", template.solution, most=most)
    clean("units", template.units, most=40)
    ensure_sound(template)
    draw(template, 0, 1)
    row = await _kept(call, task) or call.add(
        TaskTemplate(course_id=task.course_id, work_id=task.work_id, task_id=task.id, content={})
    )
    row.content = template.model_dump(mode="json")
    call.emit(WorkChanged.about(work, task=task.number))
    return task


@command(teacher=ANY)
async def remove(call: Call, task_id: UUID) -> Task:
    """Take the template away from a draft's task; its variants and their answers stay as they are."""
    task, work = await _draft(call, task_id)
    await call.session.execute(delete(TaskTemplate).where(col(TaskTemplate.task_id) == task.id))
    call.emit(WorkChanged.about(work, task=task.number))
    return task


@command(teacher=ANY)
async def make(call: Call, task_id: UUID, count: int, seed: int) -> Task:
    """Make the variants of a draft's task from its template, in the place of those that it has.

    The same seed makes the same variants, and the first of them are those of the preview.
    """
    if not 1 <= count <= rules.MOST_VARIANTS:
        raise Invalid("count", f"Вариантов: от 1 до {rules.MOST_VARIANTS}.", f"From 1 to {rules.MOST_VARIANTS}.")
    task, work = await _draft(call, task_id)
    kept = await _kept(call, task)
    if kept is None:
        raise NotFound("template")
    template = Template.model_validate(kept.content)
    made = draw(template, seed, count)
    await call.session.execute(delete(Variant).where(col(Variant.task_id) == task.id))
    for number, sample in enumerate(made, 1):
        call.add(_variant(task, number, sample, template))
    call.emit(WorkChanged.about(work, task=task.number))
    return task


def _variant(task: Task, number: int, sample: Sample, template: Template) -> Variant:
    place: dict[str, Any] = {"course_id": task.course_id, "work_id": task.work_id, "task_id": task.id}
    return Variant(
        **place,
        number=number,
        content=sample.content,
        parameters=sample.parameters,
        reference_solution=sample.solution,
        reference_answer=sample.answer,
        tolerance=template.tolerance,
        units=sample.units,
    )


async def _draft(call: Call, task_id: UUID) -> tuple[Task, Work]:
    seen = await call.get(Task, task_id)
    work = await call.get(Work, seen.work_id, lock=True)
    if work.status is not WorkStatus.DRAFT:
        raise rules.WorkFrozen("tasks")
    return await call.get(Task, task_id, lock=True), work


async def _kept(call: Call, task: Task) -> TaskTemplate | None:
    rows = await call.all(select(TaskTemplate).where(TaskTemplate.task_id == task.id))
    return rows[0] if rows else None
