"""Documents of the tests, parsed and validated once in a run: thousands of fields are asked for by hundreds of ids."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from graphql import OperationDefinitionNode, parse, validate

from picrete_gql.call import Context
from picrete_gql.runtime import Runtime
from picrete_gql.schema import schema as door
from picrete_gql.schema._door.documents import PREPARED, RULES, Operation
from picrete_gql.schema._plan.checks import Checks
from picrete_gql.schema._plan.kept import Kept
from picrete_gql.schema._plan.plans import Plans
from tests.schema.selections import SCHEMA

# Nothing is read by plans here, so nothing is kept and nothing asked for.
NOTHING = Kept(0, 0, Checks(cast(Runtime, None)))


@cache
def _prepared(text: str) -> Operation:
    document = parse(text)
    [node] = document.definitions
    assert isinstance(node, OperationDefinitionNode)
    assert validate(SCHEMA, document, RULES) == [], text
    return Operation(text, document, node, introspects=False, plans=Plans(SCHEMA, document, node, NOTHING))


def given(text: str, variables: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """What Strawberry is called with, so that it takes the document as it has been prepared."""
    operation = _prepared(text)
    PREPARED.set(operation)
    return {"query": operation.text, "variable_values": dict(variables), "context_value": context}


async def execute(text: str, variables: Mapping[str, Any], context: Context) -> Any:
    """Run a query or a mutation."""
    return await door.execute(**given(text, variables, context))


async def subscribe(text: str, variables: Mapping[str, Any], context: Context) -> Any:
    """Begin a subscription."""
    return await door.subscribe(**given(text, variables, context))
