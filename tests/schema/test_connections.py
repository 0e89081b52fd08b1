"""Pages of lists as a client turns them: forward by cursor, capped, counted only when asked for."""

import base64
from typing import Any

import pytest
from sqlalchemy import event

from picrete_gql.call import Actor, Context
from picrete_gql.paging import encode
from picrete_gql.schema import schema as door
from picrete_gql.settings import Limits
from tests.schema import rows as plain
from tests.schema.rows import Rows
from tests.support.world import World

PEOPLE = 7
MEMBERS = """query($id: ID!, $first: Int, $after: String, $role: Role) { course(id: $id) {
  members(first: $first, after: $after, role: $role) { totalCount
    nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
LISTS = {
    "members": "{ courses { nodes { members(%s) { nodes { id } } } } }",
    "works": "{ courses { nodes { works(%s) { nodes { id } } } } }",
    "attempts": "{ courses { nodes { works { nodes { attempts(%s) { nodes { id } } } } } } }",
    "courses": "{ courses(%s) { nodes { id } } }",
    "accounts": "{ accounts(%s) { nodes { id } } }",
}
KEYS = {"members": 1, "works": 2, "attempts": 2, "courses": 1, "accounts": 1}


class Class:
    """A course of seven students, their teacher, and an administrator."""

    def __init__(self, world: World) -> None:
        self.runtime, rows = world.runtime, Rows()
        self.rows = rows
        self.room = plain.room(rows, "class", world.runtime.settings.auth)
        self.admin = plain.person(rows, "admin", is_platform_admin=True)
        self.members = [
            plain.member(rows, self.room, plain.person(rows, f"student-{n}"), plain.Role.STUDENT) for n in range(PEOPLE)
        ]
        self.papers = [plain.paper(rows, self.room, who) for who in self.members]

    async def ask(self, document: str, **variables: Any) -> Any:
        """The result for the administrator."""
        context = Context(self.runtime, Actor(self.admin.account.id))
        return await door.execute(document, variable_values=variables, context_value=context)

    async def turn(self, **variables: Any) -> dict[str, Any]:
        """One page of the members."""
        id = f"course_{self.room.course.id.hex}"
        result = await self.ask(MEMBERS, id=id, **variables)
        assert result.errors is None, result.errors
        page: dict[str, Any] = result.data["course"]["members"]
        return page


@pytest.fixture
async def many(world: World) -> Class:
    made = Class(world)
    await made.rows.store(world.runtime)
    return made


async def test_turning_the_pages_gives_everything_once_and_in_order(many: Class) -> None:
    whole = await many.turn()
    assert whole["totalCount"] == PEOPLE and len(whole["nodes"]) == PEOPLE
    for size in (1, 2, 3, 7):
        seen: list[str] = []
        after = None
        while True:
            page = await many.turn(first=size, after=after)
            seen += [node["id"] for node in page["nodes"]]
            assert page["totalCount"] == PEOPLE
            assert [edge["node"] for edge in page["edges"]] == page["nodes"]
            info, cursors = page["pageInfo"], [edge["cursor"] for edge in page["edges"]]
            assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
            assert info["hasPreviousPage"] is (after is not None)
            if not info["hasNextPage"]:
                break
            after = info["endCursor"]
        assert seen == [node["id"] for node in whole["nodes"]] and len(set(seen)) == PEOPLE


async def test_a_page_beyond_the_end_is_empty(many: Class) -> None:
    last = (await many.turn())["pageInfo"]["endCursor"]
    page = await many.turn(after=last)
    empty = {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}
    assert page["nodes"] == page["edges"] == [] and page["pageInfo"] == empty
    assert (await many.turn(role="TEACHER"))["totalCount"] == 0


async def test_who_comes_later_does_not_shift_the_pages(many: Class) -> None:
    first = await many.turn(first=3)
    rows = Rows()
    plain.member(rows, many.room, plain.person(rows, "latecomer"), plain.Role.STUDENT)
    await rows.store(many.runtime)
    rest = await many.turn(after=first["pageInfo"]["endCursor"])
    ids = [node["id"] for node in first["nodes"] + rest["nodes"]]
    assert len(ids) == len(set(ids)) == PEOPLE + 1 == rest["totalCount"]


@pytest.mark.parametrize("name", sorted(LISTS))
async def test_the_cap_and_nonsense(many: Class, name: str) -> None:
    most = Limits().page_max
    assert (await many.ask(LISTS[name] % f"first: {most}")).errors is None
    for wrong in (0, -1, most + 1, 2**31 - 1):
        assert code(await many.ask(LISTS[name] % f"first: {wrong}")) == ("INVALID_INPUT", "first")
    for cursor in bad_cursors(KEYS[name]):
        result = await many.ask(LISTS[name] % f'after: "{cursor}"')
        assert code(result) == ("INVALID_INPUT", "after"), cursor


def bad_cursors(keys: int) -> list[str]:
    """What somebody may write instead of a cursor: other types, other lengths, other alphabets, other years."""
    moment, row = "2026-01-01T00:00:00+00:00", "0" * 32
    good = [moment, row][-keys:]
    wrong: list[Any] = [good[:-1], [*good, row], [*good[:-1], "x"], [*good[:-1], 5], [*good[:-1], None], [[row]], {}, 1]
    if keys == 2:
        wrong += [["yesterday", row], ["2026-01-01T00:00:00", row], [1.5, row]]
        wrong += [["0001-01-01T00:00:00+14:00", row], ["9999-12-31T23:59:59-12:00", row]]
    plain = ["", "%", "ю", "e30", "AAAA", "x" * 5000, base64.urlsafe_b64encode(b"[" * 5000).decode()]
    return plain + [encode(value) if isinstance(value, list) else encode([value]) for value in wrong]


def code(result: Any) -> tuple[str, str]:
    """Code and field of the one error."""
    assert result.errors, result.data
    extensions = result.errors[0].extensions
    return extensions["code"], extensions.get("field")


async def test_the_total_is_counted_only_when_it_is_selected(many: Class) -> None:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(many.runtime.engine.sync_engine, "before_cursor_execute", note)
    for name, document in LISTS.items():
        with_total = document.replace("nodes { id }", "totalCount nodes { id }")
        fragment = document.replace("nodes { id }", "...{ ...Total } nodes { id }")
        kind = {"courses": "Course", "accounts": "Account", "members": "Membership"}.get(name, name[:-1].title())
        fragment += f" fragment Total on {kind}Connection {{ totalCount }}"
        for asked, expected in ((document, 0), (with_total, 1), (fragment, 1)):
            statements.clear()
            result = await many.ask(asked % "first: 2")
            assert result.errors is None, result.errors
            counted = [text for text in statements if "count(*)" in text]
            assert len(counted) == expected, (name, counted)


async def test_lists_page_for_each_parent_alone(many: Class) -> None:
    rows = Rows()
    other = plain.room(rows, "second", many.runtime.settings.auth)
    for n in range(3):
        plain.member(rows, other, plain.person(rows, f"second-{n}"), plain.Role.STUDENT)
    await rows.store(many.runtime)
    document = "{ courses { nodes { slug members(first: 4) { totalCount nodes { id } pageInfo { hasNextPage } } } } }"
    result = await many.ask(document)
    found = {node["slug"]: node["members"] for node in result.data["courses"]["nodes"]}
    assert [found["class"]["totalCount"], found["second"]["totalCount"]] == [PEOPLE, 3]
    assert [len(found["class"]["nodes"]), len(found["second"]["nodes"])] == [4, 3]
    assert found["class"]["pageInfo"]["hasNextPage"] and not found["second"]["pageInfo"]["hasNextPage"]
