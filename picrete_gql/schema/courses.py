"""Courses and invite codes."""

from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import courses

from ._ids import Node, by_id, node, parse
from ._pages import After, Connection, First, ask, connection
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, enum, field, mutation, root, row, says

enum(models.Role, student="Solves works.", teacher="Manages works, members and invites, and grades.")
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


@row(models.Course)
class Course(Node):
    """A course: the wall behind which works, people and marks live."""

    slug: str = says("Its short name in addresses; unique.")
    title: str = says("Its title.")
    organization: str = says("Whose course it is.")
    is_active: bool = says("Whether it is open to its members.")
    created_at: datetime = says("When it was opened.")
    identity_policy: models.IdentityPolicy = says("What people must show of themselves when joining.")

    @field(courses.my_roles, key="id")
    async def my_roles(self, info: Info) -> list[models.Role]:
        return await batch(info, courses.my_roles, self.id)

    @field(courses.invites_of_courses, key="id")
    async def invites(self, info: Info) -> list[Invite] | None:
        return await batch(info, courses.invites_of_courses, self.id)


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


@strawberry.type
class Query:
    """Root fields of this room."""

    @root(courses.get, by_id("course"))
    async def course(self, info: Info, id: Annotated[strawberry.ID, argument("The course.")]) -> Course | None:
        return await courses.get(info.context, parse("course", id))

    @root(courses.by_slug, lambda asked: {"key": asked["slug"]})
    async def course_by_slug(self, info: Info, slug: Annotated[str, argument("Its slug.")]) -> Course | None:
        return await courses.by_slug(info.context, slug)

    @root(courses.find)
    async def courses(self, info: Info, first: First = None, after: After = None) -> Connection[Course] | None:
        return connection(await courses.find(info.context, ask(info, first, after)), after)


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


node("course", courses.get)
