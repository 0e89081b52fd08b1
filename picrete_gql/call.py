"""One resolver call: who asks, which rows exist for them, one transaction, and what happened in it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, false
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from picrete_gql import scopes, tracing
from picrete_gql.actors import NOBODY, SYSTEM, Actor, Seat
from picrete_gql.events import IDS, Event
from picrete_gql.gateways import Gateways
from picrete_gql.gateways.bus import Pulse
from picrete_gql.models import Account, Happening
from picrete_gql.problems import Forbidden, Invalid, Locale, NotFound, RateLimited, Unauthenticated, Unavailable
from picrete_gql.runtime import DATABASE_FAULTS, Runtime, away, passes, unwritable
from picrete_gql.scopes import Allow, Scope

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M")
TRIES = 3
__all__ = ["NOBODY", "SYSTEM", "Actor"]


@dataclass(frozen=True)
class Context:
    """What GraphQL, the bot and the jobs all hand to a resolver. It holds no session, no roles and no cache.

    `witness` joins the transaction of every command, with its events at hand: what it writes stands or falls with them.
    `pulse` belongs to a view that many share.
    """

    runtime: Runtime
    actor: Actor = NOBODY
    door: str = "web"
    locale: Locale = Locale.RU
    ip: str = ""
    agent: str = ""
    witness: "Callable[[Call], Awaitable[None]] | None" = None
    pulse: Pulse | None = None

    @property
    def gateways(self) -> Gateways:
        """The outside world."""
        return self.runtime.gateways

    def by(self, actor: Actor) -> "Context":
        """The same door, used by somebody."""
        return replace(self, actor=actor)

    def looks(self, id: UUID, course_id: UUID) -> AsyncGenerator[None]:
        """Once now, then whenever something about `id` happened or the right to see its course may be lost."""
        return self._rounds(course_id, id)

    def hears(self, events: Sequence[type[Event]], course_id: UUID) -> AsyncGenerator[None]:
        """Once now, then whenever one of these happened in a course or the right to see it may be lost."""
        return self._rounds(course_id, *(f"{event.name}:{course_id}" for event in events))

    async def _rounds(self, course_id: UUID, *bells: object) -> AsyncGenerator[None]:
        async with self.gateways.bus.bell(*bells, *self.actor.bells(course_id)) as bell:
            if self.pulse:
                self.pulse.bell = bell
            while True:
                if self.pulse:
                    self.pulse.begin()
                yield
                await bell.wait()

    def as_system(self) -> "Context":
        """The same process acting for itself, for what must happen whoever notices it."""
        return replace(self, actor=SYSTEM)

    async def ensure_rate(self, what: str, name: str) -> None:
        """Sign-up, login and refresh: so often a minute per name and address, and per address. Raises RateLimited."""
        limits = self.runtime.settings.limits
        keys = [
            (f"{what}:{name.lower()}:{self.ip}", limits.sign_in_tries),
            (f"{what}:{self.ip}", limits.sign_in_tries_per_ip),
        ]
        for key, limit in keys:
            wait = await self.gateways.limiter.hit(key, limit, 60)
            if wait is not None:
                raise RateLimited(wait)


@dataclass
class Call:
    """One call of one resolver, inside its transaction."""

    context: Context
    session: AsyncSession
    allow: Allow
    events: list[Event] = field(default_factory=list)
    looked: bool = False

    def __post_init__(self) -> None:
        self.now = self.context.runtime.now()
        self.settings = self.context.runtime.settings

    @property
    def actor_id(self) -> UUID:
        """The person who asks. Raises Unauthenticated when there is none."""
        if self.context.actor.account_id is None:
            raise Unauthenticated
        return self.context.actor.account_id

    def visible(self, model: type[Any]) -> ColumnElement[bool]:
        """The declared permission, as a WHERE clause."""
        self.looked = True
        actor = self.context.actor
        if isinstance(actor, Seat):
            return scopes.seated(model, actor, self.allow)
        if actor.is_system:
            return scopes.everything()
        if actor.account_id is None:
            return scopes.everything() if "guest" in self.allow else false()
        return scopes.visible(model, scopes.Person(actor.account_id), self.allow)

    def select(self, model: type[M]) -> Any:
        """The rows that exist for whoever asks."""
        return select(model).where(self.visible(model))

    async def get(self, model: type[M], id: UUID, *, lock: bool = False) -> M:
        """One row by id, locked for a change if asked. Raises NotFound, also for what the viewer may not see."""
        row: M = await self.find(self.select(model).where(model.id == id), lock=lock)  # type: ignore[attr-defined]
        return row

    async def find(self, statement: Any, *, lock: bool = False) -> Any:
        """The one row of a statement. Raises NotFound."""
        model = statement.column_descriptions[0]["entity"]
        row = await self.first(statement.with_for_update(of=model) if lock else statement)
        if row is None:
            raise NotFound(model.__tablename__)
        return row

    async def first(self, statement: Any) -> Any:
        """The first row or value of a statement, or None."""
        return (await self.session.execute(_fresh(statement))).scalars().first()

    async def all(self, statement: Any) -> list[Any]:
        """All rows or values of a statement."""
        return list((await self.session.execute(_fresh(statement))).scalars().all())

    async def admit(self) -> Account | None:
        """For what has no row to look at: whoever is declared may. Raises Unauthenticated or Forbidden."""
        self.looked = True
        actor = self.context.actor
        if isinstance(actor, Seat):
            raise actor.personal()
        if actor.is_system:
            return None
        account = await self.session.get(Account, actor.account_id) if actor.account_id else None
        if account is None or not account.is_active:
            if "guest" in self.allow:
                return None
            raise Unauthenticated
        if account.is_platform_admin or {"user", "guest"} & self.allow.keys():
            return account
        raise Forbidden

    def add(self, row: M) -> M:
        """Store a new row at the end of the call; gives it its time of birth."""
        if getattr(row, "created_at", None) is None:
            row.created_at = self.now  # type: ignore[attr-defined]
        self.session.add(row)
        return row

    async def flush(self) -> None:
        """Write what was added or changed so far, so that the next statement sees it."""
        await self.session.flush()

    def emit(self, event: Event) -> None:
        """Say what happened: stored with the change, told after the commit."""
        self.events.append(event)

    async def record(self) -> dict[int, Event]:
        """Turn the emitted events into rows of this transaction, and write it all; the events by their numbers."""
        rows = [self._row(event) for event in self.events]
        self.session.add_all(rows)
        await self.flush()
        return {row.id: event for row, event in zip(rows, self.events, strict=True) if row.id is not None}

    def _row(self, event: Event) -> Happening:
        facts: dict[str, Any] = {key: getattr(event, key) for key in IDS}
        facts |= {"actor_id": self.context.actor.account_id, "door": self.context.door, "data": dict(event.data)}
        return Happening(name=event.name, at=self.now, trace=tracing.here(), **facts)


class Resolver(Generic[P, R]):
    """A function of a call, the roles it allows, and its one-line description."""

    def __init__(self, body: Callable[Concatenate[Call, P], Awaitable[R]], allow: Allow, *, writes: bool) -> None:
        self.body, self.allow, self.writes = body, allow, writes
        self.name = f"{body.__module__.rsplit('.', 1)[-1]}.{body.__name__}"
        self.shape: Any = None
        update_wrapper(self, body)
        RESOLVERS.append(self)

    async def __call__(self, context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        _ensure_declared(context, self.allow)
        for attempt in range(1, TRIES + 1):
            try:
                with tracing.span(self.name, door=context.door):
                    result, events = await self._once(context, *args, **kwargs)
                break
            except _Retry as retry:
                if attempt == TRIES:
                    raise Unavailable("database", detail=str(retry.__cause__)[:300]) from retry.__cause__
                await asyncio.sleep(0.05 * attempt)
        await context.runtime.tell(events)
        return result

    async def _once(self, context: Context, *args: P.args, **kwargs: P.kwargs) -> tuple[R, dict[int, Event]]:
        committing = False
        try:
            async with context.runtime.sessions() as session:
                if not self.writes:
                    await session.connection(execution_options={"postgresql_readonly": True})
                call, told = Call(context, session, self.allow), dict[int, Event]()
                result = await self.body(call, *args, **kwargs)
                if not call.looked:
                    raise RuntimeError(f"{self.name} never looked at its permission")
                if self.writes:
                    if context.witness is not None:
                        await context.witness(call)
                    told = await call.record()
                    committing = True
                    await session.commit()
                return result, told
        except DATABASE_FAULTS as error:
            # Once a commit was sent nobody knows whether it happened, so it is not tried again.
            if passes(error) and not committing:
                raise _Retry from error
            if away(error):
                raise Unavailable("database", detail=str(error)[:300]) from error
            if unwritable(error):
                raise Invalid("text", "В тексте недопустимый символ.", "A character is not allowed.") from error
            raise


def _ensure_declared(context: Context, allow: Allow) -> None:
    if context.actor == NOBODY and "guest" not in allow:
        raise Unauthenticated
    if not allow and not context.actor.is_system:
        raise Forbidden


def _fresh(statement: Any) -> Any:
    """A row that is locked is read anew, though the call may have seen it before. Flush your changes first."""
    locks = getattr(statement, "_for_update_arg", None) is not None
    return statement.execution_options(populate_existing=True) if locks else statement


class _Retry(Exception):
    """The transaction did not happen and may be tried once more."""


RESOLVERS: list["Resolver[..., Any]"] = []


def command(**allow: Scope) -> Callable[[Callable[Concatenate[Call, P], Awaitable[R]]], Resolver[P, R]]:
    """Changes something: one call, one transaction, then its events."""
    return lambda body: Resolver(body, scopes.checked(allow), writes=True)


def query(**allow: Scope) -> Callable[[Callable[Concatenate[Call, P], Awaitable[R]]], Resolver[P, R]]:
    """Only reads: the transaction is read-only."""
    return lambda body: Resolver(body, scopes.checked(allow), writes=False)


class Recipe(Generic[P, R]):
    """Resolvers and gateways in a row. It holds no transaction of its own."""

    def __init__(self, body: Callable[Concatenate[Context, P], R], allow: Allow) -> None:
        self.body, self.allow = body, allow
        self.name = f"{body.__module__.rsplit('.', 1)[-1]}.{body.__name__}"
        self.shape: Any = None
        update_wrapper(self, body)

    def __call__(self, context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        _ensure_declared(context, self.allow)
        return self.body(context, *args, **kwargs)


def recipe(like: Resolver[..., Any]) -> Callable[[Callable[Concatenate[Context, P], R]], Recipe[P, R]]:
    """Allowed exactly as the resolver it begins with."""
    return lambda body: Recipe(body, like.allow)
