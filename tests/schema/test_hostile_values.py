"""Nothing that a client writes is a fault of ours: values that hurt, in every place that takes one."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLField, GraphQLInputObjectType, get_named_type

from picrete_gql.schema import schema as door
from tests.schema import campus as places
from tests.schema.campus import Campus
from tests.schema.inputs import SCALARS, value
from tests.schema.samples import things
from tests.schema.selections import SCHEMA
from tests.schema.test_secrets_in_payloads import reopen
from tests.support.world import World

TEXTS = ["\0", "a\0b", "", "x" * 300, "x" * 70_000, "%_\\", "\u202e{limit}"]
MOMENTS = ["2026-01-01T00:00:00", "2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "now", ""]
NUMBERS = ["NaN", "sNaN", "Infinity", "-1", "1E+999999", "1E-999999", "0.001", "9" * 400, "one"]
WHOLE = [0, -1, 2**31 - 1, -(2**31)]
JSONS: list[Any] = [[], "text", 1, None, {"\0": 1}, {"a": ["\0"]}, {"a": float("inf")}, {"a": 10**30}]
HURTING: dict[str, list[Any]] = {
    "String": TEXTS,
    "ID": TEXTS,
    "DateTime": MOMENTS,
    "Decimal": NUMBERS,
    "Int": WHOLE,
    "JSON": JSONS,
    "Float": [1e308, -1.0],
}
GUESTS = {"signUp", "signIn", "tokenRefresh"}
# A draft is what takes most.
DRAFTS = ("TaskAdd", "TaskReplace", "WorkUpdate", "AttachmentUpload")


def test_there_is_something_for_every_scalar() -> None:
    scalars = {"ID", *(name for name in SCALARS if name in SCHEMA.type_map)}
    assert scalars - {"Boolean"} == set(HURTING)


async def test_every_argument_with_values_that_hurt(world: World) -> None:
    campus = await places.build(world.runtime)
    await reopen(world.runtime, campus.papers["owner"].attempt.id)
    wrong: list[str] = []
    asked = 0
    for operation, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type)):
        assert root is not None
        for name, field in root.fields.items():
            for arguments in hostile(campus, field):
                asked += 1
                wrong += await fault(campus, operation, name, field, arguments)
    assert asked > 500
    assert not wrong, "\n".join(wrong)


async def fault(campus: Campus, operation: str, name: str, field: GraphQLField, arguments: dict[str, Any]) -> list[str]:
    """What went wrong with one call, if it was our fault."""
    declared = ", ".join(f"${key}: {field.args[key].type}" for key in arguments)
    passed = ", ".join(f"{key}: ${key}" for key in arguments)
    document = f"{operation}({declared}) {{ {name}({passed}) {{ __typename }} }}"
    context = campus.of("nobody" if name in GUESTS else "admin")
    result = await door.execute(document, variable_values=arguments, context_value=context)
    codes = [(error.extensions or {}).get("code") for error in result.errors or ()]
    if "INTERNAL" not in codes:
        return []
    [error, *_] = result.errors
    return [f"{name}({arguments!r})"[:300] + f": {error.__cause__ or error.original_error!r}"[:300]]


def hostile(campus: Campus, field: GraphQLField) -> Iterator[dict[str, Any]]:
    """Arguments of which one hurts."""
    for key, argument in field.args.items():
        named = get_named_type(argument.type)
        if isinstance(named, GraphQLInputObjectType):
            yield from ({key: given} for given in spoiled(campus, named))
        else:
            yield from ({key: given} for given in HURTING.get(named.name, []))


def spoiled(campus: Campus, of: GraphQLInputObjectType) -> Iterator[dict[str, Any]]:
    """A good input with one value after the other replaced by what hurts."""
    good = {**value(of, "input", "x"), **ids_for(campus, of)}
    for key, field in of.fields.items():
        named = get_named_type(field.type)
        inner: list[Any] = HURTING.get(named.name, [])
        if isinstance(named, GraphQLInputObjectType):
            inner = list(spoiled(campus, named))
        listed = "[" in str(field.type)
        yield from ({**good, key: [bad] if listed else bad} for bad in inner)


def ids_for(campus: Campus, of: GraphQLInputObjectType) -> dict[str, str]:
    """Ids of real things for the fields that want them."""
    about = campus.target("owner")
    known = {key.removesuffix("_id"): id for key, id in things(about).items()}
    known["member"] = known["membership"]
    known["page"] = known["photo"]
    if of.name.startswith(DRAFTS):
        known["work"] = about.room.draft.id
    found: dict[str, str] = {}
    for key, field in of.fields.items():
        if get_named_type(field.type).name == "ID" and key != "blockId":
            first = next((kind for kind in known if of.name.lower().startswith(kind)), "course")
            kind = first if key == "id" else key.removesuffix("Id")
            named = {"member": "membership", "page": "photo", "teacher": "account"}.get(kind, kind)
            found[key] = f"{named}_{known.get(kind, about.owner.account.id).hex}"
    return found
