"""What hangs on the rows of a list is read once for all of them, and says the same as when it is read for each."""

import json
from typing import Any

import pytest
from graphql.execution.values import get_variable_values
from sqlalchemy import text as sql_text

from picrete_gql.models import Attempt, Membership, Review, Submission, Work
from picrete_gql.schema._door.asks import Ask
from picrete_gql.schema._plan.levels import is_unique
from picrete_gql.schema._plan.plan import Plan
from picrete_gql.schema._plan.scope import facts_of
from tests.plans.both import difference, planned, runner_of, same, usual
from tests.schema.campus import Campus

SCORES = "scores { points comment criterion { number name note } }"
ROW = f"""
    id number status student {{ fullName me: username }} person: student {{ username }}
    photos {{ number review {{ verdict }} reading {{ text }} issues {{ original }} }}
    again: photos {{ id status }}
    work {{ title course {{ title }} }}
    tasks {{ number task {{ title criteria {{ number name }} }} variant {{ content number }} }}
    submission {{ status attempt {{ number }} grade {{ finalPoints {SCORES} }} proposal {{ points {SCORES} }} }}
    whole: submission {{ id grade {{ feedback }} proposal {{ {SCORES} }} }}
"""
LISTS = [
    f"nodes {{ {ROW} }}",
    f"totalCount nodes {{ {ROW} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}",
    f"edges {{ cursor node {{ {ROW} }} }} nodes {{ photos {{ number }} }}",
    f"pageInfo {{ endCursor }} edges {{ node {{ {ROW} }} }}",
    "totalCount",
    "pageInfo { startCursor hasNextPage }",
]


def of_work(selection: str, arguments: str = "") -> str:
    """A teacher's list of attempts."""
    more = ", $first: Int, $after: String" if arguments else ""
    return f"query($id: ID!{more}) {{ work(id: $id) {{ attempts{arguments} {{ {selection} }} }} }}"


@pytest.mark.parametrize("selection", LISTS)
async def test_a_list_says_the_same_for_everybody(campus: Campus, selection: str) -> None:
    runner, found = runner_of(campus), 0
    for name in campus.people:
        context, given = campus.of(name), {"id": f"work_{campus.here.work.id.hex}"}
        quick = await planned(runner, context, of_work(selection), **given)
        if quick is not None:
            found += 1
            slow = await usual(runner, context, of_work(selection), **given)
            assert same(quick, slow), f"{name}: {difference(quick, slow)}"
    assert found >= 3


async def test_page_after_page(campus: Campus) -> None:
    runner, context, after = runner_of(campus), campus.of("teacher"), None
    text = of_work(f"{LISTS[1]} edges {{ cursor }}", "(first: $first, after: $after)")
    given: dict[str, Any] = {"id": f"work_{campus.here.work.id.hex}", "first": 1}
    for _ in range(4):
        given |= {"after": after} if after else {}
        quick, slow = await planned(runner, context, text, **given), await usual(runner, context, text, **given)
        assert quick is not None and same(quick, slow)
        page = json.loads(quick)["data"]["work"]["attempts"]["pageInfo"]
        if not page["hasNextPage"]:
            break
        after = page["endCursor"]
    assert after


async def test_lists_in_lists(campus: Campus) -> None:
    runner = runner_of(campus)
    rows = f"tasks {{ title criteria {{ name }} }} attempts(first: 3) {{ nodes {{ {ROW} }} }}"
    rows = f"works(first: 2) {{ nodes {{ title {rows} }} }}"
    text = f"{{ courses(first: 2) {{ nodes {{ title myRoles {rows} }} }} }}"
    for name in ("teacher", "owner", "admin", "classmate"):
        quick, slow = await planned(runner, campus.of(name), text), await usual(runner, campus.of(name), text)
        assert quick is not None and same(quick, slow), f"{name}: {difference(quick, slow)}"


async def plan_of(campus: Campus, text: str, **given: str) -> tuple[Plan, list[Any]]:
    """How a query is read, and the values of its statement."""
    runner, context = runner_of(campus), campus.of("teacher")
    assert await planned(runner, context, text, **given)
    plans = (await runner.found(context, Ask(text, given))).plans
    [[plan]] = (kept for kept in plans.kept.values() if kept)
    values = plan.values(get_variable_values(plans.schema, plans.node.variable_definitions or (), dict(given)))
    assert values is not None
    return plan, [getter(facts_of(context), values) for getter in plan.getters]


async def test_no_table_is_read_again_for_each_row(campus: Campus) -> None:
    """Also where PostgreSQL knows nothing of how many rows there are, as in these tables that were never analysed."""
    plan, values = await plan_of(campus, of_work(LISTS[0]), id=f"work_{campus.here.work.id.hex}")
    async with campus.runtime.engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        [[told]] = await raw.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {plan.sql}", *values)
    read: dict[str, int] = {}
    _loops(told[0]["Plan"], read)
    rows = await _count(campus, "attempt", campus.here.work)
    assert rows >= 3, "or the test would prove nothing"
    # As often as they are selected.
    assert (read["photo"], read["criterion_score"]) == (2, 3), read


def _loops(node: Any, read: dict[str, int]) -> None:
    if "Relation Name" in node:
        read[node["Relation Name"]] = read.get(node["Relation Name"], 0) + node["Actual Loops"]
    for inner in node.get("Plans", ()):
        _loops(inner, read)


async def _count(campus: Campus, table: str, work: Work) -> int:
    async with campus.runtime.engine.connect() as connection:
        counted = await connection.execute(
            sql_text(f"SELECT count(*) FROM {table} WHERE work_id = :id"), {"id": work.id}
        )
        return int(counted.scalar_one())


async def test_what_is_asked_for_never_stands_in_the_statement(campus: Campus) -> None:
    slug = campus.here.course.slug
    asked = f'{{ courseBySlug(slug: "{slug}") {{ works(first: 37) {{ nodes {{ status }} }} }} }}'
    plan, values = await plan_of(campus, asked)
    assert 37 in values and "37" not in plan.sql
    assert slug in values and slug not in plan.sql


def test_only_what_is_unique_is_joined() -> None:
    assert is_unique(Attempt, "id") and is_unique(Submission, "attempt_id") and is_unique(Review, "photo_id")
    assert not is_unique(Membership, "course_id") and not is_unique(Submission, "student_id")
