"""Who belongs to a course."""

from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import accounts, courses, members

from ._ids import Node, node, parse
from ._pages import After, Connection, First, ask, connection
from ._payloads import Payload
from ._words import Info, argument, asked, batch, computed, described, enum, extends, field, mutation, root, row, says
from .accounts import Person, person
from .courses import Course

enum(
    models.MemberStatus,
    active="The course is open to them.",
    suspended="Shut out until a teacher lets them back in.",
    left="Left by themselves; may join again by a code.",
)


@row(models.Membership)
class Membership(Node):
    """A person in a course."""

    status: models.MemberStatus = says("Whether the course is open to them.")
    created_at: datetime = says("When they first joined.")

    @computed("Their roles, at least one.", lambda row: row.roles)
    def roles(self) -> list[models.Role]:
        return [models.Role(role) for role in self.roles]

    @field(members.of_courses, reads=accounts.of_people, key="account_id", description="Who it is.")
    async def person(self, info: Info) -> Person:
        return await person(info, self.account_id)

    @field(members.identities, key="id")
    async def identity(self, info: Info) -> str | None:
        return await batch(info, members.identities, self.id)

    @field(courses.of_ids, key="course_id")
    async def course(self, info: Info) -> Course | None:
        return await batch(info, courses.of_ids, self.course_id)


@extends(Course)
class _:
    @field(
        members.of_courses,
        key="id",
        given=lambda asked: {"status": asked.get("status"), "role": asked.get("role")},
    )
    async def members(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        status: Annotated[models.MemberStatus | None, argument("Only members of this status.")] = None,
        role: Annotated[models.Role | None, argument("Only members with this role.")] = None,
    ) -> Connection[Membership] | None:
        page = await batch(info, members.of_courses, self.id, ask(info, first, after), status, role)
        return connection(page, after)


@asked
class CourseJoinInput:
    """A code, and what the course's identity policy asks for."""

    code: str = says("Such as CHEM24-STUD-ABCD2345; case does not matter.")
    identity: str = strawberry.field(default="", description="Six digits, an address or a text, by the policy.")


@asked
class CourseLeaveInput:
    """The course to leave."""

    course_id: strawberry.ID = says("The course.")


@asked
class MemberUpdateInput:
    """What to change in a membership."""

    id: strawberry.ID = says("The membership.")
    roles: list[models.Role] | None = strawberry.field(default=None, description="The new roles, at least one.")
    status: models.MemberStatus | None = strawberry.field(default=None, description="Suspend or let back in.")


@described
class CourseJoinPayload(Payload):
    """The answer to `courseJoin`."""

    membership: Membership | None = strawberry.field(default=None, description="Your membership.")


@described
class CourseLeavePayload(Payload):
    """The answer to `courseLeave`."""

    membership: Membership | None = strawberry.field(default=None, description="Your membership, which has ended.")


@described
class MemberUpdatePayload(Payload):
    """The answer to `memberUpdate`."""

    membership: Membership | None = strawberry.field(default=None, description="The membership after the change.")


@strawberry.type
class Query:
    """Root fields of this room."""

    @root(members.mine)
    async def my_memberships(self, info: Info) -> list[Membership] | None:
        return await members.mine(info.context)


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(members.join)
    async def course_join(
        self, info: Info, input: Annotated[CourseJoinInput, argument("The code.")]
    ) -> CourseJoinPayload | None:
        return CourseJoinPayload(membership=await members.join(info.context, input.code, input.identity))

    @mutation(members.leave)
    async def course_leave(
        self, info: Info, input: Annotated[CourseLeaveInput, argument("The course.")]
    ) -> CourseLeavePayload | None:
        course = parse("course", input.course_id, "courseId")
        return CourseLeavePayload(membership=await members.leave(info.context, course))

    @mutation(members.change)
    async def member_update(
        self, info: Info, input: Annotated[MemberUpdateInput, argument("What to change.")]
    ) -> MemberUpdatePayload | None:
        id = parse("membership", input.id)
        changed = await members.change(info.context, id, roles=input.roles, status=input.status)
        return MemberUpdatePayload(membership=changed)


node("membership", members.get)
