"""Rows that a statement reads together, and what is joined to them: read once for all, not once for each."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, any_, func, inspect, select

# The values of one of their columns, as a statement of its own.
Keys = Callable[[str], Any]


class Level:
    """Rows of one table (or the one row of it) with at most one row of each joined table beside each of them.

    `is_one` says that there is one row, so that what hangs on it is read once in any case. `keys` are there for rows
    whose children are read all together.
    """

    def __init__(self, row: Any, *, is_one: bool, keys: Keys | None = None) -> None:
        self.is_one = is_one
        self.keys: dict[Any, Keys] = {} if keys is None else {row: keys}
        self.tables = [row]
        self.joins: list[tuple[Any, Any, bool]] = []
        self.read_once: list[Any] = []
        self.found: dict[Any, Any] = {}

    def has(self, table: Any, key: str, beside: Any) -> None:
        """A row of `beside` has the id that a column of a table of this level names, and is part of the rows."""
        self.found[table, key, inspect(beside).mapper.class_, "id"] = beside
        self.tables.append(beside)

    def beside(self, table: Any, key: Any, model: type[Any], by: str, alias: Callable[[Any], Any]) -> Any:
        """The at most one row whose column `by` holds a key; None where there may be several."""
        place = (table, key.key, model, by)
        if place not in self.found and is_unique(model, by):
            row = self.found[place] = alias(model)
            self.tables.append(row)
            self.joins.append((row, getattr(row, by) == key, False))
            if table in self.keys:
                self.keys[row] = _keys_of(alias(model), by, self.keys[table](key.key))
        return self.found.get(place)

    def adds(self, lists: Any, condition: Any) -> None:
        """What was read for all of them: at most one row for each, and none for others."""
        # As no list is without its parent, a full join says the same as a left one, but is never done by a loop: where
        # PostgreSQL expects few rows it would loop, and read all lists again for each parent.
        self.joins.append((lists, condition, True))

    def joined(self, rows: Any) -> Any:
        """The rows with everything that was found to be beside them, and what is read once for all of them."""
        for table, condition, full in self.joins:
            rows = rows.outerjoin(table, condition, full=full)
        return rows.add_cte(*self.read_once, nest_here=True) if self.read_once else rows


def array(keys: Any) -> Any:
    """The values that a statement gives, for a look-up of them all."""
    return any_(func.array(keys.scalar_subquery()))


def is_unique(model: type[Any], name: str) -> bool:
    """Whether at most one row of a table has the same value of a column."""
    table = inspect(model).local_table
    alone: Iterable[Any] = (
        rule for rule in table.constraints if isinstance(rule, UniqueConstraint | PrimaryKeyConstraint)
    )
    return any(list(rule.columns) == [table.c[name]] for rule in alone)


def is_certain(key: Any, by: str) -> bool:
    """Whether the row that a column points at is there whenever the row with the column is."""
    return by == "id" and not key.nullable and bool(key.foreign_keys)


def _keys_of(row: Any, by: str, parents: Any) -> Keys:
    return lambda column: select(getattr(row, column)).where(getattr(row, by) == array(parents))
