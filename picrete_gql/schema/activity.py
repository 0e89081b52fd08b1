"""The activity feed of a work or a course."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from picrete_gql.resolvers import activity

from ._ids import named, parse
from ._words import Info, argument, described, field, says, subscription
from .accounts import Person, person


@described
class Activity:
    """One thing that happened."""

    cursor: str = says("Its place in the feed: resume after it.")
    name: str = says("What happened, such as `photo.uploaded`.")
    at: datetime = says("When.")
    door: str = says("Which way it came: web, telegram, job, start.")
    course_id: strawberry.ID | None = says("In which course.")
    work_id: strawberry.ID | None = says("In which work.")
    attempt_id: strawberry.ID | None = says("In which attempt.")
    photo_id: strawberry.ID | None = says("About which photo.")
    data: JSON = says("Small facts.")
    actor_id: strawberry.Private[object]

    @field(activity.of_work, description="Who did it; null for the system.")
    async def actor(self, info: Info) -> Person | None:
        return self.actor_id and await person(info, self.actor_id)


def entry(of: activity.Entry) -> Activity:
    """An entry as the feed shows it."""
    row = of.happening
    return Activity(
        cursor=of.cursor,
        name=row.name,
        at=row.at,
        door=row.door,
        course_id=named("course", row.course_id),
        work_id=named("work", row.work_id),
        attempt_id=named("attempt", row.attempt_id),
        photo_id=named("photo", row.photo_id),
        data=row.data,
        actor_id=row.actor_id,
    )


After = Annotated[str | None, argument("Resume after this cursor; null for what happens from now on.")]


@strawberry.type
class Subscription:
    """Root fields of this room."""

    @subscription(activity.watch_work)
    async def work_activity(
        self, info: Info, id: Annotated[strawberry.ID, argument("The work.")], after: After = None
    ) -> AsyncGenerator[Activity | None]:
        async for found in activity.watch_work(info.context, parse("work", id), after):
            yield entry(found)

    @subscription(activity.watch_course)
    async def course_activity(
        self, info: Info, id: Annotated[strawberry.ID, argument("The course.")], after: After = None
    ) -> AsyncGenerator[Activity | None]:
        async for found in activity.watch_course(info.context, parse("course", id), after):
            yield entry(found)
