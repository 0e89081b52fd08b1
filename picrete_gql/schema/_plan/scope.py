"""Who asks, as parameters of a statement: the same clauses as everywhere, looked up once for the whole statement."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Uuid, any_, bindparam, func, literal_column, select, true
from sqlmodel import col

from picrete_gql import scopes
from picrete_gql.actors import Personal, Seat
from picrete_gql.call import Context
from picrete_gql.models import Account, Membership, Role, SignIn
from picrete_gql.shapes import NOW

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


SCOPES: Mapping[str, Callable[[], OfPerson | OfSeat]] = {"person": OfPerson, "seat": OfSeat}


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
