"""Pages of lists: keyset cursors, one statement for the pages of many parents."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Select, func, literal, select, tuple_
from sqlmodel import AutoString

from picrete_gql.call import Call
from picrete_gql.problems import Invalid
from picrete_gql.rules.texts import moment

M = TypeVar("M")


@dataclass(frozen=True)
class Ask:
    """Which page: `first` rows after the cursor `after`; `total` asks for the count of all rows too."""

    first: int | None = None
    after: str | None = None
    total: bool = False


@dataclass
class Page(Generic[M]):
    """A page: the rows with their cursors, whether more follow, and the count of all rows if it was asked for."""

    rows: list[M]
    cursors: list[str]
    has_next: bool
    total: int | None


def size(call: Call, ask: Ask) -> int:
    """How many rows. Raises Invalid for less than 1 or more than the cap."""
    first = call.settings.limits.page_default if ask.first is None else ask.first
    cap = call.settings.limits.page_max
    if not 1 <= first <= cap:
        raise Invalid("first", f"first — от 1 до {cap}.", f"first must be from 1 to {cap}.")
    return first


def encode(values: Sequence[Any]) -> str:
    """An opaque cursor of the values that order a row."""
    plain = [moment(value) if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps(plain, default=str)).decode().rstrip("=")


def decode(cursor: str, keys: Sequence[Any]) -> list[Any]:
    """The values of a cursor, of the types of the ordering columns. Raises Invalid."""
    try:
        raw = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if not isinstance(raw, list) or len(raw) != len(keys):
            raise ValueError("length")
        return [_typed(value, _kind(key.type)) for value, key in zip(raw, keys, strict=True)]
    except (ValueError, TypeError, ArithmeticError, binascii.Error) as error:
        raise Invalid("after", "Неверный курсор.", "The cursor is not valid.") from error


def _kind(of: Any) -> type:
    # SQLModel's own text type says that it is an object.
    found: type = str if isinstance(of, AutoString) else of.python_type
    return found


def _typed(value: Any, kind: type) -> Any:
    if kind is datetime and isinstance(value, str):
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise ValueError("offset")
        # The first and last hours of the calendar do not exist everywhere.
        return found.astimezone(UTC)
    if kind in (UUID, Decimal) and isinstance(value, str):
        return kind(value)
    if kind is int and isinstance(value, int) and abs(value) < 2**63:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value:
        return value
    raise ValueError("type")


async def page(
    call: Call, statement: Select[tuple[M]], keys: Sequence[Any], ask: Ask, *, descending: bool = False
) -> Page[M]:
    """One page of a statement, ordered by `keys` (which must end in something unique)."""
    first = size(call, ask)
    total = None
    if ask.total:
        counted = select(func.count()).select_from(statement.order_by(None).subquery())
        total = (await call.session.execute(counted)).scalar_one()
    if ask.after is not None:
        statement = statement.where(_beyond(keys, decode(ask.after, keys), descending))
    order = [key.desc() if descending else key for key in keys]
    found = (await call.session.execute(statement.add_columns(*keys).order_by(*order).limit(first + 1))).all()
    rows = found[:first]
    return Page([row[0] for row in rows], [encode(row[1:]) for row in rows], len(found) > first, total)


def _beyond(keys: Sequence[Any], values: Sequence[Any], descending: bool) -> Any:
    typed = tuple_(*(literal(value, key.type) for value, key in zip(values, keys, strict=True)))
    return tuple_(*keys) < typed if descending else tuple_(*keys) > typed


async def pages(
    call: Call,
    statement: Select[tuple[M]],
    parent: Any,
    ids: Sequence[UUID],
    keys: Sequence[Any],
    ask: Ask,
    *,
    descending: bool = False,
) -> list[Page[M]]:
    """The same page of many parents' rows in one statement, in the order of `ids`."""
    first = size(call, ask)
    statement = statement.where(parent.in_(ids))
    totals: dict[UUID, int] = {}
    if ask.total:
        inner = statement.order_by(None).with_only_columns(parent, func.count()).group_by(parent)
        totals = {row[0]: row[1] for row in (await call.session.execute(inner)).all()}
    if ask.after is not None:
        statement = statement.where(_beyond(keys, decode(ask.after, keys), descending))
    order = [key.desc() if descending else key for key in keys]
    rank = func.row_number().over(partition_by=parent, order_by=order).label("rank")
    model = statement.column_descriptions[0]["entity"]
    ranked = statement.with_only_columns(model.id, rank).subquery()
    wanted = (
        select(model, parent, *keys)
        .join(ranked, ranked.c.id == model.id)
        .where(ranked.c.rank <= first + 1)
        .order_by(ranked.c.rank)
    )
    groups: dict[UUID, list[Any]] = {id: [] for id in ids}
    for row in (await call.session.execute(wanted)).all():
        groups[row[1]].append(row)
    return [
        Page(
            [row[0] for row in groups[id][:first]],
            [encode(row[2:]) for row in groups[id][:first]],
            len(groups[id]) > first,
            totals.get(id, 0) if ask.total else None,
        )
        for id in ids
    ]


def in_order(ids: Sequence[UUID], rows: Sequence[M], key: Callable[[M], UUID]) -> list[list[M]]:
    """Rows grouped by parent, in the order of the parents' ids."""
    groups: Mapping[UUID, list[M]] = {id: [] for id in ids}
    for row in rows:
        groups[key(row)].append(row)
    return [groups[id] for id in ids]
