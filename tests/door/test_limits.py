"""Documents are measured before anything is done with them, in a time that their size bounds."""

import asyncio
import time
from typing import Any

import pytest
from graphql import get_introspection_query
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.door.conftest import Opener
from tests.door.porch import GRAPHQL, Porch, ensure_admin

DOUBLING = "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(25))
SPREAD = "{ course(id: 1) { ...C } } fragment C on Course { title ...D } fragment D on Course { "


def works(first: str) -> str:
    """A course's works with their attempts, by page size."""
    inner = f"attempts({first}) {{ nodes {{ photos {{ id }} }} }}"
    return f'{{ course(id: "x") {{ works({first}) {{ nodes {{ {inner} }} }} }} }}'


ATTACKS = {
    "doubling fragments": DOUBLING + "fragment F25 on Query { __typename }",
    "doubling fragments without an end": DOUBLING,
    "fragments in a circle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "a fragment of itself": "{ ...A } fragment A on Query { ...A ...A }",
    "deep": "{" + "me {" * 150 + "id" + "}" * 150 + "}",
    "deep through fragments": SPREAD + "works { nodes { course { ...E } } } } fragment E on Course "
    "{ works { nodes { course { ...F } } } } fragment F on Course { works { nodes { course { ...G } } } } fragment G "
    "on Course { works { nodes { course { ...H } } } } fragment H on Course { works { nodes { course { ...I } } } } "
    "fragment I on Course { works { nodes { course { works { nodes { course { id } } } } } } }",
    "braces": "{" * 3000,
    "lists": "{ node(id: " + "[" * 1400 + "]" * 1400 + ") { id } }",
    "aliases": "{" + " ".join(f"a{n}: __typename" for n in range(101)) + "}",
    "aliases in fragments": "{"
    + "...A " * 3
    + "} fragment A on Query {"
    + " ".join(f"a{n}: __typename" for n in range(40))
    + "}",
    "directives": "{ __typename " + "@skip(if: false) " * 51 + "}",
    "repeats": "{ me {" + "id " * 900 + "} }",
    "repeats in fragments": "{ me { ...A ...B } } fragment A on Account {"
    + "id " * 60
    + "} fragment B on Account {"
    + "id " * 60
    + "}",
    "fragments": "{ __typename }" + " ".join(f"fragment F{n} on Query {{ __typename }}" for n in range(51)),
    "tokens": "{" + "a " * 4000 + "}",
    "characters": "#" * 60_000 + "\n{ __typename }",
    "comments": "#\n" * 20_000 + "{ __typename }",
    "wrong inputs": "mutation { signIn(input: {"
    + " ".join(f"a{n}: 1" for n in range(900))
    + "}) { problem { code } } }",
    "pages": works("first: 200"),
    "usual pages": "{ myCourses: courses { nodes { works { nodes { attempts { nodes { photos { id } } } } } } } }",
    "nul": '{ node(id: "\\u0000") { id } }',
    "empty selections": "{ me { } }",
    "introspection in depth": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attack_is_refused_at_once(porch: Porch, name: str) -> None:
    begin = time.process_time()
    answer = await porch.post(ATTACKS[name], {"accept": GRAPHQL})
    assert answer.status_code == 400, answer.text[:500]
    body = answer.json()
    assert "data" not in body and 1 <= len(body["errors"]) <= porch.runtime.settings.graphql.max_errors
    assert all(len(error["message"]) <= 500 for error in body["errors"])
    assert time.process_time() - begin < 2


async def test_page_sizes_in_variables_count(porch: Porch) -> None:
    query = "query($n: Int = 200) " + works("first: $n")
    for variables, fits in (
        (None, False),
        ({"n": 5}, True),
        ({"n": 200}, False),
        ({"n": 10**9}, False),
        ({"n": 0}, True),
    ):
        answer = await porch.post(query, {"accept": GRAPHQL}, variables=variables)
        assert (answer.status_code == 200) is fits, (variables, answer.text)


async def test_what_tools_ask_is_within_the_limits(porch: Porch) -> None:
    full = get_introspection_query(True, True, True, True, True)
    for query in (get_introspection_query(), full):
        answer = await porch.post(query, {"accept": GRAPHQL})
        assert answer.status_code == 200 and answer.json()["data"]["__schema"]["types"]
    full = await porch.get({"accept": GRAPHQL}, query=full)
    assert full.status_code == 200


async def test_the_limits_are_settings(opener: Opener) -> None:
    small = {"max_depth": 2, "max_aliases": 1, "max_fields": 3, "max_tokens": 20, "max_cost": 1}
    async with opener(graphql=small) as porch:
        for query, what in (
            ("{ node(id: 1) { ... on Photo { reading { text } } } }", "levels"),
            ("{ a: __typename b: __typename }", "aliases"),
            ("{ __typename serverTime me { id } }", "fields"),
            ("{ " + "__typename " * 20 + "}", "tokens"),
            ("{ courses { totalCount } x: me { id } }", "fields"),
        ):
            answer = await porch.post(query)
            assert what in answer.json()["errors"][0]["message"], answer.text


ROLES = [
    ("everyone", {"guest": True, "student": True, "root": True}),
    ("signed_in", {"guest": False, "student": True, "root": True}),
    ("admins", {"guest": False, "student": False, "root": True}),
    ("nobody", {"guest": False, "student": False, "root": False}),
]


@pytest.mark.parametrize(("who", "may"), ROLES)
async def test_introspection_by_role(opener: Opener, who: str, may: dict[str, bool]) -> None:
    async with opener(graphql={"introspection": who}) as porch:
        await ensure_admin(porch, f"root-{who}")
        for name, allowed in may.items():
            person = f"root-{who}" if name == "root" else f"{name}-{who}"
            headers = {} if name == "guest" else await porch.bearer(person)
            for query in (
                '{ __type(name: "Query") { name } }',
                "{ ...A } fragment A on Query { __schema { description } }",
            ):
                answer = await porch.post(query, {"accept": GRAPHQL, **headers})
                assert (answer.status_code == 200) is allowed, (name, answer.text)
            assert (await porch.post("{ __typename }", headers)).json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "query",
    [
        "{ mee { id } }",
        "{ me { idd } }",
        "{ node(idd: 1) { id } }",
        "{ node(id: 1) { ... on Phot { id } } }",
        "{ node(id: 1) { number } }",
        "query($a: AttemptStatuss) { __typename }",
        "{ __typename @skipp(if: true) }",
        'mutation { signIn(input: {usernam: "a", password: "b"}) { problem { code } } }',
        "mutation { accountUpdate(input: {id: 1, isActiv: true}) { problem { code } } }",
        '{ work(id: "x") { attempts(filter: {statuses: [ACTIV]}) { nodes { id } } } }',
    ],
)
async def test_no_name_is_suggested(porch: Porch, query: str) -> None:
    answer = await porch.post(query)
    assert answer.json()["errors"] and "did you mean" not in answer.text.lower(), answer.text


