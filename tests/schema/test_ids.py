"""Global ids: opaque, typed, good for `node`, and honest about which type was expected."""

import re
from typing import Any

import pytest
from graphql import get_named_type

from picrete_gql.schema import schema as door
from tests.schema.asking import Asker, all_ids, nodes
from tests.schema.campus import Campus
from tests.schema.inputs import ids_in, mutate, wanted_kind
from tests.schema.selections import SCHEMA

GLOBAL = re.compile(r"[a-z_]+_[0-9a-f]{32}")
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
FOR_TEACHERS = {"grade_export"}
BAD = ["", "x", "work", "work_", "work_123", "work_" + "g" * 32, "WORK_" + "0" * 32, " work_" + "0" * 32, "0" * 32]


async def ask(campus: Campus, name: str, document: str, **variables: Any) -> Any:
    """The result of one operation by somebody."""
    return await door.execute(document, variable_values=variables, context_value=campus.of(name))


def code(result: Any) -> str:
    """The code of the one error of a result."""
    [error] = result.errors
    return str(error.extensions["code"])


def of_owner(campus: Campus) -> dict[str, str]:
    """An id of each kind that has a node: what a student may see of it, or, of what is for teachers, their teacher."""
    about = campus.target("owner")
    rows = [about.owner.account, about.owner.sign_in, about.owner.membership, about.room.course, about.room.work]
    rows += [about.owner.link, about.owner.erasure, about.owner.export]
    rows += [about.room.tasks[0], about.room.criteria[0], about.room.variants[0], about.room.attachments[0]]
    rows += [about.paper.attempt, about.paper.submission, about.paper.photos[0], about.paper.regrades[0]]
    # The first item of the bank stands in their own set.
    rows += [about.room.sources[0], about.room.items[0], about.room.pictures[0], about.room.materials[0]]
    rows += [about.paper.sets[0], about.paper.trained[0], about.room.exports[0]]
    return {row.__tablename__: f"{row.__tablename__}_{row.id.hex}" for row in rows}


def test_every_node_type_is_tried() -> None:
    assert len(nodes()) >= 12


@pytest.mark.parametrize("kind", sorted(nodes()))
async def test_what_one_may_see_is_found_again_by_its_id(campus: Campus, kind: str) -> None:
    id = of_owner(campus)[kind]
    result = await ask(campus, "teacher" if kind in FOR_TEACHERS else "owner", NODE, id=id)
    assert result.errors is None, result.errors
    assert result.data["node"] == {"__typename": nodes()[kind].name, "id": id}


@pytest.mark.parametrize("kind", sorted(nodes()))
async def test_what_one_may_not_see_is_not_found(campus: Campus, kind: str) -> None:
    id = of_owner(campus)[kind]
    for name in ("stranger", "other_teacher", "suspended"):
        result = await ask(campus, name, NODE, id=id)
        assert code(result) == "NOT_FOUND" and result.data == {"node": None}
    assert code(await ask(campus, "nobody", NODE, id=id)) == "UNAUTHENTICATED"
    nothing = f"{kind}_{'0' * 32}"
    assert code(await ask(campus, "admin", NODE, id=nothing)) == "NOT_FOUND"


@pytest.mark.parametrize("id", BAD)
async def test_nonsense_is_invalid(campus: Campus, id: str) -> None:
    assert code(await ask(campus, "owner", NODE, id=id)) == "INVALID_INPUT"
    result = await ask(campus, "owner", "query($id: ID!) { work(id: $id) { id } }", id=id)
    assert code(result) == "INVALID_INPUT" and "work_…" in result.errors[0].message
    assert result.errors[0].extensions["field"] == "id"


async def test_an_unknown_kind_has_no_node(campus: Campus) -> None:
    for kind in ("password", "event", "refresh_token", "provider_run"):
        assert code(await ask(campus, "admin", NODE, id=f"{kind}_{'0' * 32}")) == "NOT_FOUND"


async def test_every_field_names_the_kind_that_it_expected(campus: Campus) -> None:
    """Every root field with an id, asked with an id of every other kind."""
    wrong = of_owner(campus)
    asker = Asker(campus.of("admin"), await all_ids(campus.runtime))
    assert SCHEMA.query_type is not None and SCHEMA.mutation_type is not None
    for name, field in SCHEMA.query_type.fields.items():
        if "id" in field.args and name != "node":
            kind = await asker.kind("query", f'{name}(id: "x") {{ __typename }}')
            assert nodes()[kind] is get_named_type(field.type)
            for other, id in wrong.items():
                document = f"query($id: ID!) {{ {name}(id: $id) {{ __typename }} }}"
                result = await ask(campus, "admin", document, id=id)
                assert result.errors is None if other == kind else code(result) == "INVALID_INPUT", (name, other)
    for name, field in SCHEMA.mutation_type.fields.items():
        if ids_in(field):
            kind = await wanted_kind(asker, name)
            other = next(id for at, id in wrong.items() if at != kind)
            before = len(asker.told)
            await mutate(asker, name, other)
            assert any(f"{kind}_…" in word for word in asker.told[before:]), name


async def test_ids_in_lists_are_global(campus: Campus) -> None:
    document = "{ courses { nodes { id works { nodes { id } } } } myMemberships { id } signIns { id } me { id } }"
    result = await ask(campus, "owner", document)
    found = re.findall(r"'id': '([^']+)'", str(result.data))
    assert len(found) >= 5 and all(GLOBAL.fullmatch(id) for id in found)
