"""The trainer: a student's own sets of tasks, answers, progress, and what comes again."""

from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import bank, courses, trainer, trainer_answers
from picrete_gql.rules.trainer_answers import say

from ._ids import Node, node, parse
from ._pages import After, Connection, First, ask, connection
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, enum, extends, field, id_input, mutation, row, says
from .bank import BankItem, BankSource
from .courses import Course

enum(models.SetKind, generated="Drawn by a seed.", numbers="Chosen by the numbers of its tasks.")
enum(
    models.Answered,
    right="It fits the answer.",
    wrong="It does not.",
    unsure="It cannot be said; it counts neither for nor against.",
)


@row(models.TrainerAnswer)
class TrainerAnswer:
    """One answer that was tried."""

    number: int = says("Which try it was, from 1.")
    text: str = says("The answer.")
    verdict: models.Answered = says("What the checks say of it.")
    created_at: datetime = says("When.")

    @strawberry.field(description="The checks' word for why, such as `unit_missing`.")
    def reason(self) -> str:
        return self.reason

    @strawberry.field(description="Why, in a sentence for a person.")
    def comment(self, info: Info) -> str:
        return say(self.reason, info.context.locale)


@row(models.TrainerTask)
class TrainerTask(Node):
    """A task of a set."""

    number: int = says("Its place in the set, from 1.")
    tries: int = says("How often an answer was tried.")
    verdict: models.Answered | None = says("What the checks say of the last answer.")
    tried_at: datetime | None = says("When the last answer was tried.")
    solved_at: datetime | None = says("When it was answered rightly for the first time.")
    box: int = says("Its Leitner box once it failed, from 1; 0 when it need not come again.")
    due_at: datetime | None = says("When it comes again.")

    @field(bank.of_ids, description="The task itself; null when its source is no longer attached.")
    async def item(self, info: Info) -> BankItem | None:
        return await batch(info, bank.of_ids, self.item_id)

    @field(trainer_answers.revealed)
    async def answer(self, info: Info) -> str | None:
        return await batch(info, trainer_answers.revealed, self.id)

    @field(trainer_answers.of_tasks)
    async def answers(self, info: Info) -> list[TrainerAnswer]:
        return await batch(info, trainer_answers.of_tasks, self.id)

    @field(trainer.of_ids, description="The set that it belongs to.")
    async def trainer_set(self, info: Info) -> Annotated["TrainerSet", strawberry.lazy(__name__)] | None:
        return await batch(info, trainer.of_ids, self.trainer_set_id)


@described
class TrainerCounts:
    """How far a set has come, in tasks."""

    tasks: int = says("All of them.")
    tried: int = says("Answered at least once.")
    solved: int = says("Answered rightly at least once.")
    failing: int = says("Last answered wrongly.")


@row(models.TrainerSet)
class TrainerSet(Node):
    """A student's own set of tasks."""

    kind: models.SetKind = says("How it was put together.")
    title: str = says("What its owner calls it.")
    seed: int | None = says("What it was drawn with: the same seed and filters draw the same tasks.")
    paragraph: str | None = says("The paragraph it was drawn from.")
    topic: str | None = says("What the topics it was drawn from contain.")
    has_answer: bool | None = says("Whether it was drawn from tasks with answers.")
    created_at: datetime = says("When it was made.")

    @field(bank.sources_of_ids, description="The source it was made from; null for all sources of the course.")
    async def source(self, info: Info) -> BankSource | None:
        return self.source_id and await batch(info, bank.sources_of_ids, self.source_id)

    @field(courses.of_ids)
    async def course(self, info: Info) -> Course | None:
        return await batch(info, courses.of_ids, self.course_id)

    @field(trainer.tasks_of_sets)
    async def tasks(self, info: Info) -> list[TrainerTask]:
        return await batch(info, trainer.tasks_of_sets, self.id)

    @field(trainer.counts_of_sets)
    async def counts(self, info: Info) -> TrainerCounts:
        return await batch(info, trainer.counts_of_sets, self.id)


@described
class TrainerProgress:
    """A paragraph in the viewer's sets; a task that is in two sets counts once."""

    paragraph: str = says("The paragraph.")
    tasks: int = says("Tasks of it in the sets.")
    tried: int = says("Answered at least once.")
    solved: int = says("Answered rightly at least once.")
    failing: int = says("Last answered wrongly.")
    due: int = says("Coming again now.")


