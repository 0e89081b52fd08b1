"""Tasks of a work with their rubrics and variants. What is for staff only has queries of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import col, select

from picrete_gql.call import Call, command, query
from picrete_gql.models import Criterion, CriterionKind, Difficulty, Task, TaskTemplate, Variant, Work, WorkStatus
from picrete_gql.models.works import WorkChanged
from picrete_gql.problems import Invalid
from picrete_gql.rules import rubrics
from picrete_gql.rules import works as rules
from picrete_gql.rules.texts import clean, storable
from picrete_gql.scopes import ANY, OWN
from picrete_gql.shapes import Many, One, Value, many, many_within, one, shaped, value

OF_WORKS = Many(model=Task, by="work_id", within=Work, order=lambda task: [task.number])
TASKS = One(model=Task, by="id")
CRITERIA = Many(model=Criterion, by="task_id", order=lambda criterion: [criterion.number])
CRITERION = One(model=Criterion, by="id")
NOTES = Value(model=Criterion, by="id", value=lambda criterion: criterion.note)
VARIANTS = Many(model=Variant, by="task_id", within=Task, order=lambda variant: [variant.number])
VARIANT = One(model=Variant, by="id")


@dataclass(frozen=True)
class CriterionPlan:
    """One line of a rubric to be."""

    kind: CriterionKind
    name: str
    description: str
    note: str
    max_points: Decimal


@dataclass(frozen=True)
class VariantPlan:
    """One variant to be."""

    content: str
    parameters: dict[str, Any]
    reference_solution: str
    reference_answer: str
    tolerance: Decimal
    units: str


@dataclass(frozen=True)
class TaskPlan:
    """A task to be, whole: without criteria it gets the default rubric."""

    title: str
    statement: str
    max_points: Decimal
    difficulty: Difficulty
    tags: Sequence[str]
    criteria: Sequence[CriterionPlan]
    variants: Sequence[VariantPlan]


@shaped(OF_WORKS)
@query(teacher=ANY)
async def of_works(call: Call, ids: Sequence[UUID]) -> list[list[Task] | None]:
    """All tasks of a work in order, for its teachers; a student sees the tasks of their own attempt."""
    return await many_within(call, OF_WORKS, ids)


@shaped(TASKS)
@query(student=OWN, teacher=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[Task | None]:
    """Tasks by id, as far as they are open to the viewer."""
    return await one(call, TASKS, ids)


@shaped(CRITERIA)
@query(student=OWN, teacher=ANY)
async def criteria_of_tasks(call: Call, ids: Sequence[UUID]) -> list[list[Criterion]]:
    """The rubric of a task: criteria in order, which sum to the task's points."""
    return await many(call, CRITERIA, ids)


@shaped(CRITERION)
@query(student=OWN, teacher=ANY)
async def criteria_of_ids(call: Call, ids: Sequence[UUID]) -> list[Criterion | None]:
    """Criteria by id, as far as they are open to the viewer."""
    return await one(call, CRITERION, ids)


@shaped(NOTES)
@query(teacher=ANY)
async def notes_of_criteria(call: Call, ids: Sequence[UUID]) -> list[str | None]:
    """The note for graders; null for students."""
    return await value(call, NOTES, ids)


@shaped(VARIANTS)
@query(teacher=ANY)
async def variants_of_tasks(call: Call, ids: Sequence[UUID]) -> list[list[Variant] | None]:
    """All variants of a task, for its teachers."""
    return await many_within(call, VARIANTS, ids)


@shaped(VARIANT)
@query(student=OWN, teacher=ANY)
async def variants_of_ids(call: Call, ids: Sequence[UUID]) -> list[Variant | None]:
    """Variants by id: a student's own, all of them for a teacher."""
    return await one(call, VARIANT, ids)


@shaped(VARIANT)
@query(teacher=ANY)
async def references(call: Call, ids: Sequence[UUID]) -> list[Variant | None]:
    """Reference solution and answer of a variant; null for students."""
    return await one(call, VARIANT, ids)


@query(student=OWN, teacher=ANY)
async def get(call: Call, task_id: UUID) -> Task:
    """One task: for a student one that they were given to solve."""
    return await call.get(Task, task_id)


@command(teacher=ANY)
async def add(call: Call, work_id: UUID, plan: TaskPlan) -> Task:
    """Add a task with its rubric and variants at the end of a draft."""
    work = await _draft(call, work_id)
    taken = (await call.session.execute(select(func.count()).where(Task.work_id == work.id))).scalar_one()
    if taken >= rules.MOST_TASKS:
        raise Invalid("tasks", f"Не больше {rules.MOST_TASKS} задач.", f"At most {rules.MOST_TASKS} tasks.")
    task = call.add(
        Task(course_id=work.course_id, work_id=work.id, number=taken + 1, title="", max_points=plan.max_points)
    )
    _fill(call, task, plan)
    await call.flush()
    _add_parts(call, task, plan)
    call.emit(WorkChanged.about(work, task=task.number))
    return task


