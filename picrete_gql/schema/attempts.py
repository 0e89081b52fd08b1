"""Attempts: begin, save, hand in, and watch."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from picrete_gql import models
from picrete_gql.problems import Invalid
from picrete_gql.resolvers import accounts, attempts, tasks, works

from ._ids import Node, by_id, node, parse
from ._pages import After, Connection, First, ask, connection
from ._payloads import Payload
from ._words import (
    Info,
    Subject,
    argument,
    asked,
    batch,
    described,
    enum,
    extends,
    field,
    id_input,
    looking,
    mutation,
    root,
    row,
    says,
    subscription,
)
from .accounts import Person, person
from .tasks import Task, Variant
from .works import Work

enum(
    models.AttemptStatus,
    active="Open: photos may come in.",
    submitted="Handed in by the student.",
    expired="Handed in by the deadline.",
    graded="A teacher has marked it.",
)
enum(
    models.SubmissionStatus,
    uploaded="Photos are there; reading and review come first.",
    processing="The precheck is waiting or at work.",
    preliminary="Ready for a teacher.",
    flagged="A teacher must look.",
    approved="Marked by a teacher.",
    rejected="Rejected by a teacher.",
)


@row(models.Assignment)
class AttemptTask:
    """A task of an attempt with the variant that was drawn for it."""

    number: int = says("The task's place, from 1.")

    @field(tasks.of_ids, key="task_id")
    async def task(self, info: Info) -> Task | None:
        return await batch(info, tasks.of_ids, self.task_id)

    @field(tasks.variants_of_ids, key="variant_id")
    async def variant(self, info: Info) -> Variant | None:
        return await batch(info, tasks.variants_of_ids, self.variant_id)


@row(models.Attempt)
class Attempt(Node):
    """One try of one student at a work."""

    number: int = says("Which try it is, from 1.")
    status: models.AttemptStatus = says("Where it stands.")
    started_at: datetime = says("When it began.")
    expires_at: datetime = says("When it ends by itself.")
    extra_minutes: int = says("Extra time that a teacher gave.")
    submitted_at: datetime | None = says("When it was handed in; by the deadline: the deadline.")
    draft: JSON = says("What the page saved meanwhile.")
    draft_saved_at: datetime | None = says("When it was saved.")

    @field(works.of_ids, key="work_id")
    async def work(self, info: Info) -> Work | None:
        return await batch(info, works.of_ids, self.work_id)

    @field(attempts.get, reads=accounts.of_people, key="student_id", description="Whose it is.")
    async def student(self, info: Info) -> Person:
        return await person(info, self.student_id)

    @field(attempts.assignments, key="id")
    async def tasks(self, info: Info) -> list[AttemptTask]:
        return await batch(info, attempts.assignments, self.id)


@asked
class AttemptFilter:
    """Which attempts of a work."""

    statuses: list[models.AttemptStatus] = strawberry.field(default_factory=list, description="Only these states.")
    submission_statuses: list[models.SubmissionStatus] = strawberry.field(
        default_factory=list, description="Only with submissions in these states."
    )
    student_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this account.")


def chosen(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the filters of attempts."""
    filter = asked.get("filter") or {}
    student = filter.get("studentId")
    return {
        "statuses": filter.get("statuses") or None,
        "submission_statuses": filter.get("submissionStatuses") or None,
        "student_id": None if student is None else parse("account", student, "studentId"),
    }


@extends(Work)
class _OfWork:
    @field(attempts.own_of_works, key="id")
    async def my_attempts(self, info: Info) -> list[Attempt]:
        return await batch(info, attempts.own_of_works, self.id)

    @field(attempts.of_works, key="id", given=chosen)
    async def attempts(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        filter: Annotated[AttemptFilter | None, argument("Only some of them.")] = None,
    ) -> Connection[Attempt] | None:
        chosen = attempts.Filter()
        if filter is not None:
            student = None if filter.student_id is None else parse("account", filter.student_id, "studentId")
            chosen = attempts.Filter(tuple(filter.statuses), tuple(filter.submission_statuses), student)
        page = await batch(info, attempts.of_works, self.id, ask(info, first, after), chosen)
        return page and connection(page, after)


