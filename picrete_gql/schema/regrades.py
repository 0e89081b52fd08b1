"""Requests for another look at a mark, with their threads and answers: one's own, and the teachers' lists."""

from collections.abc import AsyncGenerator
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import regrades, regrades_answering, submissions, tasks

from ._ids import Node, named, node, parse
from ._pages import After, Connection, First, ask, connection
from ._words import (
    Info,
    Subject,
    argument,
    asked,
    batch,
    enum,
    extends,
    field,
    row,
    says,
    subscription,
)
from .accounts import Person, person
from .courses import Course
from .submissions import Submission
from .tasks import Criterion, Task
from .works import Work

enum(
    models.RegradeStatus,
    open="Waiting for a teacher.",
    answered="A teacher has answered.",
    withdrawn="Its student took it back.",
)
enum(models.RegradeSide, student="The student.", teacher="A teacher.")


@row(models.RegradeMessage)
class RegradeMessage:
    """A message in the thread of a request."""

    side: models.RegradeSide = says("Who speaks.")
    text: str = says("What is said.")
    created_at: datetime = says("When.")

    @field(regrades.authors_of_messages)
    async def author(self, info: Info) -> Person | None:
        found = await batch(info, regrades.authors_of_messages, self.id)
        return found and await person(info, found)


@row(models.Regrade)
class RegradeAnswer:
    """What a teacher answered, and what became of the points."""

    points_before: Decimal | None = says("Of the criterion; null where the mark was given as a whole.")
    points_after: Decimal | None = says("Of the criterion, since the answer.")
    final_before: Decimal | None = says("Of the whole; null when it was rejected.")
    final_after: Decimal | None = says("Of the whole, since the answer.")

    @strawberry.field(description="What the teacher says.")
    def text(self) -> str:
        return self.answer

    @strawberry.field(description="When.")
    def answered_at(self) -> datetime:
        return self.closed_at

    @field(regrades_answering.authors)
    async def author(self, info: Info) -> Person | None:
        found = await batch(info, regrades_answering.authors, self.id)
        return found and await person(info, found)


@row(models.Regrade)
class Regrade(Node):
    """A student's request for another look at one criterion of a mark."""

    status: models.RegradeStatus = says("Where it stands.")
    text: str = says("What the student says.")
    block_id: strawberry.ID | None = says("The block that it points at.")
    polygon: list[list[float]] | None = says("The place that it points at: points [x, y] in 0..1; two are a box.")
    created_at: datetime = says("When it was asked.")
    closed_at: datetime | None = says("When it was answered or withdrawn.")

    @strawberry.field(description="The photo that it points at; without a block and a polygon the whole page.")
    def photo_id(self) -> strawberry.ID | None:
        return named("photo", self.photo_id)

    @field(submissions.of_attempts, description="The submission whose mark it is about.")
    async def submission(self, info: Info) -> Submission | None:
        return await batch(info, submissions.of_attempts, self.attempt_id)

    @field(tasks.of_ids, description="The task that it is about.")
    async def task(self, info: Info) -> Task | None:
        return await batch(info, tasks.of_ids, self.task_id)

    @field(tasks.criteria_of_ids, description="The criterion that it is about.")
    async def criterion(self, info: Info) -> Criterion | None:
        return await batch(info, tasks.criteria_of_ids, self.criterion_id)

    @field(regrades.get, description="Who asks.")
    async def student(self, info: Info) -> Person:
        return await person(info, self.student_id)

    @field(regrades.messages_of_regrades)
    async def messages(self, info: Info) -> list[RegradeMessage]:
        return await batch(info, regrades.messages_of_regrades, self.id)

    @field(regrades_answering.of_regrades)
    async def answer(self, info: Info) -> RegradeAnswer | None:
        return await batch(info, regrades_answering.of_regrades, self.id)


@asked
class RegradeFilter:
    """Which requests of a list."""

    statuses: list[models.RegradeStatus] = strawberry.field(default_factory=list, description="Only these states.")
    task_id: strawberry.ID | None = strawberry.field(default=None, description="Only about this task.")
    student_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this account.")


def chosen(filter: RegradeFilter | None) -> regrades.Filter:
    """The filter as the resolvers take it."""
    if filter is None:
        return regrades.Filter()
    task = None if filter.task_id is None else parse("task", filter.task_id, "taskId")
    student = None if filter.student_id is None else parse("account", filter.student_id, "studentId")
    return regrades.Filter(tuple(filter.statuses), task, student)


Some = Annotated[RegradeFilter | None, argument("Only some of them.")]


@extends(Submission)
class _OfSubmission:
    @field(regrades.until_of_submissions)
    async def regrades_until(self, info: Info) -> datetime | None:
        return await batch(info, regrades.until_of_submissions, self.id)

    @field(regrades.of_submissions)
    async def regrades(self, info: Info) -> list[Regrade]:
        return await batch(info, regrades.of_submissions, self.id)


@extends(Work)
class _OfWork:
    regrades_closed_at: datetime | None = says("Since when no requests about its marks are taken; null: they are.")

    @field(regrades.of_works)
    async def regrades(
        self, info: Info, first: First = None, after: After = None, filter: Some = None
    ) -> Connection[Regrade] | None:
        page = await batch(info, regrades.of_works, self.id, ask(info, first, after), chosen(filter))
        return page and connection(page, after)


@extends(Course)
class _OfCourse:
    @field(regrades.of_courses)
    async def regrades(
        self, info: Info, first: First = None, after: After = None, filter: Some = None
    ) -> Connection[Regrade] | None:
        page = await batch(info, regrades.of_courses, self.id, ask(info, first, after), chosen(filter))
        return page and connection(page, after)


@strawberry.type
class Query:
    """Root fields of this room."""

    @field(regrades.get)
    async def regrade(self, info: Info, id: Annotated[strawberry.ID, argument("The request.")]) -> Regrade | None:
        return await regrades.get(info.context, parse("regrade", id))


@strawberry.type
class Subscription:
    """Root fields of this room."""

    @subscription(regrades.watch_work, Subject("work", models.Work))
    async def work_regrades_changed(
        self, info: Info, id: Annotated[strawberry.ID, argument("The work.")]
    ) -> AsyncGenerator[Work | None]:
        async for work in regrades.watch_work(info.context, parse("work", id)):
            yield work

    @subscription(regrades.watch_course)
    async def course_regrades_changed(
        self, info: Info, id: Annotated[strawberry.ID, argument("The course.")]
    ) -> AsyncGenerator[Course | None]:
        async for course in regrades.watch_course(info.context, parse("course", id)):
            yield course


node("regrade", regrades.get)
