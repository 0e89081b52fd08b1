"""One operation run both ways: as one statement, and as usual."""

import difflib
import re
from typing import Any

import orjson

from picrete_gql.call import Context
from picrete_gql.schema import schema as door
from picrete_gql.schema._door.answers import payload
from picrete_gql.schema._door.asks import Ask
from picrete_gql.schema._door.runner import Runner
from tests.schema.campus import Campus

# Signed addresses differ by the second in which they were signed.
SIGNED = re.compile(rb"X-Amz-(Date|Signature)=[0-9A-Za-z]*")


def runner_of(campus: Campus) -> Runner:
    """What the door would run operations by, planning at once."""
    campus.runtime.settings.graphql.plan_after = 0
    return Runner(door, campus.runtime)


def wire(result: Any, context: Context) -> bytes:
    """A result as it goes to the client."""
    return SIGNED.sub(b"", orjson.dumps(payload(result, context.locale, 500), default=str))


async def planned(runner: Runner, context: Context, text: str, **variables: Any) -> bytes | None:
    """The answer by plans alone; None when there is none."""
    ask = Ask(text, variables)
    result = await runner.read(context, await runner.found(context, ask), ask)
    return None if result is None else wire(result, context)


async def usual(runner: Runner, context: Context, text: str, **variables: Any) -> bytes:
    """The answer of the ordinary execution."""
    result = await runner.schema.execute(text, variable_values=variables, context_value=context)
    return wire(result, context)


def same(quick: bytes, slow: bytes) -> bool:
    """Whether two answers are the same JSON, order of keys included; numbers may be written in two ways."""
    return orjson.dumps(orjson.loads(quick)) == orjson.dumps(orjson.loads(slow))


def difference(quick: bytes, slow: bytes) -> str:
    """The first lines in which two answers differ."""
    pretty = [
        orjson.dumps(orjson.loads(one), option=orjson.OPT_INDENT_2).decode().splitlines() for one in (quick, slow)
    ]
    return "\n".join(list(difflib.unified_diff(*pretty, "planned", "usual", n=2, lineterm=""))[:30])
