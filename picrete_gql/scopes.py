"""Permissions as WHERE clauses: which rows of a table exist for a person, by the roles a resolver declares."""

from collections.abc import Mapping
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, true
from sqlmodel import col, select

from picrete_gql.actors import Seat
from picrete_gql.models import Account, Course, Membership, MemberStatus, Role


class Scope(Enum):
    """Which rows a role may touch."""

    ANY = "any"
    OWN = "own"
    SHOWN = "shown"
    RELEASED = "released"


ANY, OWN, SHOWN, RELEASED = Scope.ANY, Scope.OWN, Scope.SHOWN, Scope.RELEASED
Allow = Mapping[str, Scope]
ROLES = ("guest", "user", "student", "teacher", "admin")


def checked(allow: Allow) -> Allow:
    """The same declaration. Raises ValueError for a role that does not exist."""
    if unknown := set(allow) - set(ROLES):
        raise ValueError(f"unknown roles: {unknown}")
    return allow


def everything() -> ColumnElement[bool]:
    """No limit."""
    return true()


def visible(model: type[Any], me: UUID, allow: Allow) -> ColumnElement[bool]:
    """What the declared roles open to one person. A platform admin may do everything that any person may."""
    clauses = [_role(model, me, role, scope) for role, scope in allow.items() if role != "admin"]
    return or_(_is_admin(me), *clauses) if allow else ~true()


def seated(model: type[Any], seat: Seat, allow: Allow) -> ColumnElement[bool]:
    """What the declared roles open to every teacher of the seat's course alike.

    Raises Personal unless that is certain: where somebody's own rows or other courses come in, teachers differ.
    """
    if "guest" in allow or allow.get("user") is ANY:
        return true()
    in_course = model is Course or (hasattr(model, "course_id") and not hasattr(model, "inside"))
    if allow.get("teacher") is ANY and "user" not in allow and in_course:
        return col(Course.id) == seat.course_id if model is Course else col(model.course_id) == seat.course_id
    raise seat.personal()


def teachers(course_id: UUID) -> Any:
    """The accounts of whoever may sit in a course's seat: its active teachers, and platform admins."""
    mine = (
        select(Membership.account_id)
        .join(Course, col(Course.id) == Membership.course_id)
        .where(
            Membership.course_id == course_id,
            Membership.status == MemberStatus.ACTIVE,
            col(Membership.roles).contains([Role.TEACHER.value]),
            col(Course.is_active),
        )
    )
    seated = or_(col(Account.is_platform_admin), col(Account.id).in_(mine))
    return select(Account.id).where(col(Account.is_active), seated)


def _is_admin(me: UUID) -> ColumnElement[bool]:
    return exists(
        select(Account.id).where(Account.id == me, col(Account.is_active), col(Account.is_platform_admin))
    ).correlate(None)


def _role(model: type[Any], me: UUID, role: str, scope: Scope) -> Any:
    if role == "guest":
        return true()
    if role == "user":
        active = exists(select(Account.id).where(Account.id == me, col(Account.is_active))).correlate(None)
        return active if scope is ANY else and_(active, _own(model, me))
    inside = _inside(model, _courses_of(me, Role(role)))
    if scope is ANY:
        return inside
    if scope is SHOWN:
        return and_(inside, model.shown())
    if scope is RELEASED:
        return and_(inside, _own(model, me), model.released())
    return and_(inside, _own(model, me))


def _courses_of(me: UUID, role: Role) -> Any:
    account, course, membership = Account, Course, Membership
    return (
        select(membership.course_id)
        .join(account, col(account.id) == membership.account_id)
        .join(course, col(course.id) == membership.course_id)
        .where(
            membership.account_id == me,
            membership.status == MemberStatus.ACTIVE,
            col(membership.roles).contains([role.value]),
            col(account.is_active),
            col(course.is_active),
        )
        .correlate(None)
    )


def _inside(model: type[Any], courses: Any) -> Any:
    """Rows of these courses. What is no course's own, such as the bank, says itself which courses it is open to."""
    return model.inside(courses) if hasattr(model, "inside") else _course(model).in_(courses)


def _course(model: type[Any]) -> Any:
    return col(Course.id) if model is Course else col(model.course_id)


def _own(model: type[Any], me: UUID) -> Any:
    if hasattr(model, "own"):
        return model.own(me)
    if model is Account:
        return col(Account.id) == me
    return col(model.student_id if hasattr(model, "student_id") else model.account_id) == me
