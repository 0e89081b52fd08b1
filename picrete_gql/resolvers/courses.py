"""Courses, and the codes that let people into them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from picrete_gql.call import Call, command, query
from picrete_gql.models import Course, IdentityPolicy, InviteCode, Membership, MemberStatus, Role
from picrete_gql.models.courses import CourseChanged, CourseCreated, InviteRotated
from picrete_gql.paging import Ask, Page
from picrete_gql.problems import Invalid
from picrete_gql.rules import courses as rules
from picrete_gql.rules import tokens
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY
from picrete_gql.shapes import Many, One, Pages, Value, many_within, of_page, one, shaped, value

COURSE = One(model=Course, by="id")
COURSES = Pages(model=Course, keys=lambda course: [course.id])
INVITES = Many(
    model=InviteCode,
    by="course_id",
    within=Course,
    where=lambda code, me: [code.revoked_at.is_(None)],
    order=lambda code: [code.role],
)
MY_ROLES = Value(
    model=Membership,
    by="course_id",
    where=lambda member, me: [member.account_id == me(), member.status == MemberStatus.ACTIVE],
    value=lambda member: member.roles,
    default="[]",
)


@dataclass(frozen=True)
class Rotated:
    """A new invite code; `code` is shown this once."""

    invite: InviteCode
    code: str


@shaped(COURSE)
@query(student=ANY, teacher=ANY)
async def get(call: Call, course_id: UUID) -> Course:
    """One course."""
    return await call.get(Course, course_id)


@shaped(One(model=Course, by="slug"))
@query(student=ANY, teacher=ANY)
async def by_slug(call: Call, slug: str) -> Course:
    """One course by its slug."""
    found: Course = await call.find(call.select(Course).where(Course.slug == slug))
    return found


@shaped(COURSES)
@query(student=ANY, teacher=ANY)
async def find(call: Call, ask: Ask) -> Page[Course]:
    """The courses that you belong to, by age; an administrator sees all."""
    return await of_page(call, COURSES, ask)


@shaped(COURSE)
@query(student=ANY, teacher=ANY)
async def of_ids(call: Call, ids: Sequence[UUID]) -> list[Course | None]:
    """The courses of rows that the viewer may already see, as far as they are open to them."""
    return await one(call, COURSE, ids)


@command(admin=ANY)
async def create(call: Call, slug: str, title: str, organization: str, teacher_id: UUID | None) -> Course:
    """Open a course, with a first teacher if one is given."""
    await call.admit()
    course = call.add(
        Course(
            slug=rules.slug(slug),
            title=clean("title", title, least=1, most=200),
            organization=clean("organization", organization, most=200),
        )
    )
    try:
        await call.flush()
        if teacher_id is not None:
            call.add(Membership(course_id=course.id, account_id=teacher_id, roles=[Role.TEACHER.value]))
            await call.flush()
    except IntegrityError as error:
        if "uq_course_slug" in str(error.orig):
            raise rules.SlugTaken(slug) from error
        raise Invalid("teacherId", "Нет такого пользователя.", "There is no such account.") from error
    call.emit(CourseCreated.about(course))
    return course


@command(teacher=ANY)
async def update(
    call: Call,
    course_id: UUID,
    *,
    title: str | None = None,
    organization: str | None = None,
    identity_policy: IdentityPolicy | None = None,
    identity_rule: str | None = None,
) -> Course:
    """Change a course's texts, or what people must show of themselves when they join."""
    course = await call.get(Course, course_id, lock=True)
    if title is not None:
        course.title = clean("title", title, least=1, most=200)
    if organization is not None:
        course.organization = clean("organization", organization, most=200)
    if identity_policy is not None or identity_rule is not None:
        kind = identity_policy or course.identity_policy
        course.identity_rule = rules.policy(kind, course.identity_rule if identity_rule is None else identity_rule)
        course.identity_policy = kind
    call.emit(CourseChanged.about(course))
    return course


@command(admin=ANY)
async def set_active(call: Call, course_id: UUID, *, is_active: bool) -> Course:
    """Close a course for its members, or open it again."""
    course = await call.get(Course, course_id, lock=True)
    course.is_active = is_active
    call.emit(CourseChanged.about(course, active=is_active))
    return course


@command(teacher=ANY)
async def rotate_invite(call: Call, course_id: UUID, role: Role, expires_at: datetime | None) -> Rotated:
    """Make a new invite code for a role; the previous one dies."""
    course = await call.get(Course, course_id, lock=True)
    if expires_at is not None and expires_at <= call.now:
        raise Invalid("expiresAt", "Срок уже прошёл.", "This time has already passed.")
    previous = select(InviteCode).where(
        InviteCode.course_id == course.id, InviteCode.role == role, col(InviteCode.revoked_at).is_(None)
    )
    for dead in await call.all(previous):
        dead.revoked_at = call.now
    await call.flush()
    code = rules.new_code(course.slug, role)
    invite = call.add(
        InviteCode(
            course_id=course.id,
            role=role,
            code_hash=tokens.keyed_hash(call.settings.auth, code),
            key_id=tokens.present_key(call.settings.auth),
            expires_at=expires_at,
        )
    )
    call.emit(InviteRotated.about(invite, role=role.value))
    return Rotated(invite, code)


@command(teacher=ANY)
async def revoke_invite(call: Call, course_id: UUID, role: Role) -> Course:
    """Let the living code of a role die without a new one."""
    course = await call.get(Course, course_id, lock=True)
    living = select(InviteCode).where(
        InviteCode.course_id == course.id, InviteCode.role == role, col(InviteCode.revoked_at).is_(None)
    )
    for dead in await call.all(living):
        dead.revoked_at = call.now
    call.emit(InviteRotated.about(course, role=role.value, revoked=True))
    return course


@shaped(INVITES)
@query(teacher=ANY)
async def invites_of_courses(call: Call, ids: Sequence[UUID]) -> list[list[InviteCode] | None]:
    """The living invite codes of a course, without their secret; null for students."""
    return await many_within(call, INVITES, ids)


@shaped(MY_ROLES)
@query(student=ANY, teacher=ANY)
async def my_roles(call: Call, ids: Sequence[UUID]) -> list[list[Role]]:
    """Your own roles in each course."""
    return [[Role(role) for role in roles or ()] for roles in await value(call, MY_ROLES, ids)]
