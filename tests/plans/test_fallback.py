"""What plans do not know, or find amiss, is executed as usual; what they know costs one statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import event, text

from picrete_gql.schema._door.asks import Ask
from tests.plans.both import planned, runner_of, same, usual
from tests.schema.campus import Campus

WORK = "query($id: ID!, $n: Int) { work(id: $id) { title attempts(first: $n) { nodes { student { fullName } } } } }"


@contextmanager
def statements(campus: Campus) -> Iterator[list[str]]:
    """The statements that go the ordinary way meanwhile."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = campus.runtime.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


async def test_a_read_is_one_statement_and_nothing_else(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    runner, reads, asked = runner_of(campus), campus.runtime.reads, list[str]()
    row = reads.row

    async def counted(sql: str, values: object) -> object:
        asked.append(sql)
        return await row(sql, values)  # type: ignore[arg-type]

    monkeypatch.setattr(reads, "row", counted)
    with statements(campus) as others:
        assert await planned(runner, campus.of("teacher"), WORK, id=f"work_{campus.here.work.id.hex}", n=5)
    assert len(asked) == 1 and not others


async def test_a_document_is_planned_when_it_comes_again(campus: Campus) -> None:
    runner, context = runner_of(campus), campus.of("teacher")
    campus.runtime.settings.graphql.plan_after = 1
    variables = {"id": f"work_{campus.here.work.id.hex}"}
    found = [await planned(runner, context, WORK, **variables) is not None for _ in range(3)]
    assert found == [False, True, True]


@pytest.mark.parametrize(
    ("variables", "answers"),
    [({"n": 0}, False), ({"n": 201}, False), ({"n": None}, True), ({"n": 200}, True), ({}, True), ({"n": "x"}, False)],
)
async def test_page_sizes_are_refused_by_their_resolver(
    campus: Campus, variables: dict[str, object], answers: bool
) -> None:
    runner, context = runner_of(campus), campus.of("teacher")
    given = {"id": f"work_{campus.here.work.id.hex}", **variables}
    assert (await planned(runner, context, WORK, **given) is not None) is answers
    if not answers:
        assert b'"errors"' in await usual(runner, context, WORK, **given)


@pytest.mark.parametrize(
    "part",
    [
        "title @include(if: $yes)",
        "... @skip(if: $yes) { title }",
        "tasks { samples(first: 1) { content } }",
        "attempts { nodes { submission { proposal { findings { kind } } } } }",
    ],
)
async def test_what_is_not_known_is_executed(campus: Campus, part: str) -> None:
    runner, context = runner_of(campus), campus.of("teacher")
    head = "query($id: ID!, $yes: Boolean!)" if "$yes" in part else "query($id: ID!)"
    variables = {"id": f"work_{campus.here.work.id.hex}", **({"yes": True} if "$yes" in part else {})}
    assert await planned(runner, context, f"{head} {{ work(id: $id) {{ {part} }} }}", **variables) is None


async def test_a_mixed_query_has_its_planned_fields_spliced_in(campus: Campus) -> None:
    runner, context = runner_of(campus), campus.of("teacher")
    document = "query($id: ID!) { me { username } work(id: $id) { id title } serverTime }"
    ask = Ask(document, {"id": f"work_{campus.here.work.id.hex}"})
    operation = await runner.found(context, ask)
    assert await runner.read(context, operation, ask) is None
    result = await runner.once(context, operation, ask)
    assert result.data["me"] == {"username": "teacher"}
    said = orjson.loads(orjson.dumps(result.data["work"]))
    assert said == {"id": f"work_{campus.here.work.id.hex}", "title": campus.here.work.title}


async def test_the_query_in_a_payload_is_executed(campus: Campus) -> None:
    """Under one name there may be two selections, and the mutation before them has just changed something."""
    runner, context = runner_of(campus), campus.of("teacher")
    change = "meUpdate(input: $input) { query { work(id: $id) { %s } } }"
    document = f"mutation($input: MeUpdateInput!, $id: ID!) {{ a: {change % 'id'} b: {change % 'title'} }}"
    work = campus.here.work
    ask = Ask(document, {"id": f"work_{work.id.hex}", "input": {"fullName": "PRIVATE-teacher-name"}})
    for _ in range(3):
        result = await runner.once(context, await runner.found(context, ask), ask)
        assert result.errors is None, result.errors
        assert result.data["a"]["query"] == {"work": {"id": f"work_{work.id.hex}"}}
        assert result.data["b"]["query"] == {"work": {"title": work.title}}


async def test_paging_through_is_the_same_both_ways(campus: Campus) -> None:
    runner, context = runner_of(campus), campus.of("teacher")
    document = """query($id: ID!, $after: String) { work(id: $id) { attempts(first: 2, after: $after) {
        totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
    id, after, seen = f"work_{campus.here.work.id.hex}", None, 0
    while True:
        quick = await planned(runner, context, document, id=id, after=after)
        slow = await usual(runner, context, document, id=id, after=after)
        assert quick and same(quick, slow)
        page = (await runner.schema.execute(document, {"id": id, "after": after}, context)).data["work"]["attempts"]
        seen += len(page["edges"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == page["totalCount"] >= 3
    assert await planned(runner, context, document, id=id, after="nonsense") is None


async def test_a_number_that_json_does_not_know_is_an_error_as_usual(campus: Campus) -> None:
    runner, context = runner_of(campus), campus.of("teacher")
    photo = campus.papers["owner"].photos[0]
    document, id = "query($id: ID!) { photo(id: $id) { reading { quality } } }", f"photo_{photo.id.hex}"
    assert await planned(runner, context, document, id=id)
    async with campus.runtime.sessions() as session:
        await session.execute(text("UPDATE reading SET quality = 'NaN' WHERE photo_id = :id"), {"id": photo.id})
        await session.commit()
    runner.documents.answers.answers.clear()
    assert await planned(runner, context, document, id=id) is None
    assert b'"errors"' in await usual(runner, context, document, id=id)
    async with campus.runtime.sessions() as session:
        await session.execute(text("UPDATE reading SET quality = NULL WHERE photo_id = :id"), {"id": photo.id})
        await session.commit()


async def test_an_attempt_whose_time_is_over_is_ended_by_the_look(campus: Campus) -> None:
    runner, context = runner_of(campus), campus.of("classmate")
    attempt = campus.papers["classmate"].attempt
    document, id = "query($id: ID!) { attempt(id: $id) { status } }", f"attempt_{attempt.id.hex}"
    async with campus.runtime.sessions() as session:
        ends = {"id": attempt.id, "at": campus.runtime.now() - timedelta(seconds=1)}
        changed = "UPDATE attempt SET status = 'active', expires_at = :at, submitted_at = NULL WHERE id = :id"
        await session.execute(text(changed), ends)
        await session.commit()
    assert await planned(runner, context, document, id=id) is None
    assert b"EXPIRED" in await usual(runner, context, document, id=id)
    assert b"EXPIRED" in (await planned(runner, context, document, id=id) or b"")
