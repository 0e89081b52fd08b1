"""Global ids: opaque, typed, `<type>_<uuid in hex>`."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import func, inspect, type_coerce

from picrete_gql.problems import Invalid, NotFound

from ._plan.texts import Safe, sql_text
from ._plan.words import KEY, Computed

ID = re.compile(r"([a-z_]+)_([0-9a-f]{32})")
NODES: dict[str, Callable[[Any, UUID], Awaitable[Any]]] = {}


def global_id(row: Any) -> strawberry.ID:
    """The id of a row as the world sees it."""
    return strawberry.ID(f"{row.__tablename__}_{row.id.hex}")


def named(kind: str, id: UUID | None) -> strawberry.ID | None:
    """The id of a row that is only pointed at."""
    return None if id is None else strawberry.ID(f"{kind}_{id.hex}")


def sql_named(kind: str, id: Any) -> Any:
    """The same of a column, in SQL."""
    digits = func.encode(func.uuid_send(id), sql_text("hex"))
    return type_coerce(sql_text(f"{kind}_").concat(digits), Safe())


def sql_id(row: Any) -> Any:
    """The id of a row as the world sees it, in SQL."""
    return sql_named(inspect(row).mapper.local_table.name, row.id)


def by_id(kind: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """The key of a root field that finds a row by its argument `id`."""
    return lambda asked: {"key": parse(kind, asked["id"])}


def parse(kind: str, value: str, field: str = "id") -> UUID:
    """The row's own id. Raises Invalid, saying which type was expected."""
    found = ID.fullmatch(value)
    if found is None or found[1] != kind:
        raise Invalid(
            field, f"{field}: нужен идентификатор вида «{kind}_…».", f"{field}: an id such as “{kind}_…” is expected."
        )
    return UUID(found[2])


@strawberry.interface(description="Something with a global id, to be fetched again by `node`.")
class Node:
    """An object with a global id."""

    @strawberry.field(description="The global id: opaque, unique over all types.", metadata={KEY: Computed(sql_id)})
    def id(self) -> strawberry.ID:
        """The global id of the row."""
        return global_id(self)


def node(kind: str, get: Callable[[Any, UUID], Awaitable[Any]]) -> None:
    """Let `node(id)` find a type by this resolver."""
    NODES[kind] = get


def node_of(kind: str, of_ids: Callable[[Any, list[UUID]], Awaitable[Any]]) -> None:
    """Let `node(id)` find a type by a batch query, which answers None for what the viewer may not see."""

    async def get(context: Any, id: UUID) -> Any:
        [found] = await of_ids(context, [id])
        if found is None:
            raise NotFound(kind)
        return found

    node(kind, get)
