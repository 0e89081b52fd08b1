"""Inputs for any mutation, made from the schema: plausible values, and ids of the kind that the field asks for."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_required_input_field,
)
from starlette.datastructures import UploadFile

from picrete_gql.runtime import utc_now
from tests import images
from tests.schema.asking import Asker
from tests.schema.selections import SCHEMA, everything

JPEG = images.jpeg(images.page(7))
SCALARS: dict[str, Any] = {
    "String": "text",
    "Int": 1,
    "Float": 0.5,
    "Boolean": True,
    "Decimal": "1",
    "JSON": {"n": 1},
    "DateTime": (utc_now() + timedelta(days=1)).isoformat(),
}
# A value that the rules let through, where any text would not do.
NAMED: dict[str, Any] = {
    "decision": "REPORT",
    "blockId": "/page/0/Text/0",
    "slug": "another",
    "timeZone": "Europe/Moscow",
    "password": "password",
}


def value(of: GraphQLInputType, name: str, id: str) -> Any:
    """A value of an input type; `id` wherever an id is wanted."""
    named = get_named_type(of)
    if isinstance(of, GraphQLNonNull):
        return value(of.of_type, name, id)
    if isinstance(of, GraphQLList):
        return [] if name == "polygon" else [value(of.of_type, name, id)]
    if name in NAMED:
        return NAMED[name]
    if isinstance(named, GraphQLInputObjectType):
        return {key: value(field.type, key, id) for key, field in named.fields.items() if _wanted(key, field)}
    if isinstance(named, GraphQLEnumType):
        return next(reversed(named.values))
    if named.name == "Upload":
        return UploadFile(BytesIO(JPEG), filename="page.jpg")
    return id if named.name == "ID" else SCALARS[named.name]


def _wanted(name: str, field: GraphQLInputField) -> bool:
    # Of the optional ones those that change something harmless.
    return is_required_input_field(field) or name in ("title", "blockId", "note", "summary", "comment", "fullName")


def ids_in(field: GraphQLField) -> bool:
    """Whether a mutation is about something with an id."""
    [input] = field.args.values()
    named = get_named_type(input.type)
    assert isinstance(named, GraphQLInputObjectType)
    required = [f for f in named.fields.values() if is_required_input_field(f)]
    return any(get_named_type(f.type).name == "ID" for f in required)


async def mutate(asker: Asker, name: str, id: str = "x", selection: str | None = None) -> Any:
    """Call a mutation about an id, with its whole payload and something of the query root."""
    assert SCHEMA.mutation_type is not None
    field = SCHEMA.mutation_type.fields[name]
    [(argument, input)] = field.args.items()
    payload = selection or everything(get_named_type(field.type), 1)
    inside = payload[:-1] + " query { me { username } } }"
    document = f"mutation($input: {input.type}) {{ {name}({argument}: $input) {inside} }}"
    return await asker.run(document, input=value(input.type, argument, id))


async def wanted_kind(asker: Asker, name: str) -> str:
    """The kind of id that a mutation asks for first."""
    before = len(asker.told)
    await mutate(asker, name)
    found = [word for word in asker.told[before:] if "_…" in word]
    assert found, (name, asker.told[before:])
    return found[0].split("_…")[0].split("“")[-1].split("«")[-1]
