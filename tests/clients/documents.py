"""A document for every root field of the schema, made from the schema itself, as the clients' tools want them."""

from pathlib import Path

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    introspection_from_schema,
    is_leaf_type,
    is_required_argument,
)
from graphql.language import OperationType

from picrete_gql.schema import sdl

DEPTH = 4
# The types of gql.tada are computed by the compiler, which takes its time for deep selections.
TADA_DEPTH = 2
KINDS = {OperationType.QUERY: "Query", OperationType.MUTATION: "Mutation", OperationType.SUBSCRIPTION: "Subscription"}


def every_operation(schema: GraphQLSchema, depth: int = DEPTH) -> dict[str, str]:
    """One operation per root field, by its name (allAttemptQuery, allSignInMutation, …)."""
    made = {}
    for kind, suffix in KINDS.items():
        root = schema.get_root_type(kind)
        assert root is not None
        for name, field in root.fields.items():
            operation = f"all{name[0].upper()}{name[1:]}{suffix}"
            made[operation] = _operation(kind, operation, name, field, depth)
    return made


def _operation(kind: OperationType, operation: str, name: str, field: GraphQLField, depth: int) -> str:
    variables = ", ".join(f"${arg}: {value.type}" for arg, value in field.args.items())
    arguments = ", ".join(f"{arg}: ${arg}" for arg in field.args)
    head = f"{kind.value} {operation}" + (f"({variables})" if variables else "")
    call = name + (f"({arguments})" if arguments else "")
    return f"{head} {{\n  {call}{_selection(get_named_type(field.type), depth)}\n}}\n"


def _selection(kind: GraphQLNamedType, depth: int) -> str:
    if is_leaf_type(kind):
        return ""
    if not isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
        return " { __typename }"
    chosen = ["__typename"] if isinstance(kind, GraphQLInterfaceType) else []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name in ("query", "edges") or any(is_required_argument(arg) for arg in field.args.values()):
            continue
        if is_leaf_type(inner) or depth > 1:
            chosen.append(name + _selection(inner, depth - 1))
    return " { " + " ".join(chosen or ["__typename"]) + " }"


def write(folder: Path) -> int:
    """Write the schema in both forms and the documents for each tool. Returns how many operations there are."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    schema = build_schema(sdl())
    operations = every_operation(schema)
    (folder / "schema.graphql").write_text(sdl(), encoding="utf-8")
    (folder / "introspection.json").write_text(json.dumps(introspection_from_schema(schema)), encoding="utf-8")
    (folder / "documents.graphql").write_text("\n".join(operations.values()), encoding="utf-8")
    for tool, imported in (("relay", "react-relay"), ("tada", "gql.tada")):
        (folder / tool).mkdir(exist_ok=True)
        text = f'import {{ graphql }} from "{imported}";\n'
        shown = operations if tool == "relay" else every_operation(schema, TADA_DEPTH)
        for name, operation in shown.items():
            body = f"graphql`{operation}`" if tool == "relay" else f"graphql(`{operation}`)"
            text += f"export const {name} = {body};\n"
        (folder / tool / "all.ts").write_text(text, encoding="utf-8")
    return len(operations)
