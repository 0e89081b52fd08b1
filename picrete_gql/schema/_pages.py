"""Relay connections over pages."""

from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField

from picrete_gql.paging import Ask, Page

from ._words import argument

T = TypeVar("T")
First = Annotated[int | None, argument("How many at most: 1 to 200, by default 50.")]
After = Annotated[str | None, argument("Only what comes after this cursor.")]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether this page was asked for with a cursor.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first item.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last item, for the next page's `after`.")


@strawberry.type(description="An item of a list with its cursor.")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="The place of the item in the list.")
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Relay's connection."""

    edges: list[Edge[T]] = strawberry.field(description="The items with their cursors.")
    nodes: list[T] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int | None = strawberry.field(
        description="How many items the whole list has; counted only when asked for."
    )


def ask(info: Any, first: int | None, after: str | None) -> Ask:
    """Which page a field wants, and whether its total was selected."""
    return Ask(first, after, total=any(_selects(field, "totalCount") for field in info.selected_fields))


def connection(page: Page[Any], after: str | None) -> Any:
    """A page as a connection."""
    edges = [Edge(cursor=cursor, node=row) for cursor, row in zip(page.cursors, page.rows, strict=True)]
    about = PageInfo(
        has_next_page=page.has_next,
        has_previous_page=after is not None,
        start_cursor=page.cursors[0] if page.cursors else None,
        end_cursor=page.cursors[-1] if page.cursors else None,
    )
    return Connection(edges=edges, nodes=page.rows, page_info=about, total_count=page.total)


def _selects(field: SelectedField | InlineFragment | FragmentSpread, name: str) -> bool:
    for inner in field.selections:
        if isinstance(inner, SelectedField):
            if inner.name == name:
                return True
        elif _selects(inner, name):
            return True
    return False
