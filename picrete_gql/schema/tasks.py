"""Tasks, rubrics and variants."""

from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry.file_uploads import Upload
from strawberry.scalars import JSON

from picrete_gql import models
from picrete_gql.resolvers import attachments, tasks

from ._ids import Node, node, node_of, parse
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, enum, extends, field, id_input, mutation, row, says
from .works import Work

enum(models.Difficulty, easy="Easy.", medium="Medium, the default.", hard="Hard.")
enum(
    models.CriterionKind,
    method="The way of solving.",
    calculation="The numbers.",
    units="The units and dimensions.",
    notation="Formulas and equations.",
    other="Anything else.",
)


@row(models.Criterion)
class Criterion(Node):
    """One line of a rubric; the lines of a task sum to its points."""

    number: int = says("Its place in the rubric, from 1.")
    kind: models.CriterionKind = says("What it looks at.")
    name: str = says("Its name.")
    description: str = says("What it means, for students.")
    max_points: Decimal = says("The most points it gives.")

    @field(tasks.notes_of_criteria, key="id")
    async def note(self, info: Info) -> str | None:
        return await batch(info, tasks.notes_of_criteria, self.id)


@row(models.Attachment)
class Attachment(Node):
    """A picture that belongs to a variant."""

    filename: str = says("What the file was called.")
    size: int = says("Bytes.")
    width: int = says("Pixels.")
    height: int = says("Pixels.")

    @field(attachments.view_urls)
    async def view_url(self, info: Info) -> str | None:
        return await batch(info, attachments.view_urls, self.id)


@row(models.Variant)
class VariantReference:
    """What only staff may know of a variant."""

    reference_solution: str = says("How it is solved.")
    reference_answer: str = says("The answer.")
    tolerance: Decimal = says("How far an answer may be off, as a share of the reference answer.")
    units: str = says("The unit of the answer.")


@row(models.Variant)
class Variant(Node):
    """One student's version of a task."""

    number: int = says("Its number within the task, from 1.")
    content: str = says("What is to be solved.")
    parameters: JSON = says("The numbers that make it differ.")

    @field(tasks.references, key="id")
    async def reference(self, info: Info) -> VariantReference | None:
        return await batch(info, tasks.references, self.id)

    @field(attachments.of_variants, key="id")
    async def attachments(self, info: Info) -> list[Attachment]:
        return await batch(info, attachments.of_variants, self.id)


@row(models.Task)
class Task(Node):
    """One task of a work."""

    number: int = says("Its place in the work, from 1.")
    title: str = says("Its title.")
    statement: str = says("What all variants share.")
    max_points: Decimal = says("The most points it gives.")
    difficulty: models.Difficulty = says("How hard it is.")
    tags: list[str] = says("Free labels.")

    @field(tasks.criteria_of_tasks, key="id")
    async def criteria(self, info: Info) -> list[Criterion]:
        return await batch(info, tasks.criteria_of_tasks, self.id)

    @field(tasks.variants_of_tasks, key="id")
    async def variants(self, info: Info) -> list[Variant] | None:
        return await batch(info, tasks.variants_of_tasks, self.id)


@extends(Work)
class _:
    @field(tasks.of_works, key="id")
    async def tasks(self, info: Info) -> list[Task] | None:
        return await batch(info, tasks.of_works, self.id)


@asked
class CriterionInput:
    """One line of a rubric."""

    kind: models.CriterionKind = strawberry.field(default=models.CriterionKind.OTHER, description="What it looks at.")
    name: str = says("1–200 characters.")
    description: str = strawberry.field(default="", description="For students.")
    note: str = strawberry.field(default="", description="For graders only.")
    max_points: Decimal = says("More than 0.")


@asked
class VariantInput:
    """One variant of a task."""

    content: str = says("What is to be solved.")
    parameters: JSON | None = strawberry.field(default=None, description="The numbers that make it differ, an object.")
    reference_solution: str = strawberry.field(default="", description="How it is solved; for staff.")
    reference_answer: str = strawberry.field(default="", description="The answer; for staff.")
    tolerance: Decimal = strawberry.field(default=Decimal("0.01"), description="0 to 1, a share of the answer.")
    units: str = strawberry.field(default="", description="The unit of the answer.")


