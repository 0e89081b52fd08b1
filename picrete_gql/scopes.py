"""Permissions as WHERE clauses: which rows of a table exist for a person, by the roles a resolver declares."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, inspect, or_, true
from sqlmodel import col, select

from picrete_gql.actors import Seat
from picrete_gql.models import Account, Course, Membership, MemberStatus, Role, SignIn


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


class Viewer(Protocol):
    """A person as clauses see them: `me` is the account's id, or a parameter of a statement that stands for it."""

    @property
    def me(self) -> Any:
        """Their account."""

    def is_admin(self) -> ColumnElement[bool]:
        """Whether they administer the platform."""

    def is_active(self) -> ColumnElement[bool]:
        """Whether their account is open."""

    def courses(self, role: Role) -> Any:
        """The courses that a role opens to them, as a subquery."""

    def is_in(self, course: Any, role: Role) -> ColumnElement[bool]:
        """Whether a column names one of these courses."""


@dataclass(frozen=True)
class Person:
    """Whoever `me` is, looked up wherever a clause asks."""

    me: Any

    def is_admin(self) -> ColumnElement[bool]:
        """Whether they administer the platform."""
        open_ = select(Account.id).where(Account.id == self.me, col(Account.is_active), col(Account.is_platform_admin))
        return exists(open_).correlate(None)

    def is_active(self) -> ColumnElement[bool]:
        """Whether their account is open."""
        return exists(select(Account.id).where(Account.id == self.me, col(Account.is_active))).correlate(None)

    def courses(self, role: Role) -> Any:
        """The courses that a role opens to them, as a subquery."""
        return memberships(self.me).where(grants(role)).correlate(None)

    def is_in(self, course: Any, role: Role) -> ColumnElement[bool]:
        """Whether a column names one of these courses."""
        found: ColumnElement[bool] = course.in_(self.courses(role))
        return found


def memberships(me: Any) -> Any:
    """The courses that are open to somebody, in whatever roles, as a statement."""
    return (
        select(Membership.course_id)
        .join(Account, col(Account.id) == Membership.account_id)
        .join(Course, col(Course.id) == Membership.course_id)
        .where(
            Membership.account_id == me,
            Membership.status == MemberStatus.ACTIVE,
            col(Account.is_active),
            col(Course.is_active),
        )
    )


def grants(role: Role) -> ColumnElement[bool]:
    """Whether a membership grants a role."""
    found: ColumnElement[bool] = col(Membership.roles).contains([role.value])
    return found


def sign_ins(now: Any) -> Any:
    """The sign-ins by which somebody may act, as a statement: they have not ended, and the account is open."""
    return (
        select(SignIn.id)
        .join(Account, col(Account.id) == SignIn.account_id)
        .where(col(SignIn.revoked_at).is_(None), SignIn.expires_at > now, col(Account.is_active))
    )


def visible(model: type[Any], viewer: Viewer, allow: Allow) -> ColumnElement[bool]:
    """What the declared roles open to one person. A platform admin may do everything that any person may."""
    # Those who may see all rows first: for the others it is a glance, and for them the rest need not be looked at.
    in_order = sorted(allow.items(), key=lambda one: one[1] is not ANY)
    clauses = [_role(model, viewer, role, scope) for role, scope in in_order if role != "admin"]
    return or_(viewer.is_admin(), *clauses) if allow else ~true()


def seated(model: type[Any], seat: Seat, allow: Allow) -> ColumnElement[bool]:
    """What the declared roles open to every teacher of the seat's course alike.

    Raises Personal unless that is certain: where somebody's own rows or other courses come in, teachers differ.
    """
    if "guest" in allow or allow.get("user") is ANY:
        return true()
    in_course = _is(model, Course) or (hasattr(model, "course_id") and not hasattr(model, "inside"))
    if allow.get("teacher") is ANY and "user" not in allow and in_course:
        return and_(_course(model) == seat.course_id)
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


def _is(model: type[Any], kind: type[Any]) -> bool:
    """Whether a table, or an alias of it, is this one."""
    return bool(inspect(model).mapper.class_ is kind)


def _role(model: type[Any], viewer: Viewer, role: str, scope: Scope) -> Any:
    if role == "guest":
        return true()
    if role == "user":
        active = viewer.is_active()
        return active if scope is ANY else and_(active, _own(model, viewer.me))
    inside = _inside(model, viewer, Role(role))
    if scope is ANY:
        return inside
    if scope is SHOWN:
        return and_(inside, model.shown())
    if scope is RELEASED:
        return and_(inside, _own(model, viewer.me), model.released())
    return and_(inside, _own(model, viewer.me))


def _inside(model: type[Any], viewer: Viewer, role: Role) -> Any:
    """Rows of these courses. What is no course's own, such as the bank, says itself which courses it is open to."""
    if hasattr(model, "inside"):
        return model.inside(viewer.courses(role))
    return viewer.is_in(_course(model), role)


def _course(model: type[Any]) -> Any:
    return col(model.id) if _is(model, Course) else col(model.course_id)


def _own(model: type[Any], me: Any) -> Any:
    if hasattr(model, "own"):
        return model.own(me)
    if _is(model, Account):
        return col(model.id) == me
    return col(model.student_id if hasattr(model, "student_id") else model.account_id) == me
