"""A selection becomes one statement whose text is the JSON asked for, permissions included."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type
from sqlalchemy import and_, bindparam, case, column, func, inspect, null, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from picrete_gql.models import Course
from picrete_gql.settings import Limits
from picrete_gql.shapes import Many, One, Pages, Shape, Totals, Value

from .collect import below, collected
from .connections import Connections
from .levels import Keys, Level, array, is_certain
from .notes import can_be_kept, noted, noted_list, tells
from .scope import OfPerson, OfSeat
from .slots import Slot, Values, reader_of, varies
from .texts import HOLE, Parts, joined, listed, or_null, sql_text, written
from .words import KEY, Computed, Filled, Link, Unplannable

Nodes = Sequence[FieldNode]


class Compiler:
    """Compiles the subtree of one root field; `slots` and `fills` are what its statement needs at each run."""

    def __init__(
        self,
        fragments: Mapping[str, Any],
        variables: Any,
        scope: OfPerson | OfSeat,
        limits: Limits,
        *,
        keeps: bool = False,
    ) -> None:
        self.fragments, self.variables, self.scope, self.limits = fragments, variables, scope, limits
        self.keeps = keeps
        self.slots: list[Slot] = []
        self.fills: list[Filled] = []
        self.is_kept, self.all_is_told = False, True
        self.root: tuple[One[Any], Any] | None = None
        self.levels: dict[Any, Level] = {}
        self.aliases = 0
        self.connections = Connections(self)

    def field(self, of: GraphQLField, nodes: Nodes, table: Any) -> Parts:
        """One field of a row (or, without a table, of the root) as JSON."""
        plan, name = _plan(of)
        if plan is None:
            if name is None or table is None:
                raise Unplannable(nodes[0].name.value)
            plan = Computed(lambda row: getattr(row, name))
        if isinstance(plan, Computed):
            return self.value(of.type, nodes, plan.value(table))
        if isinstance(plan, Filled):
            return self.filled(plan, table)
        return self.link(plan, of, nodes, table)

    def object(self, kind: GraphQLObjectType, nodes: Nodes, table: Any) -> Parts:
        """A row as a JSON object."""
        parts: Parts = ["{"]
        for answer, same in collected(kind, below(nodes), self.fragments).items():
            parts.append(("," if len(parts) > 1 else "") + f'"{answer}":')
            if same[0].name.value == "__typename":
                parts.append(f'"{kind.name}"')
            else:
                parts += self.field(kind.fields[same[0].name.value], same, table)
        return [*parts, "}"]

    def link(self, link: Link, of: GraphQLField, nodes: Nodes, table: Any) -> Parts:
        """What hangs on a row by a shape."""
        shape, allow = link.resolver.shape, link.resolver.allow
        values, slot = self.read(link, of, nodes[0])
        key = None
        if link.key is not None:
            key = getattr(table, link.key)
        elif shape.by:
            key = self.bind(slot, "key", shape.key(shape.model).type)
        if table is None and isinstance(shape, One):
            self.root = (shape, key)
        parts = self.shaped(shape, allow, key, table, of, nodes, values, slot)
        if shape.within is not None:
            seen = self.scope.visible(table, allow)
            parts = [case((seen, joined(parts)), else_=sql_text("null"))]
        return parts

    def shaped(
        self,
        shape: Shape[Any],
        allow: Any,
        key: Any,
        table: Any,
        of: GraphQLField,
        nodes: Nodes,
        values: Values,
        slot: Slot,
    ) -> Parts:
        """The JSON of a shape."""
        if isinstance(shape, Totals):
            return self.totals(shape, key, table, of, nodes)
        if table is not None and isinstance(shape, One) and shape.until(shape.model) is not None:
            # What changes by itself in the middle of an answer is not noted.
            self.all_is_told = False
        self.all_is_told = self.all_is_told and tells(shape.model)
        if isinstance(shape, One) and (beside := self.beside(shape, key, table)) is not None:
            return self.same(shape, allow, beside, key, of, nodes)
        row = self.alias(shape.model)
        joins = [self.alias(model) for model in getattr(shape, "joins", {}).values()]
        rows = shape.rows(row, self.scope.me, *joins).where(self.scope.visible(row, allow))
        if isinstance(shape, Many):
            level = self.level(row, is_one=False)
            for name, other in zip(shape.joins, joins, strict=True):
                level.has(row, name, other)
            return self.many(shape, rows, row, key, table, joined(self.object(get_named_type(of.type), nodes, row)))
        rows = self.correlated(rows, table)
        if key is not None:
            rows = rows.where(getattr(row, shape.by) == key)
        is_one = table is None or (table in self.levels and self.levels[table].is_one)
        if isinstance(shape, Pages):
            parts = self.connections.page(shape, rows, row, of, nodes, values, slot, together=is_one)
            return self.noted(parts, shape, allow) if table is None else parts
        assert isinstance(shape, One)
        self.level(row, is_one=is_one)
        # A root that is not there is not null: the ordinary execution says what is wrong.
        return self.one(shape, rows, row, key, of, nodes, missing=table is None)

    def level(self, row: Any, *, is_one: bool, keys: Keys | None = None) -> Level:
        """The rows of a table, to which others may be joined."""
        level = self.levels[row] = Level(row, is_one=is_one, keys=keys)
        return level

    def many(self, shape: Many[Any], rows: Any, row: Any, key: Any, table: Any, text: Any) -> Parts:
        """All rows of a parent; or of all parents at once, joined to them, where these are read together."""
        above, here = self.levels.get(table), self.levels[row]
        keys = None if above is None or key is None else above.keys.get(table)
        if keys is None or above is None:
            if key is not None:
                rows = rows.where(getattr(row, shape.by) == key)
            texts = here.joined(only(self.correlated(rows, table), text.label("j"))).subquery(self.name())
            return [select(joined(listed(texts.c.j))).scalar_subquery()]
        order = shape.order(row, *here.tables[1 : 1 + len(shape.joins)])
        parent = getattr(row, shape.by)
        made = only(rows.order_by(None), parent.label("k"), joined(listed(text, *order)).label("j"))
        found = here.joined(made.where(parent == array(keys(key.key)))).group_by(parent).subquery(self.name())
        above.adds(found, found.c.k == key)
        return [func.coalesce(found.c.j, sql_text("[]"))]

    def beside(self, shape: One[Any], key: Any, table: Any) -> Any:
        """The table that holds the row which a key names: the parent itself, or one that is joined to it."""
        if table is None or key is None or shape.order(shape.model):
            return None
        if shape.by == "id" and key.key == "id" and is_of(table, shape.model):
            return table
        level = self.levels.get(table)
        row = None if level is None else level.beside(table, key, shape.model, shape.by, self.alias)
        if row is not None and level is not None:
            self.levels[row] = level
        return row

    def same(self, shape: One[Any], allow: Any, row: Any, key: Any, of: GraphQLField, nodes: Nodes) -> Parts:
        """A row that is at hand, as far as it is there and may be seen."""
        there = [] if key.table is row.id.table or is_certain(key, shape.by) else [row.id.is_not(None)]
        seen = and_(*there, self.scope.visible(row, allow), *shape.where(row, self.scope.me))
        inner = self.contents(shape, row, of, nodes)
        missing = shape.default if isinstance(shape, Value) and shape.default is not None else "null"
        otherwise: Any = sql_text(missing)
        if isinstance(of.type, GraphQLNonNull) and missing == "null":
            otherwise = null()
        elif shape.required:
            otherwise = case((key.is_(None), sql_text("null")))
        return [case((seen, joined(inner)), else_=otherwise)]

    def contents(self, shape: One[Any], row: Any, of: GraphQLField, nodes: Nodes) -> Parts:
        """What is shown of the one row."""
        if isinstance(shape, Value):
            return self.value(of.type, nodes, shape.value(row))
        return self.object(get_named_type(of.type), nodes, row)

    def one(
        self, shape: One[Any], rows: Any, row: Any, key: Any, of: GraphQLField, nodes: Nodes, *, missing: bool
    ) -> Parts:
        """At most one row, or one value of it. Where `missing`, the text is NULL without it."""
        if shape.order(row):
            rows = rows.order_by(*shape.order(row)).limit(1)
        text = joined(self.contents(shape, row, of, nodes))
        rows = self.levels[row].joined(rows)
        if missing and self.keeps and self.all_is_told and can_be_kept(shape.model):
            text, self.is_kept = noted(row, shape.until(row), text), True
        found = only(rows, text).scalar_subquery()
        if isinstance(shape, Value) and shape.default is not None:
            return [func.coalesce(found, sql_text(shape.default))]
        if missing or isinstance(of.type, GraphQLNonNull):
            return [found]
        if shape.required:
            return [case((key.is_(None), sql_text("null")), else_=found)]
        return or_null([found])

    def noted(self, parts: Parts, shape: Pages[Any], allow: Any) -> Parts:
        """A page of a root, with a note of the courses that it depends on if these are all that it depends on."""
        mine = shape.model is Course and set(allow) <= {"student", "teacher", "admin"}
        if not (self.keeps and self.all_is_told and mine and isinstance(self.scope, OfPerson)):
            return parts
        self.is_kept = True
        return [noted_list(self.scope.viewer, joined(parts))]

    def totals(self, shape: Totals[Any], key: Any, table: Any, of: GraphQLField, nodes: Nodes) -> Parts:
        """Numbers about a parent's rows, a JSON object for each line."""
        lines = self.correlated(shape.grouped(lambda parent: parent == key), table).subquery(self.name())
        texts = (
            select(joined(self.object(get_named_type(of.type), nodes, lines.c)).label("j"))
            .select_from(lines)
            .subquery(self.name())
        )
        return [select(joined(listed(texts.c.j))).scalar_subquery()]

    def value(self, kind: Any, nodes: Nodes, value: Any) -> Parts:
        """A value of the row: a leaf, or objects that the row holds as JSON."""
        named = get_named_type(kind)
        if is_leaf_type(named):
            return written(kind, value)
        if not isinstance(value.type, JSONB) or not isinstance(named, GraphQLObjectType):
            raise Unplannable(named.name)
        item = func.jsonb_array_elements(value).table_valued(column("item", JSONB)).render_derived(self.name())
        texts = select(joined(self.object(named, nodes, _Item(item.c.item))).label("j")).select_from(item)
        texts = texts.subquery(self.name())
        made = select(joined(listed(texts.c.j))).scalar_subquery()
        if isinstance(kind, GraphQLNonNull):
            return [made]
        return [case((value.is_(None), sql_text("null")), else_=made)]

    def filled(self, plan: Filled, table: Any) -> Parts:
        """A hole, to be filled when the rows have been read."""
        if plan not in self.fills:
            self.fills.append(plan)
        mark = f"{HOLE}{self.fills.index(plan)}:"
        seen = self.scope.visible(table, plan.resolver.allow)
        return [func.coalesce(case((seen, joined([mark, plan.facts(table), HOLE]))), sql_text("null"))]

    def correlated(self, rows: Any, table: Any) -> Any:
        """Rows that speak of the row outside, if there is one, and of nothing else outside."""
        if table is None:
            return rows
        return rows.correlate(*(self.levels[table].tables if table in self.levels else [table]))

    def read(self, link: Link, of: GraphQLField, node: FieldNode) -> tuple[Values, Slot]:
        """The arguments of a field; what is given is now part of the plan."""
        slot = Slot(of, node, reader_of(link, self.limits), f"a{len(self.slots)}_")
        values = slot.read(self.variables) if of.args else {}
        constant = None if varies(node) else values
        slot = Slot(of, node, slot.reader, slot.prefix, frozenset(values), constant)
        if of.args:
            self.slots.append(slot)
        return values, slot

    def bind(self, slot: Slot, name: str, kind: Any = None) -> Any:
        """The parameter of a value."""
        return bindparam(slot.prefix + name, None, type_=kind)

    def alias(self, model: type[Any]) -> Any:
        """A table under a name of its own."""
        return aliased(model, name=self.name())

    def name(self) -> str:
        """A fresh name."""
        self.aliases += 1
        return f"t{self.aliases}"


class _Item:
    """An object that a row holds as JSON: its fields by their names."""

    def __init__(self, item: Any) -> None:
        self._item = item

    def __getattr__(self, name: str) -> Any:
        return self._item[name]


def _plan(of: GraphQLField) -> tuple[Any, str | None]:
    """What a field says of itself, and its plain name if it is read straight off the row."""
    made = of.extensions.get("strawberry-definition")
    plan = None if made is None else made.metadata.get(KEY)
    return plan, None if made is None or made.base_resolver is not None else made.python_name


def only(rows: Any, *columns: Any) -> Any:
    """The same rows with other columns, also where these name no table."""
    return rows.with_only_columns(*columns, maintain_column_froms=True)


def is_of(table: Any, model: type[Any]) -> bool:
    """Whether a table is an alias of a model's."""
    found = inspect(table, raiseerr=False)
    return found is not None and found.mapper.class_ is model
