"""What a list of the panel is made of: its rows, the columns that are told, and what may be asked of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, false, func, or_, select, type_coerce
from sqlmodel import col

from picrete_gql.models import Account, Course

# `photo_0190…` as GraphQL writes ids, or a UUID as the database does.
ID = re.compile(r"(?:[a-z_]+_)?([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})", re.IGNORECASE)
MOST_CHARACTERS = 100
Filter = Callable[[str], Any]


@dataclass(frozen=True)
class Look:
    """Which rows of a sheet: a search, filters by name, a time from and to, an order, and a window."""

    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    sort: str | None = None
    descending: bool = False
    skip: int = 0
    limit: int = 50


@dataclass(frozen=True)
class Sheet:
    """A list. A column that is not named here is never read, so it can be neither shown nor searched nor sorted by.

    `more` is told on the page of one row only. `ids` are compared with an id that is searched for.
    """

    source: Any
    id: Any
    columns: Mapping[str, Any]
    order: Sequence[Any]
    joins: Sequence[tuple[Any, Any]] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    sorts: Sequence[str] = ()
    search: Sequence[Any] = ()
    ids: Sequence[Any] = ()
    filters: Mapping[str, Filter] = field(default_factory=dict)
    time: Any = None

    def statement(self, look: Look) -> Select[Any]:
        """The rows that a look is about, without order and window."""
        return self._told(self.columns).where(*self._wanted(look))

    def one(self, id: Any) -> Select[Any]:
        """One row with everything that is told of it."""
        return self._told({**self.columns, **self.more}).where(self.id == id)

    def ordered(self, look: Look) -> list[Any]:
        """The order of a look; what may not be sorted by is not."""
        if look.sort is None or look.sort not in self.sorts:
            return list(self.order)
        column = self.columns[look.sort]
        return [(column.desc() if look.descending else column.asc()).nulls_last(), *self.order]

    def _told(self, columns: Mapping[str, Any]) -> Select[Any]:
        told = [column.label(name) for name, column in columns.items()]
        found = select(self.id.label("id"), *told).select_from(self.source)
        for other, on in self.joins:
            found = found.outerjoin(other, on)
        return found

    def _wanted(self, look: Look) -> list[Any]:
        found = [self.filters[name](value) for name, value in look.filters.items() if name in self.filters and value]
        if self.time is not None and look.since is not None:
            found.append(self.time >= look.since)
        if self.time is not None and look.until is not None:
            found.append(self.time < look.until)
        if part := look.search.strip()[:MOST_CHARACTERS].replace("\0", ""):
            found.append(self._searched(part))
        return found

    def _searched(self, part: str) -> Any:
        if (match := ID.fullmatch(part)) and self.ids:
            return or_(*(column == UUID(match[1]) for column in self.ids))
        inside = [type_coerce(column, String).icontains(part, autoescape=True) for column in self.search]
        return or_(*inside) if inside else false()


def by_id(column: Any) -> Filter:
    """Rows whose column is an id, however it is written."""

    def clause(value: str) -> Any:
        match = ID.fullmatch(value.strip())
        return column == UUID(match[1]) if match else false()

    return clause


def by_person(*columns: Any) -> Filter:
    """Rows of a person, by id or username."""

    def clause(value: str) -> Any:
        if ID.fullmatch(value.strip()):
            return or_(*(by_id(column)(value) for column in columns))
        same = func.lower(col(Account.username)) == _plain(value).lower()
        named = select(col(Account.id)).where(same).scalar_subquery()
        return or_(*(column == named for column in columns))

    return clause


def by_course(column: Any) -> Filter:
    """Rows of a course, by id or slug."""

    def clause(value: str) -> Any:
        named = select(col(Course.id)).where(col(Course.slug) == _plain(value)).scalar_subquery()
        return by_id(column)(value) if ID.fullmatch(value.strip()) else column == named

    return clause


def by_value(column: Any) -> Filter:
    """Rows whose column has exactly this value: one of an enum's, or a text."""

    def clause(value: str) -> Any:
        return type_coerce(column, String) == _plain(value)

    return clause


def by_truth(column: Any) -> Filter:
    """Rows for which something is so, or is not."""
    return lambda value: column if value == "yes" else ~column


def by_beginning(column: Any) -> Filter:
    """Rows whose text begins so: `photo.` finds everything about photos."""

    def clause(value: str) -> Any:
        return column.startswith(_plain(value), autoescape=True)

    return clause


def _plain(value: str) -> str:
    return value.strip()[:MOST_CHARACTERS].replace("\0", "")
