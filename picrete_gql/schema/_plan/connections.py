"""Relay connections in SQL: a page and what is said of it, from one ordered and limited set of rows."""

from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type
from sqlalchemy import BigInteger, Text, bindparam, cast, func, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from picrete_gql.shapes import Pages

from .collect import below, collected
from .levels import Keys
from .slots import Slot, Values
from .texts import Parts, joined, listed, or_null, sql_text
from .words import Unplannable

if TYPE_CHECKING:
    from .compiler import Compiler

Nodes = list[FieldNode]


class Connections:
    """Compiles what is selected of a connection."""

    def __init__(self, compiler: "Compiler") -> None:
        self.compiler = compiler

    def page(
        self,
        shape: Pages[Any],
        rows: Any,
        row: Any,
        of: GraphQLField,
        nodes: Any,
        values: Values,
        slot: Slot,
        *,
        together: bool,
    ) -> Parts:
        """The page that the arguments mean. What hangs on its rows is read for them all `together`, or for each."""
        compiler = self.compiler
        kind = get_named_type(of.type)
        for name in values.keys() & shape.filters.keys():
            rows = rows.where(shape.filters[name](row, compiler.bind(slot, name)))
        whole, keys = rows, shape.keys(row)
        if "after" in values:
            rows = rows.where(_beyond(keys, slot, descending=shape.descending))
        fields = collected(kind, below(nodes), compiler.fragments)
        first, order = compiler.bind(slot, "first", BigInteger()), _ordered(keys, shape)
        says_more = any(same[0].name.value == "pageInfo" for same in fields.values())
        if says_more:
            rows = rows.add_columns(func.row_number().over(order_by=order).label("n"))
        # No other rows are joined and ordered than those of the page and, to know whether there are more, the next.
        found = rows.order_by(*order).limit(first + 1 if says_more else first).cte(compiler.name())
        shown = aliased(shape.model, found)
        level = compiler.level(shown, is_one=False, keys=_keys(shown) if together else None)
        level.read_once.append(found)
        n = found.c.n if says_more else None
        page = _Page(shown, shape, n, first, after="after" in values)
        text = self._object(kind, fields, page, whole)
        # Having anything makes it one row, also where nothing is counted.
        made = level.joined(select(joined(text)).select_from(shown))
        return [made.having(literal_column("true")).scalar_subquery()]

    def _item(self, kind: GraphQLObjectType, same: Nodes, row: Any, keys: Any) -> Any:
        inner = get_named_type(kind.fields[same[0].name.value].type)
        if same[0].name.value == "nodes":
            return joined(self.compiler.object(inner, same, row))
        parts: Parts = ["{"]
        for answer, fields in collected(inner, below(same), self.compiler.fragments).items():
            parts.append(("," if len(parts) > 1 else "") + f'"{answer}":')
            name = fields[0].name.value
            if name == "__typename":
                parts.append(f'"{inner.name}"')
            elif name == "cursor":
                parts += ['"', _cursor(keys), '"']
            else:
                parts += self.compiler.object(get_named_type(inner.fields[name].type), fields, row)
        return joined([*parts, "}"])

    def _object(self, kind: GraphQLObjectType, fields: Any, page: "_Page", whole: Any) -> Parts:
        parts: Parts = ["{"]
        for answer, same in fields.items():
            parts.append(("," if len(parts) > 1 else "") + f'"{answer}":')
            name = same[0].name.value
            if name in ("nodes", "edges"):
                parts += page.items(self._item(kind, same, page.row, page.keys))
            elif name == "totalCount":
                counted = whole.with_only_columns(func.count(), maintain_column_froms=True)
                parts.append(cast(counted.scalar_subquery(), Text))
            elif name == "pageInfo":
                parts += self._info(get_named_type(kind.fields[name].type), same, page)
            elif name == "__typename":
                parts.append(f'"{kind.name}"')
            else:
                raise Unplannable(name)
        return [*parts, "}"]

    def _info(self, kind: GraphQLObjectType, nodes: Nodes, page: "_Page") -> Parts:
        parts: Parts = ["{"]
        for answer, same in collected(kind, below(nodes), self.compiler.fragments).items():
            parts.append(("," if len(parts) > 1 else "") + f'"{answer}":')
            parts += [f'"{kind.name}"'] if same[0].name.value == "__typename" else page.info(same[0].name.value)
        return [*parts, "}"]


class _Page:
    """The rows of a page; where `n` numbers them, one more than it shows."""

    def __init__(self, row: Any, shape: Pages[Any], n: Any, first: Any, *, after: bool) -> None:
        self.row, self.n, self.first, self.after = row, n, first, after
        self.keys = shape.keys(row)
        self.order = _ordered(self.keys, shape)

    def items(self, text: Any) -> Parts:
        """The texts of the rows that it shows."""
        return listed(text, *self.order, of=None if self.n is None else self.n <= self.first)

    def info(self, name: str) -> Parts:
        """One fact of its PageInfo."""
        cursor = _cursor(self.keys)
        if name == "hasNextPage":
            return [cast(func.count() > self.first, Text)]
        if name == "hasPreviousPage":
            return ["true" if self.after else "false"]
        if name == "startCursor":
            return or_null(['"', func.min(cursor).filter(self.n == 1), '"'])
        if name == "endCursor":
            last = func.least(self.first, func.count())
            return or_null(['"', func.array_agg(aggregate_order_by(cursor, self.n))[last], '"'])
        raise Unplannable(name)


def _keys(row: Any) -> Keys:
    return lambda column: select(getattr(row, column))


def _ordered(keys: Any, shape: Pages[Any]) -> list[Any]:
    return [key.desc() if shape.descending else key for key in keys]


def _cursor(keys: Any) -> Any:
    """The same text as `paging.encode` makes of the values that order a row."""
    listed: Parts = ["["]
    for place, key in enumerate(keys):
        listed += ["," if place else "", cast(func.to_json(key), Text)]
    encoded = func.encode(func.convert_to(joined([*listed, "]"]), "UTF8"), "base64")
    return func.translate(encoded, sql_text("+/=\n"), sql_text("-_"))


def _beyond(keys: Any, slot: Slot, *, descending: bool) -> Any:
    given = tuple_(*(bindparam(f"{slot.prefix}after{place}", None, type_=key.type) for place, key in enumerate(keys)))
    return tuple_(*keys) < given if descending else tuple_(*keys) > given