@command(teacher=ANY)
async def replace(call: Call, task_id: UUID, plan: TaskPlan) -> Task:
    """Put a new text, rubric and new variants in the place of a draft's task."""
    task = await call.get(Task, task_id)
    work = await _draft(call, task.work_id)
    task = await call.get(Task, task_id, lock=True)
    # A template of the old text would compute answers of the old question.
    for part in (Criterion, Variant, TaskTemplate):
        await call.session.execute(delete(part).where(col(part.task_id) == task.id))
    _fill(call, task, plan)
    _add_parts(call, task, plan)
    call.emit(WorkChanged.about(work, task=task.number))
    return task


@command(teacher=ANY)
async def remove(call: Call, task_id: UUID) -> Work:
    """Take a task out of a draft; the following ones move up."""
    task = await call.get(Task, task_id)
    work = await _draft(call, task.work_id)
    await call.session.execute(delete(Task).where(col(Task.id) == task.id))
    following = select(Task).where(Task.work_id == work.id, Task.number > task.number).order_by(col(Task.number))
    for later in await call.all(following):
        later.number -= 1
        await call.flush()
    call.emit(WorkChanged.about(work, task=task.number))
    return work


async def _draft(call: Call, work_id: UUID) -> Work:
    work = await call.get(Work, work_id, lock=True)
    if work.status is not WorkStatus.DRAFT:
        raise rules.WorkFrozen("tasks")
    return work


def _fill(call: Call, task: Task, plan: TaskPlan) -> None:
    limits = call.settings.limits
    if (
        not plan.max_points.is_finite()
        or not 0 < plan.max_points <= 1000
        or plan.max_points != round(plan.max_points, 2)
    ):
        raise Invalid("maxPoints", "Баллы задачи: больше 0 и до 1000.", "A task has more than 0 and up to 1000 points.")
    if len(plan.tags) > rules.MOST_TAGS:
        raise Invalid("tags", f"Не больше {rules.MOST_TAGS} меток.", f"At most {rules.MOST_TAGS} tags.")
    task.title = clean("title", plan.title, least=1, most=200)
    task.statement = clean("statement", plan.statement, most=limits.text_chars)
    task.max_points, task.difficulty = plan.max_points, plan.difficulty
    task.tags = [clean("tags", tag, least=1, most=40) for tag in plan.tags]


def _add_parts(call: Call, task: Task, plan: TaskPlan) -> None:
    if len(plan.criteria) > rules.MOST_CRITERIA or len(plan.variants) > rules.MOST_VARIANTS:
        raise Invalid("variants", "Слишком много критериев или вариантов.", "Too many criteria or variants.")
    criteria = plan.criteria or [
        CriterionPlan(kind, name, "", "", points) for kind, name, points in rubrics.default(plan.max_points)
    ]
    rubrics.ensure_sum(task.number, plan.max_points, [criterion.max_points for criterion in criteria])
    place: dict[str, Any] = {"course_id": task.course_id, "work_id": task.work_id, "task_id": task.id}
    most = call.settings.limits.text_chars
    for number, criterion in enumerate(criteria, 1):
        points = criterion.max_points
        if not points.is_finite() or points <= 0 or points != round(points, 2):
            raise Invalid("criteria.maxPoints", "Баллы критерия больше 0.", "A criterion has more than 0 points.")
        call.add(
            Criterion(
                **place,
                number=number,
                kind=criterion.kind,
                name=clean("criteria.name", criterion.name, least=1, most=200),
                description=clean("criteria.description", criterion.description, most=most),
                note=clean("criteria.note", criterion.note, most=most),
                max_points=points,
            )
        )
    for number, variant in enumerate(plan.variants, 1):
        call.add(_variant(call, place, number, variant))


def _variant(call: Call, place: dict[str, Any], number: int, plan: VariantPlan) -> Variant:
    most = call.settings.limits.text_chars
    if not plan.tolerance.is_finite() or not 0 <= plan.tolerance <= 1:
        raise Invalid("variants.tolerance", "Допуск: от 0 до 1.", "The tolerance is from 0 to 1.")
    parameters = storable(plan.parameters)
    if parameters is None or len(parameters) > most:
        raise Invalid("variants.parameters", "Параметры — небольшой объект JSON.", "Parameters: a small JSON object.")
    return Variant(
        **place,
        number=number,
        content=clean("variants.content", plan.content, least=1, most=most),
        parameters=plan.parameters,
        reference_solution=clean("variants.referenceSolution", plan.reference_solution, most=most),
        reference_answer=clean("variants.referenceAnswer", plan.reference_answer, most=most),
        tolerance=plan.tolerance,
        units=clean("variants.units", plan.units, most=40),
    )
