"""Who belongs to a course: joining, roles, suspension, leaving."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select

from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import Account, Course, InviteCode, Membership, MemberStatus, Role
from picrete_gql.models.courses import MemberChanged, MemberJoined
from picrete_gql.paging import Ask, Page
from picrete_gql.rules import courses as rules
from picrete_gql.rules import tokens
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY, OWN, teachers
from picrete_gql.shapes import Many, Pages, Value, equal, every, of_pages, shaped, value

OF_COURSES = Pages(
    model=Membership,
    by="course_id",
    keys=lambda member: [member.id],
    filters={"status": equal("status"), "role": lambda member, role: role == any_(member.roles)},
)
IDENTITIES = Value(model=Membership, by="id", value=lambda member: member.identity["value"].astext)
MINE = Many(
    model=Membership,
    where=lambda member, me: [member.account_id == me(), member.status != MemberStatus.LEFT],
    order=lambda member: [member.id],
)


@command(user=ANY)
async def admit(call: Call, code: str, identity: str) -> Membership:
    """Let the bearer of a living code in. A suspended member stays outside."""
    await call.admit()
    # One joining of a person at a time: two codes of one course would otherwise make two memberships.
    await call.session.execute(select(Account.id).where(Account.id == call.actor_id).with_for_update(key_share=True))
    auth, given = call.settings.auth, code.strip().upper()
    living = select(InviteCode).where(col(InviteCode.code_hash).in_(tokens.keyed_hashes(auth, given)))
    living = living.where(col(InviteCode.revoked_at).is_(None))
    invite = await call.first(living.with_for_update())
    if invite is None or (invite.expires_at is not None and invite.expires_at <= call.now):
        raise rules.InviteInvalid
    course = await call.first(select(Course).where(Course.id == invite.course_id, col(Course.is_active)))
    if course is None:
        raise rules.InviteInvalid
    rules.ensure_identity(course.identity_policy, course.identity_rule, identity)
    same = select(Membership).where(Membership.course_id == course.id, Membership.account_id == call.actor_id)
    member: Membership | None = await call.first(same.with_for_update())
    if member is not None and member.status is MemberStatus.SUSPENDED:
        raise rules.MemberSuspended
    fresh = member is None or member.status is MemberStatus.LEFT or invite.role.value not in member.roles
    if member is None:
        member = call.add(Membership(course_id=course.id, account_id=call.actor_id, roles=[invite.role.value]))
    kept = [] if member.status is MemberStatus.LEFT else member.roles
    member.roles = rules.roles([Role(role) for role in kept] + [invite.role])
    member.status = MemberStatus.ACTIVE
    member.identity = {"policy": course.identity_policy.value, "value": identity} if identity else {}
    # Whoever uses a code brings it over to the present key, so that the one before can be given up.
    invite.code_hash, invite.key_id = tokens.keyed_hash(auth, given), tokens.present_key(auth)
    invite.uses += fresh
    call.emit(MemberJoined.about(member, role=invite.role.value))
    return member


@recipe(like=admit)
async def join(context: Context, code: str, identity: str) -> Membership:
    """Join a course by an invite code, showing what its identity policy asks for."""
    await context.ensure_rate("join", str(context.actor.account_id))
    return await admit(context, clean("code", code, least=1, most=40), clean("identity", identity, most=200))


@shaped(OF_COURSES)
@query(teacher=ANY)
async def of_courses(
    call: Call, ids: Sequence[UUID], ask: Ask, status: MemberStatus | None = None, role: Role | None = None
) -> list[Page[Membership]]:
    """The members of a course, in the order of joining."""
    return await of_pages(call, OF_COURSES, ids, ask, {"status": status, "role": role})


@query(user=OWN, teacher=ANY)
async def get(call: Call, membership_id: UUID) -> Membership:
    """One membership."""
    return await call.get(Membership, membership_id)


@shaped(MINE)
@query(user=OWN)
async def mine(call: Call) -> list[Membership]:
    """Your memberships that have not ended, in the order of joining."""
    return await every(call, MINE)


@query()
async def unseated(call: Call, course_id: UUID, account_ids: Sequence[UUID]) -> set[UUID]:
    """Who of these may not look at a course as its teacher any more: asked about thousands, answered by few."""
    call.visible(Membership)
    id = func.unnest(literal(list(account_ids), ARRAY(Uuid))).column_valued("id")
    return set(await call.all(select(id).where(id.not_in(teachers(course_id)))))


@query()
async def seat_at(call: Call, model: type[Any], id: UUID, account_id: UUID) -> UUID | None:
    """The course of something, if this person may look at it as a teacher."""
    course_id = await call.first(select(model.course_id).where(call.visible(model), model.id == id))
    wanted = teachers(course_id).where(Account.id == account_id)
    return course_id if course_id and await call.first(wanted) else None


@shaped(IDENTITIES)
@query(user=OWN, teacher=ANY)
async def identities(call: Call, ids: Sequence[UUID]) -> list[str | None]:
    """What a member showed of themselves when joining."""
    return await value(call, IDENTITIES, ids)


@command(teacher=ANY)
async def change(
    call: Call, membership_id: UUID, *, roles: Sequence[Role] | None = None, status: MemberStatus | None = None
) -> Membership:
    """Give a member other roles, suspend them, or let them back in. Their open views end at once."""
    member = await _locked(call, membership_id)
    taught = _teaches(member)
    if roles is not None:
        member.roles = rules.roles(roles)
    if status is not None:
        member.status = status
    await _ensure_teacher_left(call, member, taught)
    call.emit(MemberChanged.about(member, status=member.status.value, roles=member.roles))
    return member


@command(user=OWN)
async def leave(call: Call, course_id: UUID) -> Membership:
    """Leave a course."""
    own = call.select(Membership).where(
        Membership.course_id == course_id,
        Membership.account_id == call.actor_id,
        Membership.status == MemberStatus.ACTIVE,
    )
    found: Membership = await call.find(own)
    member = await _locked(call, found.id)
    taught = _teaches(member)
    member.status = MemberStatus.LEFT
    await _ensure_teacher_left(call, member, taught)
    call.emit(MemberChanged.about(member, status=member.status.value))
    return member


async def _locked(call: Call, membership_id: UUID) -> Membership:
    member = await call.get(Membership, membership_id)
    # The course is locked, so that its last two teachers cannot leave at the same time.
    await call.session.execute(select(Course.id).where(Course.id == member.course_id).with_for_update())
    return await call.get(Membership, membership_id, lock=True)


def _teaches(member: Membership) -> bool:
    return member.status is MemberStatus.ACTIVE and Role.TEACHER.value in member.roles


async def _ensure_teacher_left(call: Call, changed: Membership, taught: bool) -> None:
    if not taught or _teaches(changed):
        return
    await call.flush()
    teachers = (
        select(func.count())
        .select_from(Membership)
        .join(Account, col(Account.id) == Membership.account_id)
        .where(
            Membership.course_id == changed.course_id,
            Membership.status == MemberStatus.ACTIVE,
            col(Membership.roles).contains([Role.TEACHER.value]),
            col(Account.is_active),
        )
    )
    if not (await call.session.execute(teachers)).scalar_one():
        raise rules.LastTeacher