@extends(Course)
class _:
    @field(trainer.of_courses)
    async def trainer_sets(self, info: Info, first: First = None, after: After = None) -> Connection[TrainerSet] | None:
        return connection(await batch(info, trainer.of_courses, self.id, ask(info, first, after)), after)

    @field(trainer_answers.due_of_courses)
    async def trainer_due(self, info: Info, first: First = None, after: After = None) -> Connection[TrainerTask] | None:
        return connection(await batch(info, trainer_answers.due_of_courses, self.id, ask(info, first, after)), after)

    @field(trainer_answers.progress_of_courses)
    async def trainer_progress(self, info: Info) -> list[TrainerProgress]:
        return await batch(info, trainer_answers.progress_of_courses, self.id)


@asked
class TrainerSetGenerateInput:
    """What a set is drawn from."""

    course_id: strawberry.ID = says("The course.")
    count: int = says("1 to 100 tasks.")
    seed: int | None = strawberry.field(default=None, description="0 to 2147483647; the server takes one if null.")
    source_id: strawberry.ID | None = strawberry.field(default=None, description="Only this source.")
    paragraph: str | None = strawberry.field(default=None, description="This paragraph exactly.")
    topic: str | None = strawberry.field(default=None, description="The topic contains this, in any case.")
    has_answer: bool | None = strawberry.field(default=None, description="Only with a known answer, or without.")
    title: str = strawberry.field(default="", description="What to call it, up to 200 characters.")


@asked
class TrainerSetComposeInput:
    """Which tasks a set is put together from."""

    course_id: strawberry.ID = says("The course.")
    source_id: strawberry.ID = says("The source.")
    numbers: list[str] = says("1 to 300 numbers of tasks, such as “2.10”.")
    title: str = strawberry.field(default="", description="What to call it, up to 200 characters.")


TrainerSetDeleteInput = id_input("TrainerSetDeleteInput", "set")


@asked
class TrainerTaskAnswerInput:
    """An answer to try."""

    id: strawberry.ID = says("The task of the set.")
    answer: str = says("A number with its unit, a formula, or words; 1–500 characters.")


@described
class TrainerSetGeneratePayload(Payload):
    """The answer to `trainerSetGenerate`."""

    trainer_set: TrainerSet | None = strawberry.field(default=None, description="The new set.")


@described
class TrainerSetComposePayload(Payload):
    """The answer to `trainerSetCompose`."""

    trainer_set: TrainerSet | None = strawberry.field(default=None, description="The new set.")


@described
class TrainerSetDeletePayload(Payload):
    """The answer to `trainerSetDelete`."""

    course: Course | None = strawberry.field(default=None, description="The course without it.")


@described
class TrainerTaskAnswerPayload(Payload):
    """The answer to `trainerTaskAnswer`."""

    task: TrainerTask | None = strawberry.field(
        default=None, description="The task with the verdict, and the answer revealed."
    )


@strawberry.type
class Query:
    """Root fields of this room."""

    @field(trainer.get)
    async def trainer_set(self, info: Info, id: Annotated[strawberry.ID, argument("The set.")]) -> TrainerSet | None:
        return await trainer.get(info.context, parse("trainer_set", id))


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(trainer.generate)
    async def trainer_set_generate(
        self, info: Info, input: Annotated[TrainerSetGenerateInput, argument("What to draw from.")]
    ) -> TrainerSetGeneratePayload | None:
        facts = {key: value for key, value in vars(input).items() if key not in ("course_id", "source_id")}
        source = None if input.source_id is None else parse("bank_source", input.source_id, "sourceId")
        draw = trainer.Draw(**facts, source_id=source)
        made = await trainer.generate(info.context, parse("course", input.course_id, "courseId"), draw)
        return TrainerSetGeneratePayload(trainer_set=made)

    @mutation(trainer.compose)
    async def trainer_set_compose(
        self, info: Info, input: Annotated[TrainerSetComposeInput, argument("Which tasks.")]
    ) -> TrainerSetComposePayload | None:
        course, source = parse("course", input.course_id, "courseId"), parse("bank_source", input.source_id, "sourceId")
        made = await trainer.compose(info.context, course, source, input.numbers, input.title)
        return TrainerSetComposePayload(trainer_set=made)

    @mutation(trainer.remove)
    async def trainer_set_delete(
        self, info: Info, input: Annotated[TrainerSetDeleteInput, argument("The set.")]
    ) -> TrainerSetDeletePayload | None:
        return TrainerSetDeletePayload(course=await trainer.remove(info.context, parse("trainer_set", input.id)))

    @mutation(trainer_answers.answer)
    async def trainer_task_answer(
        self, info: Info, input: Annotated[TrainerTaskAnswerInput, argument("The answer.")]
    ) -> TrainerTaskAnswerPayload | None:
        task = await trainer_answers.answer(info.context, parse("trainer_task", input.id), input.answer)
        return TrainerTaskAnswerPayload(task=task)


node("trainer_set", trainer.get)
node("trainer_task", trainer_answers.get)
