"""How a field takes its permission and its text from a resolver: the few words that the rooms share."""

import asyncio
import inspect
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.schema_directive import Location
from strawberry.utils.str_converters import to_camel_case

from picrete_gql.call import Context
from picrete_gql.scopes import ROLES, Scope

from ._ids import by_id
from ._plan.plans import planned
from ._plan.splice import Spliced
from ._plan.words import KEY, Computed, Link
from ._problems import masked, payload_problem

Info = strawberry.Info[Context, None]


def enum(of: type[Enum], called: str | None = None, **values: str) -> type[Enum]:
    """A GraphQL enum of one of ours, under another name if `called`; `values` describe its members by name."""
    made = strawberry.enum(of, name=called, description=inspect.getdoc(of))
    for value in made.__strawberry_definition__.values:
        value.description = values[value.name.lower()]
    return made


enum(
    Scope,
    any="Every row of the course, or, for a platform-wide field, everything.",
    own="Only the viewer's own rows.",
    shown="Rows that the course shows to its students: no drafts.",
    released="The viewer's own rows, once the marks are released.",
)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="Who may use a field, and which rows exist for them. A platform admin may whatever any role may.",
)
class Allow:
    """The printed permission of a resolver."""

    guest: Scope | None = strawberry.directive_field(name="guest", default=strawberry.UNSET)
    user: Scope | None = strawberry.directive_field(name="user", default=strawberry.UNSET)
    student: Scope | None = strawberry.directive_field(name="student", default=strawberry.UNSET)
    teacher: Scope | None = strawberry.directive_field(name="teacher", default=strawberry.UNSET)
    admin: Scope | None = strawberry.directive_field(name="admin", default=strawberry.UNSET)


def allowed(resolver: Any) -> Allow:
    """The directive that prints what a resolver declares."""
    return Allow(**{role: resolver.allow[role] for role in ROLES if role in resolver.allow})


def describe(resolver: Any) -> str:
    """A resolver's docstring as the field's description."""
    return inspect.getdoc(resolver) or ""


def says(description: str) -> Any:
    """A plain field with its description."""
    return strawberry.field(description=description)


def computed(description: str, value: Callable[[Any], Any]) -> Callable[[Callable[..., Any]], Any]:
    """A field computed from its row alone; `value` says the same of the row's table."""
    return strawberry.field(description=description, metadata={KEY: Computed(value)})


def field(
    resolver: Any, *, key: str = "", reads: Any = None, plan: Any = None, given: Any = None, description: str = ""
) -> Callable[[Callable[..., Any]], Any]:
    """A field that calls a resolver.

    With a `key` it can be read together with its parent: the resolver (or the one that it `reads` by) has a shape whose
    rows name this column of the parent. `given` makes values of the shape's filters from the arguments.
    """
    if key:
        plan = Link(reads or resolver, key, given or (lambda arguments: {}))

    def wrap(body: Callable[..., Any]) -> Any:
        return _made(resolver, plan, description)(masked(body))

    return wrap


def root(resolver: Any, given: Any = None) -> Callable[[Callable[..., Any]], Any]:
    """A root field that calls a resolver, or is read whole in one statement; `given` finds its key by the arguments."""

    def wrap(body: Callable[..., Any]) -> Any:
        @wraps(body)
        async def answer(self: Any, info: Any, **arguments: Any) -> Any:
            text = await planned(info)
            return await body(self, info, **arguments) if text is None else Spliced(text)

        return _made(resolver, Link(resolver, None, given or (lambda arguments: {})))(masked(answer))

    return wrap


def _made(resolver: Any, plan: Any, description: str = "") -> Any:
    return strawberry.field(
        description=description or describe(resolver),
        directives=[allowed(resolver)],
        metadata={} if plan is None else {KEY: plan},
    )


def mutation(resolver: Any) -> Callable[[Callable[..., Any]], Any]:
    """A mutation that calls a resolver. An expected refusal becomes the payload's `problem`."""

    def wrap(body: Callable[..., Any]) -> Any:
        made = strawberry.mutation(description=describe(resolver), directives=[allowed(resolver)])
        return made(masked(payload_problem(body)))

    return wrap


@dataclass(frozen=True)
class Subject:
    """What a subscription shows the state of: the row that its argument `id` names, if so as this `query` reads it."""

    kind: str
    model: type[Any]
    query: Any = None


SUBJECTS: dict[str, Subject] = {}


def subscription(resolver: Any, shows: Subject | None = None) -> Callable[[Callable[..., Any]], Any]:
    """A subscription that calls a resolver. What only `shows` the present state of a row may be shared and melt."""

    def wrap(body: Callable[..., Any]) -> Any:
        if shows is not None:
            SUBJECTS[to_camel_case(body.__name__)] = shows
        about = {} if shows is None or shows.query is None else {KEY: Link(shows.query, None, by_id(shows.kind))}
        made = strawberry.subscription(description=describe(resolver), directives=[allowed(resolver)], metadata=about)
        return made(masked(body))

    return wrap


def looking(info: Any, usual: Callable[..., Any]) -> Callable[..., Any]:
    """How a subscription looks: everything selected in one statement, or the row as usual."""

    async def look(context: Context, id: Any) -> Any:
        text = await planned(info)
        return await usual(context, id) if text is None else Spliced(text)

    return look


def argument(description: str, **more: Any) -> Any:
    """An argument's description, for `Annotated`."""
    return strawberry.argument(description=description, **more)


def row(model: type, **more: Any) -> Callable[[type], Any]:
    """A GraphQL type read straight off a table row: nothing is copied. Its docstring is its description."""

    def wrap(cls: type) -> Any:
        cls.is_type_of = classmethod(lambda cls, obj, info: isinstance(obj, (cls, model)))  # type: ignore[attr-defined]
        return strawberry.type(cls, description=inspect.getdoc(cls), **more)

    return wrap


def described(cls: type) -> Any:
    """A GraphQL type whose docstring is its description."""
    return strawberry.type(cls, description=inspect.getdoc(cls))


def asked(cls: type) -> Any:
    """A GraphQL input whose docstring is its description."""
    return strawberry.input(cls, description=inspect.getdoc(cls))


def extends(owner: Any) -> Callable[[type], None]:
    """Hang a room's fields on an earlier room's type."""

    def wrap(cls: type) -> None:
        fields = strawberry.type(cls).__strawberry_definition__.fields
        owner.__strawberry_definition__.fields.extend(fields)

    return wrap


async def batch(info: Any, resolver: Any, key: Any, *args: Hashable) -> Any:
    """Coalesce the look-ups of one tick into one call of `resolver(context, keys, *args)`. It batches, never caches."""
    context = info.context
    loaders = context.__dict__.setdefault("loaders", {})
    loader = loaders.get((resolver, args))
    if loader is None:

        async def load(keys: list[Any]) -> Any:
            loaders.pop((resolver, args), None)
            return await resolver(context, keys, *args)

        loader = loaders[resolver, args] = DataLoader(load_fn=load, cache=False)
    try:
        return await loader.load(key)
    except asyncio.CancelledError:
        # A loader that all have left before it began would take in whoever comes next, and never begin.
        loaders.pop((resolver, args), None)
        raise


def id_input(name: str, what: str) -> Any:
    """An input that names one thing."""
    field_ = strawberry.field(description=f"The {what}.")
    return strawberry.input(
        type(name, (), {"__annotations__": {"id": strawberry.ID}, "id": field_}),
        description=f"The {what} that is meant.",
    )
