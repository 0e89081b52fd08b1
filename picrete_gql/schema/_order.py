"""The order of names, so that a new field always has its one place in the printed schema.

Strawberry's own `sort_schema` (0.341) prints a directive that is in use twice.
"""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)


def in_order(schema: GraphQLSchema) -> None:
    """Sort fields, arguments and enum values of a schema where they stand."""
    for directive in schema.directives:
        _sort(directive.args)
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            _sort(kind.fields)
            for field in kind.fields.values():
                _sort(field.args)
        elif isinstance(kind, GraphQLInputObjectType):
            _sort(kind.fields)
        elif isinstance(kind, GraphQLEnumType):
            _sort(kind.values)


def _sort(named: dict[str, Any]) -> None:
    # The id first; an underscore comes before everything else, as in the order of dictionaries.
    items = sorted(named.items(), key=lambda item: (item[0] != "id", item[0].casefold().replace("_", "\1"), item[0]))
    named.clear()
    named.update(items)