async def test_no_name_is_suggested_for_variables(porch: Porch) -> None:
    query = "mutation($i: AccountUpdateInput!) { accountUpdate(input: $i) { problem { code } } }"
    answer = await porch.post(query, variables={"i": {"id": "1", "isActiv": True}})
    assert "isActiv" in answer.text and "did you mean" not in answer.text.lower()


PIECES = st.sampled_from(
    [
        "{",
        "}",
        "me",
        "id",
        "...",
        "F",
        "on",
        "Account",
        "Query",
        "fragment",
        "query",
        "(",
        ")",
        ":",
        "$v",
        "1",
        '"s"',
        "@skip",
        "[",
        "]",
        "__typename",
        "if",
        "true",
        "#c\n",
        "mutation",
        "a:",
        '"""b"""',
        "&",
        "\\",
        "é",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(PIECES, max_size=40),
    name=st.none() | st.text(max_size=3),
    variables=st.none() | st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
async def test_any_document_gets_a_well_formed_answer(
    porch: Porch, pieces: list[str], name: str | None, variables: Any
) -> None:
    answer = await porch.post(" ".join(pieces), {"accept": GRAPHQL}, operationName=name, variables=variables)
    assert answer.status_code in (200, 400), answer.text
    body = answer.json()
    assert ("data" in body) is (answer.status_code == 200)
    assert "INTERNAL" not in answer.text


async def test_an_operation_that_takes_too_long_is_stopped_with_its_sql(porch: Porch) -> None:
    headers = await porch.bearer("waiting")
    async with porch.runtime.engine.connect() as lock:
        await lock.exec_driver_sql("LOCK TABLE course IN ACCESS EXCLUSIVE MODE")
        for query in ("{ courses { nodes { id } } }", '{ node(id: "course_' + "0" * 32 + '") { id } }'):
            answer = await porch.post(query, headers)
            assert answer.status_code == 504 and answer.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"
            assert await waiting(porch) == 0
        await lock.rollback()
    assert (await porch.post("{ courses { nodes { id } } }", headers)).json()["data"]


async def test_a_loader_is_stopped_with_its_operation(porch: Porch) -> None:
    course = await porch.world.course("stopped", "teacher", ["student"])
    query = f'{{ course(id: "course_{course.id.hex}") {{ works {{ nodes {{ id }} }} }} }}'
    async with porch.runtime.engine.connect() as lock:
        await lock.exec_driver_sql("LOCK TABLE work IN ACCESS EXCLUSIVE MODE")
        answer = await porch.post(query, await porch.bearer("student"))
        assert answer.status_code == 504
        assert await waiting(porch) == 0
        await lock.rollback()
    assert (await porch.post(query, await porch.bearer("student"))).json()["data"]["course"]["works"]["nodes"] == []


async def waiting(porch: Porch) -> int:
    """How many statements of this database still wait for a lock, once they had a moment to go."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(50):
        async with porch.runtime.engine.connect() as connection:
            found = (await connection.exec_driver_sql(query)).scalar_one()
        if not found:
            return 0
        await asyncio.sleep(0.1)
    return int(found)


async def test_so_many_at_once_and_the_rest_in_turn(opener: Opener) -> None:
    limits = {"parallel_per_user": 2, "waiting_per_user": 3, "operation_seconds": 20}
    async with opener(graphql=limits) as porch:
        headers = await porch.bearer("eager")
        other = await porch.bearer("other")
        async with porch.runtime.engine.connect() as lock:
            await lock.exec_driver_sql("LOCK TABLE course IN ACCESS EXCLUSIVE MODE")
            asked = [asyncio.create_task(porch.post("{ courses { nodes { id } } }", headers)) for _ in range(8)]
            done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            refused = [task.result() for task in done]
            assert refused[0].status_code == 429 and refused[0].headers["retry-after"]
            assert refused[0].json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
            assert (await porch.post("{ me { id } }", other)).status_code == 200
            await lock.rollback()
        statuses = sorted([(await task).status_code for task in asked])
        assert statuses == [200] * 5 + [429] * 3
        assert (await porch.post("{ me { id } }", headers)).status_code == 200
