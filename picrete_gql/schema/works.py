"""Works as everybody sees them, and their management."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any

import strawberry

from picrete_gql import models
from picrete_gql.problems import Invalid
from picrete_gql.resolvers import courses, grades, works

from ._ids import Node, by_id, named, node, parse
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
from .courses import Course

enum(models.WorkKind, control="With a duration for each student.", homework="Open until its end.")
enum(
    models.WorkStatus,
    draft="Being written; students do not see it.",
    published="Students see that it is coming.",
    active="It has begun.",
    completed="It is over.",
    archived="Put away.",
)
enum(
    models.Release,
    on_approval="A student sees the mark as soon as a teacher has given it.",
    manual="Students see their marks when the teacher releases the whole work.",
)


@described
class AttemptCount:
    """How many attempts of a work are in one state."""

    state: str = says("`active` for open ones, else the state of the submission.")
    attempts: int = says("How many.")


@row(models.Work)
class Work(Node):
    """A work that students solve on paper."""

    kind: models.WorkKind = says("Control work or homework.")
    title: str = says("Its title.")
    description: str = says("What students should know beforehand.")
    starts_at: datetime = says("When it begins.")
    ends_at: datetime = says("When it ends.")
    duration_minutes: int | None = says("Minutes for each student; null for homework.")
    time_zone: str = says("The IANA time zone that its times are shown in.")
    max_attempts: int = says("How often a student may try.")
    ocr: bool = says("Whether the pages are read.")
    precheck: bool = says("Whether the solutions are prechecked.")
    release: models.Release = says("When students see their marks.")
    released_at: datetime | None = says("When the marks of the whole work were released.")
    status: models.WorkStatus = says("Where it stands.")
    created_at: datetime = says("When it was begun.")

    @field(courses.of_ids, key="course_id")
    async def course(self, info: Info) -> Course | None:
        return await batch(info, courses.of_ids, self.course_id)

    @field(works.counts, key="id")
    async def counts(self, info: Info) -> list[AttemptCount] | None:
        return await batch(info, works.counts, self.id)


@extends(Course)
class _:
    @field(
        works.of_courses,
        key="id",
        given=lambda asked: {"statuses": asked.get("statuses") or None, "kind": asked.get("kind")},
    )
    async def works(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        statuses: Annotated[list[models.WorkStatus] | None, argument("Only these statuses.")] = None,
        kind: Annotated[models.WorkKind | None, argument("Only this kind.")] = None,
    ) -> Connection[Work] | None:
        page = await batch(info, works.of_courses, self.id, ask(info, first, after), tuple(statuses or ()), kind)
        return connection(page, after)


@asked
class WorkCreateInput:
    """A new work, as a draft. Times need an offset."""

    course_id: strawberry.ID = says("The course.")
    kind: models.WorkKind = says("Control work or homework.")
    title: str = says("1–200 characters.")
    description: str = strawberry.field(default="", description="What students should know beforehand.")
    starts_at: datetime = says("When it begins.")
    ends_at: datetime = says("When it ends, later than it begins.")
    duration_minutes: int | None = strawberry.field(default=None, description="For control works: 1 to 1440.")
    time_zone: str = strawberry.field(default="Europe/Moscow", description="IANA time zone for display.")
    max_attempts: int = strawberry.field(default=1, description="1 to 100.")
    ocr: bool = strawberry.field(default=True, description="Whether the pages are read.")
    precheck: bool = strawberry.field(default=True, description="Whether the solutions are prechecked; needs `ocr`.")
    release: models.Release = strawberry.field(
        default=models.Release.ON_APPROVAL, description="When students see their marks."
    )


@asked
class WorkUpdateInput:
    """What to change. After publishing only title, description, release, a later end and more attempts."""

    id: strawberry.ID = says("The work.")
    title: str | None = strawberry.field(default=strawberry.UNSET, description="1–200 characters.")
    description: str | None = strawberry.field(default=strawberry.UNSET, description="What students should know.")
    starts_at: datetime | None = strawberry.field(default=strawberry.UNSET, description="When it begins.")
    ends_at: datetime | None = strawberry.field(default=strawberry.UNSET, description="When it ends.")
    duration_minutes: int | None = strawberry.field(default=strawberry.UNSET, description="1 to 1440, or null.")
    time_zone: str | None = strawberry.field(default=strawberry.UNSET, description="IANA time zone.")
    max_attempts: int | None = strawberry.field(default=strawberry.UNSET, description="1 to 100.")
    ocr: bool | None = strawberry.field(default=strawberry.UNSET, description="Whether the pages are read.")
    precheck: bool | None = strawberry.field(default=strawberry.UNSET, description="Whether there is a precheck.")
    release: models.Release | None = strawberry.field(default=strawberry.UNSET, description="When marks are seen.")
    kind: models.WorkKind | None = strawberry.field(default=strawberry.UNSET, description="Control or homework.")


WorkPublishInput = id_input("WorkPublishInput", "work")
WorkUnpublishInput = id_input("WorkUnpublishInput", "work")
WorkArchiveInput = id_input("WorkArchiveInput", "work")
WorkReleaseInput = id_input("WorkReleaseInput", "work")


@asked
class WorkDeleteInput:
    """The work to delete."""

    id: strawberry.ID = says("The work.")
    force: bool = strawberry.field(default=False, description="Also when students have attempts; all is lost.")


@described
class WorkCreatePayload(Payload):
    """The answer to `workCreate`."""

    work: Work | None = strawberry.field(default=None, description="The draft.")


@described
class WorkUpdatePayload(Payload):
    """The answer to `workUpdate`."""

    work: Work | None = strawberry.field(default=None, description="The work after the change.")


@described
class WorkPublishPayload(Payload):
    """The answer to `workPublish`."""

    work: Work | None = strawberry.field(default=None, description="The published work.")


@described
class WorkUnpublishPayload(Payload):
    """The answer to `workUnpublish`."""

    work: Work | None = strawberry.field(default=None, description="The draft again.")


@described
class WorkArchivePayload(Payload):
    """The answer to `workArchive`."""

    work: Work | None = strawberry.field(default=None, description="The archived work.")


@described
class WorkReleasePayload(Payload):
    """The answer to `workRelease`."""

    work: Work | None = strawberry.field(default=None, description="The work, its marks released.")


@described
class WorkDeletePayload(Payload):
    """The answer to `workDelete`."""

    deleted_id: strawberry.ID | None = strawberry.field(default=None, description="The id that no longer exists.")


def changes(input: Any) -> dict[str, Any]:
    """The fields that were given. Raises Invalid for a null where the work needs a value."""
    given = {key: value for key, value in vars(input).items() if value is not strawberry.UNSET and key != "id"}
    for key, value in given.items():
        if value is None and key != "duration_minutes":
            raise Invalid(key, f"{key}: нужно значение.", f"{key}: a value is needed.")
    return given


@strawberry.type
class Query:
    """Root fields of this room."""

    @root(works.get, by_id("work"))
    async def work(self, info: Info, id: Annotated[strawberry.ID, argument("The work.")]) -> Work | None:
        return await works.get(info.context, parse("work", id))


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(works.create)
    async def work_create(
        self, info: Info, input: Annotated[WorkCreateInput, argument("The new work.")]
    ) -> WorkCreatePayload | None:
        facts = {key: value for key, value in vars(input).items() if key != "course_id"}
        course = parse("course", input.course_id, "courseId")
        return WorkCreatePayload(work=await works.create(info.context, course, works.WorkPlan(**facts)))

    @mutation(works.update)
    async def work_update(
        self, info: Info, input: Annotated[WorkUpdateInput, argument("What to change.")]
    ) -> WorkUpdatePayload | None:
        return WorkUpdatePayload(work=await works.update(info.context, parse("work", input.id), changes(input)))

    @mutation(works.publish)
    async def work_publish(
        self, info: Info, input: Annotated[WorkPublishInput, argument("The work.")]
    ) -> WorkPublishPayload | None:
        return WorkPublishPayload(work=await works.publish(info.context, parse("work", input.id)))

    @mutation(works.unpublish)
    async def work_unpublish(
        self, info: Info, input: Annotated[WorkUnpublishInput, argument("The work.")]
    ) -> WorkUnpublishPayload | None:
        return WorkUnpublishPayload(work=await works.unpublish(info.context, parse("work", input.id)))

    @mutation(works.archive)
    async def work_archive(
        self, info: Info, input: Annotated[WorkArchiveInput, argument("The work.")]
    ) -> WorkArchivePayload | None:
        return WorkArchivePayload(work=await works.archive(info.context, parse("work", input.id)))

    @mutation(grades.release)
    async def work_release(
        self, info: Info, input: Annotated[WorkReleaseInput, argument("The work.")]
    ) -> WorkReleasePayload | None:
        return WorkReleasePayload(work=await grades.release(info.context, parse("work", input.id)))

    @mutation(works.remove)
    async def work_delete(
        self, info: Info, input: Annotated[WorkDeleteInput, argument("The work.")]
    ) -> WorkDeletePayload | None:
        gone = await works.remove(info.context, parse("work", input.id), force=input.force)
        return WorkDeletePayload(deleted_id=named("work", gone))


@strawberry.type
class Subscription:
    """Root fields of this room."""

    @subscription(works.watch, Subject("work", models.Work, works.get))
    async def work_changed(
        self, info: Info, id: Annotated[strawberry.ID, argument("The work.")]
    ) -> AsyncGenerator[Work | None]:
        async for work in works.watch(info.context, parse("work", id), looking(info, works.get)):
            yield work


node("work", works.get)