@asked
class AttemptStartInput:
    """The work to begin."""

    work_id: strawberry.ID = says("The work.")


@asked
class AttemptSaveInput:
    """A draft to keep."""

    id: strawberry.ID = says("The attempt.")
    draft: JSON = says("A JSON object of at most 64 KiB.")


@asked
class AttemptExtendInput:
    """More time for one student."""

    id: strawberry.ID = says("The attempt.")
    minutes: int = says("How many minutes to add.")


AttemptSubmitInput = id_input("AttemptSubmitInput", "attempt")


@described
class AttemptStartPayload(Payload):
    """The answer to `attemptStart`."""

    attempt: Attempt | None = strawberry.field(default=None, description="The open attempt.")


@described
class AttemptSavePayload(Payload):
    """The answer to `attemptSave`."""

    attempt: Attempt | None = strawberry.field(default=None, description="The attempt with its draft.")


@described
class AttemptSubmitPayload(Payload):
    """The answer to `attemptSubmit`."""

    attempt: Attempt | None = strawberry.field(default=None, description="The closed attempt.")


@described
class AttemptExtendPayload(Payload):
    """The answer to `attemptExtend`."""

    attempt: Attempt | None = strawberry.field(default=None, description="The attempt with its new end.")


@strawberry.type
class Query:
    """Root fields of this room."""

    @root(attempts.view, by_id("attempt"))
    async def attempt(self, info: Info, id: Annotated[strawberry.ID, argument("The attempt.")]) -> Attempt | None:
        return await attempts.view(info.context, parse("attempt", id))

    @field(attempts.open_ones)
    async def my_open_attempts(self, info: Info) -> list[Attempt] | None:
        return await attempts.open_ones(info.context)


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(attempts.start)
    async def attempt_start(
        self, info: Info, input: Annotated[AttemptStartInput, argument("The work.")]
    ) -> AttemptStartPayload | None:
        work = parse("work", input.work_id, "workId")
        return AttemptStartPayload(attempt=await attempts.start(info.context, work))

    @mutation(attempts.save)
    async def attempt_save(
        self, info: Info, input: Annotated[AttemptSaveInput, argument("The draft.")]
    ) -> AttemptSavePayload | None:
        if not isinstance(input.draft, dict):
            raise Invalid("draft", "Черновик — объект JSON.", "The draft must be a JSON object.")
        saved = await attempts.save(info.context, parse("attempt", input.id), input.draft)
        return AttemptSavePayload(attempt=saved)

    @mutation(attempts.submit)
    async def attempt_submit(
        self, info: Info, input: Annotated[AttemptSubmitInput, argument("The attempt.")]
    ) -> AttemptSubmitPayload | None:
        return AttemptSubmitPayload(attempt=await attempts.submit(info.context, parse("attempt", input.id)))

    @mutation(attempts.extend)
    async def attempt_extend(
        self, info: Info, input: Annotated[AttemptExtendInput, argument("More time.")]
    ) -> AttemptExtendPayload | None:
        longer = await attempts.extend(info.context, parse("attempt", input.id), input.minutes)
        return AttemptExtendPayload(attempt=longer)


@strawberry.type
class Subscription:
    """Root fields of this room."""

    @subscription(attempts.watch, Subject("attempt", models.Attempt, attempts.view))
    async def attempt_changed(
        self, info: Info, id: Annotated[strawberry.ID, argument("The attempt.")]
    ) -> AsyncGenerator[Attempt | None]:
        async for attempt in attempts.watch(info.context, parse("attempt", id), looking(info, attempts.view)):
            yield attempt


node("attempt", attempts.view)