@asked
class TaskInput:
    """A task, whole. Without criteria it gets the default rubric."""

    title: str = says("1–200 characters.")
    statement: str = strawberry.field(default="", description="What all variants share.")
    max_points: Decimal = says("More than 0, up to 1000, at most two decimals.")
    difficulty: models.Difficulty = strawberry.field(default=models.Difficulty.MEDIUM, description="How hard it is.")
    tags: list[str] = strawberry.field(default_factory=list, description="Up to 20 free labels.")
    criteria: list[CriterionInput] = strawberry.field(default_factory=list, description="They sum to the points.")
    variants: list[VariantInput] = strawberry.field(default_factory=list, description="One or more to publish.")


@asked
class TaskAddInput:
    """A task for a draft."""

    work_id: strawberry.ID = says("The work.")
    task: TaskInput = says("The task.")


@asked
class TaskReplaceInput:
    """A new task in the place of one of a draft."""

    id: strawberry.ID = says("The task.")
    task: TaskInput = says("What takes its place.")


TaskRemoveInput = id_input("TaskRemoveInput", "task")
AttachmentRemoveInput = id_input("AttachmentRemoveInput", "attachment")


@asked
class AttachmentUploadInput:
    """A picture for a variant."""

    variant_id: strawberry.ID = says("The variant.")
    file: Upload = says("JPEG, PNG, WebP or HEIC, up to 10 MB.")


@described
class TaskAddPayload(Payload):
    """The answer to `taskAdd`."""

    task: Task | None = strawberry.field(default=None, description="The task with its ids.")


@described
class TaskReplacePayload(Payload):
    """The answer to `taskReplace`."""

    task: Task | None = strawberry.field(default=None, description="The task after the change.")


@described
class TaskRemovePayload(Payload):
    """The answer to `taskRemove`."""

    work: Work | None = strawberry.field(default=None, description="The work without it.")


@described
class AttachmentUploadPayload(Payload):
    """The answer to `attachmentUpload`."""

    attachment: Attachment | None = strawberry.field(default=None, description="The stored picture.")


@described
class AttachmentRemovePayload(Payload):
    """The answer to `attachmentRemove`."""

    variant: Variant | None = strawberry.field(default=None, description="The variant without it.")


def plan(input: TaskInput) -> tasks.TaskPlan:
    """The input as the resolver wants it."""
    return tasks.TaskPlan(
        **{
            **vars(input),
            "criteria": [tasks.CriterionPlan(**vars(criterion)) for criterion in input.criteria],
            "variants": [tasks.VariantPlan(**{**vars(v), "parameters": v.parameters or {}}) for v in input.variants],
        }
    )


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(tasks.add)
    async def task_add(
        self, info: Info, input: Annotated[TaskAddInput, argument("The task.")]
    ) -> TaskAddPayload | None:
        work = parse("work", input.work_id, "workId")
        return TaskAddPayload(task=await tasks.add(info.context, work, plan(input.task)))

    @mutation(tasks.replace)
    async def task_replace(
        self, info: Info, input: Annotated[TaskReplaceInput, argument("The task.")]
    ) -> TaskReplacePayload | None:
        return TaskReplacePayload(task=await tasks.replace(info.context, parse("task", input.id), plan(input.task)))

    @mutation(tasks.remove)
    async def task_remove(
        self, info: Info, input: Annotated[TaskRemoveInput, argument("The task.")]
    ) -> TaskRemovePayload | None:
        return TaskRemovePayload(work=await tasks.remove(info.context, parse("task", input.id)))

    @mutation(attachments.upload)
    async def attachment_upload(
        self, info: Info, input: Annotated[AttachmentUploadInput, argument("The picture.")]
    ) -> AttachmentUploadPayload | None:
        variant = parse("variant", input.variant_id, "variantId")
        file = input.file
        made = await attachments.upload(info.context, variant, file.filename, file.file)
        return AttachmentUploadPayload(attachment=made)

    @mutation(attachments.remove)
    async def attachment_remove(
        self, info: Info, input: Annotated[AttachmentRemoveInput, argument("The picture.")]
    ) -> AttachmentRemovePayload | None:
        return AttachmentRemovePayload(variant=await attachments.remove(info.context, parse("attachment", input.id)))


node("task", tasks.get)
node_of("criterion", tasks.criteria_of_ids)
node_of("variant", tasks.variants_of_ids)
node_of("attachment", attachments.of_ids)
