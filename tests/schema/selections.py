"""Every way through the schema: selections made from the executable schema itself."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from picrete_gql.schema import schema as door

SCHEMA: GraphQLSchema = door._schema
# A type may appear so often on one path: the second time it is reached through other people's hands.
OFTEN = 2
# A path is so many objects long at most, connections not counted, or the ways through the graph are without number.
DEEP = 6
MOST_TOKENS = 4_000


@cache
def everything(of: GraphQLNamedType, often: int = OFTEN) -> str:
    """All fields of a type and of everything below it, as one selection with its braces; empty for a leaf."""
    return _selection(of, Counter(), often)


@cache
def pieces(of: GraphQLNamedType, often: int = OFTEN) -> list[str]:
    """The same in selections that each stay below the door's limit of tokens."""
    return list(_pieces(of, Counter(), often))


def _pieces(of: GraphQLNamedType, seen: Counter[str], often: int) -> Iterator[str]:
    whole = _selection(of, seen, often)
    if tokens(whole) <= MOST_TOKENS or not isinstance(of, GraphQLObjectType):
        yield whole
        return
    seen = seen + Counter([of.name])
    for name, field in of.fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named) or _skipped(field, seen, often):
            continue
        for piece in _pieces(named, seen, often):
            yield f"{{ {_leaves(of)} {name} {piece} }}"


def tokens(text: str) -> int:
    """About how many tokens the door counts."""
    return len(text.replace("{", " { ").replace("}", " } ").split())


def _selection(of: GraphQLNamedType, seen: Counter[str], often: int) -> str:
    if is_leaf_type(of):
        return ""
    if isinstance(of, GraphQLInterfaceType):
        kinds = SCHEMA.get_implementations(of).objects
        # Aliases, because fields of one name differ in type from kind to kind.
        inner = (f"... on {kind.name} {_object(kind, seen, often, prefix=kind.name + '_')}" for kind in kinds)
        return "{ __typename " + " ".join(inner) + " }"
    assert isinstance(of, GraphQLObjectType)
    return _object(of, seen, often)


def _object(of: GraphQLObjectType, seen: Counter[str], often: int, prefix: str = "") -> str:
    seen = seen + Counter([of.name])
    parts = ["__typename"]
    for name, field in of.fields.items():
        named = get_named_type(field.type)
        if _skipped(field, seen, often):
            continue
        alias = f"{prefix}{name}: " if prefix else ""
        parts.append(f"{alias}{name}{_selection(named, seen, often)}")
    return "{ " + " ".join(parts) + " }"


def _skipped(field: GraphQLField, seen: Counter[str], often: int) -> bool:
    """What needs arguments is a root of its own; so is the query in a payload."""
    named = get_named_type(field.type)
    if any(map(is_required_argument, field.args.values())) or named.name == "Query":
        return True
    length = sum(count for name, count in seen.items() if not name.endswith(("Connection", "Edge")))
    return seen[named.name] >= often or (length >= DEEP and not is_leaf_type(named))


def _leaves(of: GraphQLObjectType) -> str:
    return " ".join(["__typename", *(name for name, field in of.fields.items() if _is_leaf(field))])


def _is_leaf(field: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(field.type))


def levels(of: GraphQLNamedType, deep: int) -> str:
    """The fields of a type and those of its objects, so many levels down."""
    if is_leaf_type(of):
        return ""
    if not isinstance(of, GraphQLObjectType):
        return "{ __typename }"
    parts = [_leaves(of)]
    for name, field in of.fields.items():
        named = get_named_type(field.type)
        if not is_leaf_type(named) and not any(map(is_required_argument, field.args.values())) and deep > 0:
            # Connections and edges are no level of their own.
            thin = named.name.endswith(("Connection", "Edge"))
            parts.append(f"{name} {levels(named, deep if thin else deep - 1)}")
    return "{ " + " ".join(parts) + " }"
