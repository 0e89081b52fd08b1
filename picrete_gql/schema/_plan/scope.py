"""Who asks, as parameters of a statement: the same clauses as everywhere, looked up once for the whole statement."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    not_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from picrete_gql import scopes
from picrete_gql.actors import Personal, Seat
from picrete_gql.call import Context
from picrete_gql.models import Account, Course, Membership, Role, SignIn
from picrete_gql.shapes import NOW, One

from .words import Unplannable

FACTS = ("me", "seat", "sign_in", "now", "who")
WHO, ADMIN = "who", "admin"
ME, SEAT, SIGN_IN = (bindparam(name, None, type_=Uuid) for name in ("me", "seat", "sign_in"))


class Known:
    """A person whose rights are read once, as the one row that the whole statement selects from.

    Only what some clause asks for is read, so the row is put together when all clauses are there. Who has no open
    account has no row, and so no answer: the ordinary execution says what is wrong.
    """

    me = ME

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def is_admin(self) -> ColumnElement[bool]:
        """Whether they administer the platform."""
        return self._fact(ADMIN, Boolean())

    def is_active(self) -> ColumnElement[bool]:
        """Whether their account is open."""
        return true()

    def courses(self, role: Role) -> Any:
        """The courses that a role opens to them, as a subquery."""
        return select(func.unnest(self._fact(role.value, ARRAY(Uuid))))

    def is_in(self, course: Any, role: Role) -> ColumnElement[bool]:
        """Whether a column names one of these courses."""
        found: ColumnElement[bool] = course == any_(self._fact(role.value, ARRAY(Uuid)))
        return found

    def row(self, *, signed: bool) -> Any:
        """The facts that were asked for; only if the sign-in still holds, where they came by one."""
        roles = [role for role in Role if role.value in self.asked]
        if signed:
            of = scopes.sign_ins(NOW).where(SignIn.id == SIGN_IN, SignIn.account_id == ME)
        else:
            of = select(Account.id).where(Account.id == ME, col(Account.is_active))
        columns = [col(Account.is_platform_admin).label(ADMIN)] if ADMIN in self.asked else []
        if roles:
            open_ = scopes.memberships(ME).with_only_columns(*map(_listed, roles)).subquery("courses")
            of = of.join(open_, true())
            columns += [open_.c[role.value] for role in roles]
        # Otherwise PostgreSQL would write the look-ups into every clause.
        return of.with_only_columns(*columns or [true().label("there")]).cte("viewer").prefix_with("MATERIALIZED")

    def teaches(self) -> ColumnElement[bool] | None:
        """Whether they teach somewhere and are no platform admin, if both were asked for."""
        if not {ADMIN, Role.TEACHER.value} <= self.asked:
            return None
        taught = func.cardinality(self._fact(Role.TEACHER.value, ARRAY(Uuid)))
        return and_(not_(self.is_admin()), taught > 0)

    def _fact(self, name: str, kind: Any) -> Any:
        self.asked.add(name)
        return literal_column(f"viewer.{name}", kind)


def _listed(role: Role) -> Any:
    # No course is an empty list: with NULL every clause would go on to ask for the rest of its conditions.
    courses = func.array_agg(col(Membership.course_id)).filter(scopes.grants(role))
    return func.coalesce(courses, literal_column("'{}'::uuid[]")).label(role.value)


class OfPerson:
    """The clauses of a person."""

    def __init__(self) -> None:
        self.viewer = Known()

    def visible(self, table: Any, allow: scopes.Allow) -> ColumnElement[bool]:
        """The declared permission."""
        return scopes.visible(table, self.viewer, allow)

    def me(self) -> Any:
        """The person."""
        return ME


class OfSeat:
    """The clauses of whoever sits in a course's seat."""

    def __init__(self) -> None:
        self.seat = Seat(SEAT)  # type: ignore[arg-type]

    def visible(self, table: Any, allow: scopes.Allow) -> ColumnElement[bool]:
        """The declared permission. Raises Unplannable for what depends on the person."""
        try:
            return scopes.seated(table, self.seat, allow)
        except Personal:
            raise Unplannable("personal") from None

    def me(self) -> Any:
        """There is nobody. Raises Unplannable."""
        raise Unplannable("personal")


class OfTeacher(OfSeat):
    """The clauses of a seat, for a person who may sit there: who teaches the course of the row that is asked for.

    They are a comparison each, where a person's ask for all that somebody may be to a course.
    """

    def __init__(self) -> None:
        self.seat = Seat(literal_column("viewer.seat", Uuid))  # type: ignore[arg-type]

    def row(self, shape: One[Any], key: Any) -> Any:
        """The course, if the sign-in holds and they teach there. Raises Unplannable for what is of none."""
        if shape.model is not Course and not hasattr(shape.model, "course_id"):
            raise Unplannable("of no course")
        row = aliased(shape.model, name="asked")
        course = row.id if shape.model is Course else row.course_id
        of = scopes.memberships(ME).where(scopes.grants(Role.TEACHER)).join(row, course == Membership.course_id)
        holds = scopes.sign_ins(NOW).where(SignIn.id == SIGN_IN, SignIn.account_id == ME).correlate(None).exists()
        of = of.where(shape.key(row) == key, holds).with_only_columns(course.label("seat"))
        return of.cte("viewer").prefix_with("MATERIALIZED")


SCOPES: Mapping[str, Callable[[], OfPerson | OfSeat]] = {"person": OfPerson, "seat": OfSeat, "teacher": OfTeacher}


def scope_of(context: Context) -> str:
    """Which clauses stand for whoever asks. Raises Unplannable for nobody and for the system."""
    actor = context.actor
    if isinstance(actor, Seat):
        return "seat"
    if actor.is_system or actor.account_id is None:
        raise Unplannable("nobody")
    return "person"


def facts_of(context: Context) -> dict[str, Any]:
    """The values of these parameters."""
    actor = context.actor
    if isinstance(actor, Seat):
        return {WHO: actor.course_id, "seat": actor.course_id, "now": context.runtime.now()}
    me, sign_in = actor.account_id, actor.sign_in_id
    return {WHO: me, "me": me, "sign_in": sign_in, "now": context.runtime.now()}
