"""How rows hang on each other, said once: resolvers read by a shape, and whole trees are read by several at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import TIMESTAMP, ColumnElement, Select, any_, bindparam, literal, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlmodel import col, select

from picrete_gql.call import Call, Recipe, Resolver
from picrete_gql.paging import Ask, Page, in_order, page, pages

M = TypeVar("M")
R = TypeVar("R", bound=Resolver[..., Any] | Recipe[..., Any])
# The time of a read in one statement.
NOW = bindparam("now", None, type_=TIMESTAMP(timezone=True))
# Whoever asks, for what is one's own: called only then, because a seat has nobody in it.
Me = Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class Shape(Generic[M]):
    """Rows of a model whose column `by` holds the parent's key; without `by` they hang on nothing.

    `where` narrows them, and gets the table (or an alias of it) and who asks. `within` is the model of a parent that
    must itself be visible under the same permission, or else there is null instead of a list.
    """

    model: type[M]
    by: str = ""
    where: Callable[[Any, Me], Sequence[ColumnElement[bool]]] = lambda table, me: ()
    within: type[Any] | None = None

    def key(self, table: Any) -> Any:
        """The column that holds the parent's key."""
        return col(getattr(table, self.by))

    def rows(self, table: Any, me: Me) -> Select[tuple[M]]:
        """All rows of the shape, whoever may see them."""
        return select(table).where(*self.where(table, me))


@dataclass(frozen=True, kw_only=True)
class One(Shape[M]):
    """At most one row for a parent: of several the first by `order`. `until` is when it ceases to be one by itself."""

    order: Callable[[Any], Sequence[Any]] = lambda table: ()
    until: Callable[[Any], ColumnElement[Any] | None] = lambda table: None
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Value(One[M]):
    """One value of at most one row; without a row null, or `default` (JSON)."""

    value: Callable[[Any], Any]
    default: str | None = None


@dataclass(frozen=True, kw_only=True)
class Many(Shape[M]):
    """All rows of a parent, in order.

    `joins` names columns by which each row points at one row of another model, for an order that needs these: `order`
    gets them after the table.
    """

    order: Callable[..., Sequence[Any]] = lambda table: ()
    joins: Mapping[str, type[Any]] = field(default_factory=dict)

    def rows(self, table: Any, me: Me, *joined: Any) -> Select[tuple[M]]:
        """All rows of the shape in their order, whoever may see them."""
        rows, others = super().rows(table, me), joined or tuple(self.joins.values())
        for name, other in zip(self.joins, others, strict=True):
            rows = rows.join(other, other.id == getattr(table, name))
        return rows.order_by(*self.order(table, *others))


@dataclass(frozen=True, kw_only=True)
class Pages(Shape[M]):
    """A list by pages, ordered by `keys` (the last one unique). `filters` by name take the table and a value."""

    keys: Callable[[Any], Sequence[Any]]
    descending: bool = False
    filters: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Totals(Shape[M]):
    """Numbers about a parent's rows: `grouped` makes the statement from a condition on the parent's key.

    Its first column is the key, the others are named as the fields of one line.
    """

    grouped: Callable[[Callable[[Any], Any]], Select[Any]]


def equal(name: str) -> Callable[[Any, Any], Any]:
    """A filter: the column has this value."""
    return lambda table, value: getattr(table, name) == value


def among(name: str) -> Callable[[Any, Any], Any]:
    """A filter: the column has one of these values."""

    def clause(table: Any, values: Any) -> Any:
        column = getattr(table, name)
        listed = values if isinstance(values, ColumnElement) else literal(list(values))
        return column == any_(type_coerce(listed, ARRAY(column.type)))

    return clause


def shaped(shape: Shape[Any]) -> Callable[[R], R]:
    """Say which shape a batch resolver reads, so that it can be read together with what is above and below it."""

    def mark(resolver: R) -> R:
        resolver.shape = shape
        return resolver

    return mark


async def many(call: Call, shape: Many[M], ids: Sequence[UUID]) -> list[list[M]]:
    """The rows of many parents in one statement, in the order of `ids`."""
    rows = await call.all(_rows(call, shape).where(shape.key(shape.model).in_(ids)))
    return in_order(ids, rows, lambda row: getattr(row, shape.by))


async def many_within(call: Call, shape: Many[M], ids: Sequence[UUID]) -> list[list[M] | None]:
    """The same, but null for parents that are not visible under the same permission."""
    parent: Any = shape.within
    mine = set(await call.all(select(parent.id).where(parent.id.in_(ids), call.visible(parent))))
    return [rows if id in mine else None for id, rows in zip(ids, await many(call, shape, ids), strict=True)]


async def one(call: Call, shape: One[M], ids: Sequence[UUID]) -> list[M | None]:
    """The one row of each parent in one statement, in the order of `ids`."""
    key = shape.key(shape.model)
    rows = _rows(call, shape).where(key.in_(ids))
    if order := shape.order(shape.model):
        rows = rows.ext(distinct_on(key)).order_by(key, *order)
    found = {getattr(row, shape.by): row for row in await call.all(rows)}
    return [found.get(id) for id in ids]


async def value(call: Call, shape: Value[Any], ids: Sequence[UUID]) -> list[Any]:
    """The one value of each parent in one statement, in the order of `ids`."""
    key = shape.key(shape.model)
    rows = _rows(call, shape).with_only_columns(key, shape.value(shape.model)).where(key.in_(ids))
    found = {row[0]: row[1] for row in (await call.session.execute(rows)).all()}
    return [found.get(id) for id in ids]


async def totals(call: Call, shape: Totals[Any], ids: Sequence[UUID]) -> list[list[tuple[Any, ...]] | None]:
    """The numbers of each parent; null for parents that are not visible."""
    parent: Any = shape.within
    mine = set(await call.all(select(parent.id).where(parent.id.in_(ids), call.visible(parent))))
    found: dict[UUID, list[tuple[Any, ...]]] = {id: [] for id in mine}
    for key, *numbers in (await call.session.execute(shape.grouped(lambda column: column.in_(mine)))).all():
        found[key].append(tuple(numbers))
    return [found.get(id) for id in ids]


async def every(call: Call, shape: Many[M]) -> list[M]:
    """The rows of a shape that hangs on nothing."""
    return await call.all(_rows(call, shape))


async def of_pages(
    call: Call, shape: Pages[M], ids: Sequence[UUID], ask: Ask, chosen: Mapping[str, Any]
) -> list[Page[M]]:
    """The same page of many parents' lists. `chosen` are the values of filters; None is no filter."""
    table: Any = shape.model
    given = {name: value for name, value in chosen.items() if value is not None}
    rows = _rows(call, shape).where(*(shape.filters[name](table, value) for name, value in given.items()))
    keys = shape.keys(table)
    return await pages(call, rows, shape.key(table), ids, keys, ask, descending=shape.descending)


async def of_page(call: Call, shape: Pages[M], ask: Ask) -> Page[M]:
    """A page of a list that hangs on nothing."""
    return await page(call, _rows(call, shape), shape.keys(shape.model), ask, descending=shape.descending)


def _rows(call: Call, shape: Shape[M]) -> Any:
    return shape.rows(shape.model, lambda: call.context.actor.account_id).where(call.visible(shape.model))
