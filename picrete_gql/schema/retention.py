"""Works whose papers are kept in spite of the clocks."""

from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import retention

from ._ids import parse
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, extends, field, id_input, mutation, row, says
from .accounts import Person, person
from .works import Work


@row(models.Work)
class WorkHold:
    """Nothing of this work is deleted by a clock, for this reason."""

    reason: str = strawberry.field(description="Why.", resolver=lambda self: self.hold_reason)
    held_at: datetime = says("Since when.")

    @field(retention.holds_of_works, description="Who said so.")
    async def held_by(self, info: Info) -> Person:
        return await person(info, self.held_by)


@extends(Work)
class _OfWork:
    @field(retention.holds_of_works)
    async def hold(self, info: Info) -> WorkHold | None:
        return await batch(info, retention.holds_of_works, self.id)


@asked
class WorkHoldInput:
    """A work to be kept in spite of the clocks."""

    id: strawberry.ID = says("The work.")
    reason: str = says("Why, up to 1,000 characters.")


WorkUnholdInput = id_input("WorkUnholdInput", "work")


@described
class WorkHoldPayload(Payload):
    """The answer to `workHold`."""

    work: Work | None = strawberry.field(default=None, description="The work on hold.")


@described
class WorkUnholdPayload(Payload):
    """The answer to `workUnhold`."""

    work: Work | None = strawberry.field(default=None, description="The work without hold.")


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(retention.hold)
    async def work_hold(
        self, info: Info, input: Annotated[WorkHoldInput, argument("The work and why.")]
    ) -> WorkHoldPayload | None:
        return WorkHoldPayload(work=await retention.hold(info.context, parse("work", input.id), input.reason))

    @mutation(retention.unhold)
    async def work_unhold(
        self, info: Info, input: Annotated[WorkUnholdInput, argument("The work.")]
    ) -> WorkUnholdPayload | None:
        return WorkUnholdPayload(work=await retention.unhold(info.context, parse("work", input.id)))
