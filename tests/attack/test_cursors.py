"""Cursors and ids as nobody made them: the right shape with the wrong insides."""

import base64
import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picrete_gql.schema import schema as door
from tests.attack.test_ids_tell_nothing import ids_of
from tests.schema.campus import Campus

LISTS = {
    "accounts": "{ accounts(after: $after) { nodes { id } } }",
    "courses": "{ courses(after: $after) { nodes { id } } }",
    "bankSources": "{ bankSources(after: $after) { nodes { id } } }",
    "bankItems": "{ bankItems(after: $after) { nodes { id } } }",
    "works": "{ course(id: $course) { works(after: $after) { nodes { id } } } }",
    "members": "{ course(id: $course) { members(after: $after) { nodes { id } } } }",
    "materials": "{ course(id: $course) { materials(after: $after) { nodes { id } } } }",
    "attempts": "{ work(id: $work) { attempts(after: $after) { nodes { id } } } }",
    "items": "{ bankSource(id: $source) { items(after: $after) { nodes { id } } } }",
    "sets": "{ course(id: $course) { trainerSets(after: $after) { nodes { id } } } }",
    "due": "{ course(id: $course) { trainerDue(after: $after) { nodes { id } } } }",
}
TEXTS = st.sampled_from(["", "\0", "x" * 100_000, "\u202e", "9" * 50, "NaN", "Infinity", "1e999999", "-0", "null"])
TIMES = st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01", "2026-01-01T00:00Z"])
NUMBERS = st.integers() | st.sampled_from([2**31, 2**63 - 1, -(2**63), 0.5, 1e308])
VALUES = TEXTS | TIMES | NUMBERS | st.uuids().map(str) | st.datetimes().map(datetime.isoformat) | st.text(max_size=5)
CURSORS = st.lists(VALUES | st.none() | st.booleans() | st.lists(VALUES, max_size=2), max_size=4)


@pytest.mark.parametrize("name", LISTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=CURSORS)
async def test_a_made_up_cursor_is_a_place_or_none(campus: Campus, name: str, values: list[Any]) -> None:
    await asked(campus, name, encode(values))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(after=st.text(max_size=30) | st.binary(max_size=30).map(lambda raw: raw.decode("latin-1")))
async def test_no_text_is_a_fault(campus: Campus, after: str) -> None:
    await asked(campus, "works", after)


async def test_every_list_takes_its_own_cursors(campus: Campus) -> None:
    """The other side, for lists of more than a page."""
    turned = 0
    for name, query in LISTS.items():
        paged = query.replace("after: $after) {", "after: $after, first: 1) { pageInfo { hasNextPage endCursor }")
        after, ids = None, []
        for _ in range(50):
            data = await data_of(campus, name, paged, after)
            ids += [node["id"] for node in data["nodes"]]
            after = data["pageInfo"]["endCursor"]
            if not data["pageInfo"]["hasNextPage"]:
                break
        assert ids and len(set(ids)) == len(ids), name
        turned += len(ids) > 1
    assert turned >= 6


async def test_cursors_of_the_right_types_reach_the_database(campus: Campus) -> None:
    """So that the refusals above are not all there is."""
    edges = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
    for name in LISTS:
        found = [await asked(campus, name, encode([time, str(uuid4())])) for time in edges]
        found += [await asked(campus, name, encode([str(uuid4())])), await asked(campus, name, encode(["a"]))]
        found += [
            await asked(campus, name, encode(["a", "b", str(uuid4())])),
            await asked(campus, name, encode(["a", "b"])),
        ]
        assert None in found, name


def encode(values: list[Any]) -> str:
    """A cursor of anything, numbers beyond the door's own included."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


async def asked(campus: Campus, name: str, after: str) -> str | None:
    """The code of a refusal, if it was one. A fault of ours is a failure."""
    result = await run(campus, name, LISTS[name], after)
    codes = {(error.extensions or {}).get("code") for error in result.errors or ()}
    assert codes <= {"INVALID_INPUT"}, (name, after[:200], result.errors)
    return codes.pop() if codes else None


async def data_of(campus: Campus, name: str, query: str, after: str | None) -> Any:
    """The connection that a query is about."""
    result = await run(campus, name, query, after)
    assert result.errors is None, (name, result.errors)
    found = result.data
    while "pageInfo" not in found:
        [found] = found.values()
    return found


async def run(campus: Campus, name: str, query: str, after: str | None) -> Any:
    """A list as somebody who may see it."""
    ids = ids_of(campus.target("owner"))
    given = {"after": after, "course": ids["course"], "work": ids["work"], "source": ids["bank_source"]}
    used = {key: value for key, value in given.items() if f"${key}" in query}
    declared = ", ".join(f"${key}: {'String' if key == 'after' else 'ID!'}" for key in used)
    who = campus.of("owner" if name in ("sets", "due") else "admin")
    return await door.execute(f"query({declared}) {query}", variable_values=used, context_value=who)
