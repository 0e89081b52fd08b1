"""Courses, invite codes and members."""

from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import courses, members

from ._ids import Node, node, parse
from ._pages import After, Connection, First, ask, connection
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, enum, field, mutation, row, says
from .accounts import Person, person

enum(models.Role, student="Solves works.", teacher="Manages works, members and invites, and grades.")
enum(
    models.MemberStatus,
    active="The course is open to them.",
    suspended="Shut out until a teacher lets them back in.",
    left="Left by themselves; may join again by a code.",
)
enum(
    models.IdentityPolicy,
    none="Nothing is asked.",
    isu_6_digits="Exactly six digits.",
    email_domain="An address that ends with @ and the rule's domain.",
    custom_text="A text that contains the rule.",
)


@row(models.InviteCode)
class Invite:
    """A living invite code. The code itself was shown once, when it was made."""

    role: models.Role = says("What its bearer becomes.")
    created_at: datetime = says("When it was made.")
    expires_at: datetime | None = says("When it ends; null for never.")
    uses: int = says("How many people it has let in.")


@row(models.Membership)
class Membership(Node):
    """A person in a course."""

    status: models.MemberStatus = says("Whether the course is open to them.")
    created_at: datetime = says("When they first joined.")

    @strawberry.field(description="Their roles, at least one.")
    def roles(self) -> list[models.Role]:
        return [models.Role(role) for role in self.roles]

    @field(members.of_courses, description="Who it is.")
    async def person(self, info: Info) -> Person:
        return await person(info, self.account_id)

    @field(members.identities)
    async def identity(self, info: Info) -> str | None:
        return await batch(info, members.identities, self.id)

    @field(courses.of_ids)
    async def course(self, info: Info) -> Annotated["Course", strawberry.lazy("picrete_gql.schema.courses")] | None:
        return await batch(info, courses.of_ids, self.course_id)


@row(models.Course)
class Course(Node):
    """A course: the wall behind which works, people and marks live."""

    slug: str = says("Its short name in addresses; unique.")
    title: str = says("Its title.")
    organization: str = says("Whose course it is.")
    is_active: bool = says("Whether it is open to its members.")
    created_at: datetime = says("When it was opened.")
    identity_policy: models.IdentityPolicy = says("What people must show of themselves when joining.")

    @field(courses.my_roles)
    async def my_roles(self, info: Info) -> list[models.Role]:
        return await batch(info, courses.my_roles, self.id)

    @field(courses.invites_of_courses)
    async def invites(self, info: Info) -> list[Invite] | None:
        return await batch(info, courses.invites_of_courses, self.id)

    @field(members.of_courses)
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
class CourseCreateInput:
    """A new course."""

    slug: str = says("1–64 characters of a–z, 0–9 and inner “-”.")
    title: str = says("1–200 characters.")
    organization: str = strawberry.field(default="", description="Whose course it is.")
    teacher_id: strawberry.ID | None = strawberry.field(default=None, description="The account of a first teacher.")


@asked
class CourseUpdateInput:
    """What to change in a course."""

    id: strawberry.ID = says("The course.")
    title: str | None = strawberry.field(default=None, description="1–200 characters.")
    organization: str | None = strawberry.field(default=None, description="Whose course it is.")
    identity_policy: models.IdentityPolicy | None = strawberry.field(default=None, description="What joining asks for.")
    identity_rule: str | None = strawberry.field(default=None, description="The domain or text of the policy.")


@asked
class CourseSetActiveInput:
    """Close or reopen a course."""

    id: strawberry.ID = says("The course.")
    is_active: bool = says("False closes it for its members.")


@asked
class InviteRotateInput:
    """A new code for a role."""

    course_id: strawberry.ID = says("The course.")
    role: models.Role = says("What the bearer becomes.")
    expires_at: datetime | None = strawberry.field(default=None, description="When it ends; null for never.")


@asked
class InviteRevokeInput:
    """The end of a role's code."""

    course_id: strawberry.ID = says("The course.")
    role: models.Role = says("Whose code dies.")


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
class CourseCreatePayload(Payload):
    """The answer to `courseCreate`."""

    course: Course | None = strawberry.field(default=None, description="The new course.")


@described
class CourseUpdatePayload(Payload):
    """The answer to `courseUpdate`."""

    course: Course | None = strawberry.field(default=None, description="The course after the change.")


@described
class CourseSetActivePayload(Payload):
    """The answer to `courseSetActive`."""

    course: Course | None = strawberry.field(default=None, description="The course after the change.")


@described
class InviteRotatePayload(Payload):
    """The answer to `inviteRotate`."""

    invite: Invite | None = strawberry.field(default=None, description="The new code's data.")
    code: str | None = strawberry.field(default=None, description="The code itself, shown this once.")


@described
class InviteRevokePayload(Payload):
    """The answer to `inviteRevoke`."""

    course: Course | None = strawberry.field(default=None, description="The course.")


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

    @field(courses.get)
    async def course(self, info: Info, id: Annotated[strawberry.ID, argument("The course.")]) -> Course | None:
        return await courses.get(info.context, parse("course", id))

    @field(courses.by_slug)
    async def course_by_slug(self, info: Info, slug: Annotated[str, argument("Its slug.")]) -> Course | None:
        return await courses.by_slug(info.context, slug)

    @field(courses.find)
    async def courses(self, info: Info, first: First = None, after: After = None) -> Connection[Course] | None:
        return connection(await courses.find(info.context, ask(info, first, after)), after)

    @field(members.mine)
    async def my_memberships(self, info: Info) -> list[Membership] | None:
        return await members.mine(info.context)


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(courses.create)
    async def course_create(
        self, info: Info, input: Annotated[CourseCreateInput, argument("The new course.")]
    ) -> CourseCreatePayload | None:
        teacher = None if input.teacher_id is None else parse("account", input.teacher_id, "teacherId")
        made = await courses.create(info.context, input.slug, input.title, input.organization, teacher)
        return CourseCreatePayload(course=made)

    @mutation(courses.update)
    async def course_update(
        self, info: Info, input: Annotated[CourseUpdateInput, argument("What to change.")]
    ) -> CourseUpdatePayload | None:
        changed = await courses.update(
            info.context,
            parse("course", input.id),
            title=input.title,
            organization=input.organization,
            identity_policy=input.identity_policy,
            identity_rule=input.identity_rule,
        )
        return CourseUpdatePayload(course=changed)

    @mutation(courses.set_active)
    async def course_set_active(
        self, info: Info, input: Annotated[CourseSetActiveInput, argument("Close or reopen.")]
    ) -> CourseSetActivePayload | None:
        course = await courses.set_active(info.context, parse("course", input.id), is_active=input.is_active)
        return CourseSetActivePayload(course=course)

    @mutation(courses.rotate_invite)
    async def invite_rotate(
        self, info: Info, input: Annotated[InviteRotateInput, argument("Which code.")]
    ) -> InviteRotatePayload | None:
        course = parse("course", input.course_id, "courseId")
        made = await courses.rotate_invite(info.context, course, input.role, input.expires_at)
        return InviteRotatePayload(invite=made.invite, code=made.code)

    @mutation(courses.revoke_invite)
    async def invite_revoke(
        self, info: Info, input: Annotated[InviteRevokeInput, argument("Which code.")]
    ) -> InviteRevokePayload | None:
        course = await courses.revoke_invite(info.context, parse("course", input.course_id, "courseId"), input.role)
        return InviteRevokePayload(course=course)

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


node("course", courses.get)
node("membership", members.get)
