"""What each table knows of a person, and what is left of it when they are erased: declared beside every model.

Erasing does what is declared here and nothing else, so a column that nobody has thought about fails a test.
The id of an account is no secret and stays: it is the pseudonym under which points and the record are kept.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel

# Every row has these, and they name nobody.
INHERITED = frozenset({"id", "created_at", "course_id"})
Becomes = Callable[[Table, datetime], Any]


@dataclass(frozen=True)
class Privacy:
    """How the rows of a table lead to a person: by account (`by`) or by Telegram chat (`chats`). Neither: nobody's.

    A row is `gone` whole, or its `erased` columns become what stands there (a value, or SQL made of the table and the
    moment) and its `kept` ones stay. `goes_with` names the table whose rows take these along.
    """

    by: frozenset[str] = frozenset()
    chats: frozenset[str] = frozenset()
    gone: bool = False
    goes_with: str | None = None
    erased: Mapping[str, Any] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()

    @property
    def is_personal(self) -> bool:
        """Whether rows of the table belong to somebody."""
        return bool(self.by or self.chats or self.goes_with)

    def undecided(self, table: Table) -> set[str]:
        """Columns that nobody has classified, and names that are no column."""
        named = {*self.by, *self.chats, *self.erased, *self.kept}
        everything = {column.name for column in table.columns}
        return (named - everything) | (set() if self.gone or self.goes_with else everything - named - INHERITED)


def nobodys(columns: str = "") -> Privacy:
    """A table of works, tasks and machinery: no row of it is about a student or follows a person."""
    return Privacy(kept=frozenset(columns.split()))


def persons(by: str = "", *, chats: str = "", kept: str = "", **erased: Any) -> Privacy:
    """Rows that stay under a pseudonym: some columns are emptied, the others are what the institution must keep."""
    return Privacy(_set(by), _set(chats), erased=erased, kept=_set(kept))


def gone(by: str = "", *, chats: str = "") -> Privacy:
    """Rows that are deleted whole."""
    return Privacy(_set(by), _set(chats), gone=True)


def goes_with(table: str) -> Privacy:
    """Rows that the database deletes together with those of another table."""
    return Privacy(goes_with=table)


def declared() -> Iterator[tuple[Table, Privacy | None]]:
    """Every table with what was declared of it, those that others point at first."""
    registry: Any = SQLModel._sa_registry
    said = {mapper.local_table.name: getattr(mapper.class_, "__privacy__", None) for mapper in registry.mappers}
    return ((table, said.get(table.name)) for table in SQLModel.metadata.sorted_tables)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())
