"""The words of the schema: written down, described, permitted, shaped alike."""

import dis
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_specified_directive,
)

from picrete_gql.call import Recipe, Resolver
from picrete_gql.schema import schema as door
from picrete_gql.schema import sdl
from picrete_gql.schema._words import Allow
from tests.schema.selections import SCHEMA

ROOT = Path(__file__).parents[2]
TYPES = [kind for name, kind in SCHEMA.type_map.items() if not name.startswith("__")]
# Built into every GraphQL server.
SCALARS = {"String", "Int", "Float", "Boolean", "ID"}
# A name beside a row that the viewer already sees: allowed as the row is.
NAMES_OF_PEOPLE = "accounts.of_people"
# Reached only through a field that prints the same permission.
BESIDE = {"ScoreChange.criterion"}


def test_the_committed_schema_is_the_code() -> None:
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == sdl()


def composites() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    """Types with fields."""
    yield from (kind for kind in TYPES if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)))


def fields() -> Iterator[tuple[str, GraphQLField]]:
    """Every field by its coordinate."""
    for kind in composites():
        yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items())


def described() -> Iterator[tuple[str, str | None]]:
    """Everything that a reader of the schema may ask about, with its description."""
    for kind in TYPES:
        if kind.name not in SCALARS:
            yield kind.name, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{kind.name}.{name}", value.description) for name, value in kind.values.items())
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{kind.name}.{name}", field.description) for name, field in kind.fields.items())
    for coordinate, field in fields():
        yield coordinate, field.description
        yield from ((f"{coordinate}({name}:)", argument.description) for name, argument in field.args.items())
    for directive in SCHEMA.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive.description


def test_everything_is_described() -> None:
    found = dict(described())
    assert len(found) > 400
    assert not [name for name, text in found.items() if not text or len(text) < 3 or text[0].islower()]


def strawberry_fields() -> Iterator[tuple[str, Any]]:
    """Every field as it was declared, by its coordinate."""
    for kind in composites():
        definition = kind.extensions.get("strawberry-definition")
        yield from ((f"{kind.name}.{field.python_name}", field) for field in definition.fields)


def called(function: Any) -> set[Resolver[..., Any] | Recipe[..., Any]]:
    """The resolvers that a function's code names, as `room.resolver`."""
    code = inspect.unwrap(function).__code__
    names = inspect.unwrap(function).__globals__
    found, module = set(), None
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith("LOAD_ATTR") or instruction.opname == "LOAD_METHOD":
            value = getattr(module, str(instruction.argval), None)
            found |= {value} if isinstance(value, (Resolver, Recipe)) else set()
            module = None
        elif instruction.opname in ("LOAD_GLOBAL", "LOAD_DEREF"):
            module = names.get(instruction.argval)
            if inspect.isfunction(module) and module.__name__ == "person":
                found |= called(module)
    return found


def test_every_field_that_calls_a_resolver_prints_its_permission() -> None:
    with_resolver = 0
    for coordinate, field in strawberry_fields():
        if field.base_resolver is None:
            continue
        body = field.base_resolver.wrapped_func
        printed = [directive for directive in field.directives if isinstance(directive, Allow)]
        resolvers = called(body)
        if not resolvers and not inspect.iscoroutinefunction(inspect.unwrap(body)):
            assert not printed, f"{coordinate} calls no resolver"
            continue
        with_resolver += 1
        [allow] = printed or [None]
        assert allow is not None, f"{coordinate} has no @allow"
        shown = {role: scope for role, scope in vars(allow).items() if hasattr(scope, "value")}
        names = {resolver.name for resolver in resolvers}
        if names <= {NAMES_OF_PEOPLE, "clock.now"} or coordinate in {"Query.node", *BESIDE}:
            continue
        fitting = [resolver.name for resolver in resolvers if dict(resolver.allow) == shown]
        assert fitting, f"{coordinate} prints {shown}, but calls {names}"
    assert with_resolver > 90


def test_the_printed_permission_reaches_the_text() -> None:
    text = sdl()
    assert text.count(" @allow(") - text.count("directive @allow(") == sum(
        any(isinstance(directive, Allow) for directive in field.directives) for _, field in strawberry_fields()
    )
    assert "reference: VariantReference @allow(teacher: ANY)" in text
    assert "grade: Grade @allow(student: RELEASED, teacher: ANY)" in text
    assert "signUp(" in text and "SignUpPayload @allow(guest: ANY)" in text


def roots(of: GraphQLNamedType | None) -> dict[str, GraphQLField]:
    """The fields of a root."""
    assert isinstance(of, GraphQLObjectType)
    return of.fields


@pytest.mark.parametrize("root", ["query_type", "mutation_type", "subscription_type"])
def test_one_refusal_does_not_blank_its_neighbours(root: str) -> None:
    assert not [name for name, field in roots(getattr(SCHEMA, root)).items() if isinstance(field.type, GraphQLNonNull)]


def test_mutations_have_one_input_and_a_payload_of_their_own() -> None:
    for name, field in roots(SCHEMA.mutation_type).items():
        pascal = name[0].upper() + name[1:]
        assert list(field.args) == ["input"], name
        [argument] = field.args.values()
        assert isinstance(argument.type, GraphQLNonNull)
        assert get_named_type(argument.type).name == f"{pascal}Input"
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType) and payload.name == f"{pascal}Payload"
        assert payload.fields["problem"].type is SCHEMA.type_map["Problem"]
        assert str(payload.fields["query"].type) == "Query!"
        things = payload.fields.keys() - {"problem", "query"}
        assert things and not [t for t in things if isinstance(payload.fields[t].type, GraphQLNonNull)], name


def test_subscriptions_and_names_follow_their_law() -> None:
    for name, field in roots(SCHEMA.subscription_type).items():
        assert name.endswith(("Changed", "Activity")), name
        assert not field.args or next(iter(field.args)) == "id", name
    for kind in TYPES:
        assert not kind.name.endswith(("Type", "Model", "Dto", "DTO")), kind.name


def test_connections_are_relays() -> None:
    connections = [kind for kind in composites() if kind.name.endswith("Connection")]
    assert len(connections) >= 5
    for kind in connections:
        assert kind.fields.keys() == {"edges", "nodes", "pageInfo", "totalCount"}
        edge = get_named_type(kind.fields["edges"].type)
        assert isinstance(edge, GraphQLObjectType) and edge.fields.keys() == {"cursor", "node"}
        assert get_named_type(edge.fields["node"].type) is get_named_type(kind.fields["nodes"].type)
    for coordinate, field in fields():
        if get_named_type(field.type) in connections:
            assert {"first", "after"} <= field.args.keys(), coordinate
            assert not isinstance(field.type, GraphQLNonNull), coordinate
    page = SCHEMA.type_map["PageInfo"]
    assert isinstance(page, GraphQLObjectType)
    assert page.fields.keys() == {"hasNextPage", "hasPreviousPage", "startCursor", "endCursor"}


def test_nodes_are_what_has_an_id() -> None:
    for kind in composites():
        if kind.name in ("Node", "Block") or "id" not in kind.fields:
            continue
        assert isinstance(kind, GraphQLObjectType)
        assert "Node" in {face.name for face in kind.interfaces}, kind.name
        assert str(kind.fields["id"].type) == "ID!"


def test_no_list_has_holes() -> None:
    for coordinate, field in fields():
        inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        if isinstance(inner, GraphQLList):
            assert isinstance(inner.of_type, GraphQLNonNull), coordinate


def test_the_executable_schema_is_the_one_that_is_served() -> None:
    assert door._schema is SCHEMA
