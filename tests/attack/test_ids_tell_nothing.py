"""An id of somebody else's thing is answered exactly as an id of nothing: by message, code, extensions and shape."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from picrete_gql.schema import schema as door
from tests.attack.places import Place, places
from tests.schema.campus import Campus, Target
from tests.schema.digests import digest, objects
from tests.schema.samples import things

PLACES = list(places())
# A conflict is one with what is the attacker's own, before the other id was looked at.
ALLOWED = {"NOT_FOUND", "INVALID_INPUT", "UNAUTHENTICATED", "FORBIDDEN", "CONFLICT"}
# Who attacks, with whose own things beside the attacked one, and whose things are attacked.
ATTACKS = [
    ("other_student", "other_student", "owner"),
    ("other_teacher", "other_student", "owner"),
    ("teacher", "owner", "other_student"),
    ("suspended", "suspended", "suspended"),
    ("suspended", "suspended", "owner"),
    ("left_teacher", "owner", "owner"),
    ("classmate", "owner", "owner"),
    ("owner", "owner", "closed_student"),
    ("nobody", "owner", "owner"),
]
# What all students of a course share, and what a person may know of another.
SHARED = {
    "work",
    "course",
    "task",
    "criterion",
    "variant",
    "attachment",
    "material",
    "bank_source",
    "bank_item",
    "node",
}
# What a person keeps outside of the course that they are suspended from.
OWN = {"account", "telegram_link", "sign_in", "membership", "erasure", "data_export"}
# There is an open request already, so nobody looks at the page of another one.
UNREACHED = ["regradeAsk(input.anchor.photoId)"]
DRAFTS = ("bankItemsCopy", "taskAdd")
ENDING = ("Detach", "Delete", "Remove", "Leave", "SetActive")
NODES = ("account", "attempt", "bank_image", "bank_item", "membership", "photo", "submission", "sign_in", "trainer_set")


def ids_of(about: Target) -> dict[str, str]:
    """Somebody's things by kind."""
    named = {"image": "bank_image", "source": "bank_source", "item": "bank_item", "set": "trainer_set"}
    named |= {"link": "telegram_link", "export": "grade_export"}
    found = {key.removesuffix("_id"): id for key, id in things(about).items() if ":" not in key}
    return {named.get(key, key): f"{named.get(key, key)}_{id.hex}" for key, id in found.items()}


async def answered(campus: Campus, actor: str, place: Place, own: Target, id: str) -> tuple[str, set[str]]:
    """Everything that an answer says, with the id itself blanked; and its codes."""
    mine = ids_of(own)
    if place.name in DRAFTS:
        mine["work"] = f"work_{own.room.draft.id.hex}"
    document, variables = place.call(lambda kind: mine[kind], id)
    result = await door.execute(document, variable_values=variables, context_value=campus.of(actor))
    errors: list[Any] = [error.formatted for error in result.errors or ()]
    problems = [one["problem"] for one in (result.data or {}).values() if isinstance(one, dict) and one.get("problem")]
    codes = {error["extensions"]["code"] for error in errors} | {str(problem["code"]) for problem in problems}
    return f"{result.data} {errors}".replace(id, "ID"), codes


def attacked(place: Place, theirs: dict[str, str]) -> list[str]:
    """Which ids of somebody's to try at a place."""
    return [theirs[kind] for kind in NODES] if place.name == "node" else [theirs[place.kind]]


def test_there_are_places_and_each_knows_its_kind() -> None:
    assert len(PLACES) > 60
    assert not [str(place) for place in PLACES if not place.kind], "teach ABOUT in tests/attack/values.py"


@pytest.mark.parametrize(("actor", "own", "whose"), ATTACKS)
async def test_a_foreign_id_is_answered_like_one_of_nothing(campus: Campus, actor: str, own: str, whose: str) -> None:
    theirs, wrong = ids_of(campus.target(whose)), []
    before, stored = await digest(campus.runtime), await objects(campus.runtime)
    for place in PLACES:
        if actor == "classmate" and place.kind in SHARED:
            continue
        for id in attacked(place, theirs):
            if actor == whose and id.rsplit("_", 1)[0] in OWN:
                continue
            foreign, codes = await answered(campus, actor, place, campus.target(own), id)
            nothing, _ = await answered(campus, actor, place, campus.target(own), f"{id[:-32]}{uuid4().hex}")
            if foreign != nothing or not codes <= ALLOWED:
                wrong.append(f"{place}: {foreign}\n  but of nothing: {nothing}")
    assert not wrong, "\n".join(wrong)
    assert (await digest(campus.runtime), await objects(campus.runtime)) == (before, stored)


@pytest.mark.parametrize("actor", ["other_student", "other_teacher", "suspended"])
async def test_an_id_of_another_kind_is_wrong_whether_it_exists_or_not(campus: Campus, actor: str) -> None:
    theirs, wrong = ids_of(campus.target("owner")), []
    for place in PLACES:
        if place.name == "node":
            continue
        other = theirs["submission" if place.kind == "photo" else "photo"]
        living, codes = await answered(campus, actor, place, campus.target("other_student"), other)
        dead, _ = await answered(campus, actor, place, campus.target("other_student"), f"{other[:-32]}{uuid4().hex}")
        if living != dead or not codes <= ALLOWED or not codes:
            wrong.append(f"{place}: {living}\n  but of nothing: {dead}")
    assert not wrong, "\n".join(wrong)


async def test_the_calls_reach_what_they_ask_for(campus: Campus) -> None:
    """The other side: with an id of one's own the same calls are answered otherwise, so the refusals mean something."""
    missed = []
    async with campus.runtime.engine.begin() as connection:
        await connection.execute(text("UPDATE submission SET released_at = now()"))
    # What takes something away comes last.
    for place in sorted(PLACES, key=lambda place: place.name.endswith(ENDING)):
        if place.name == "node":
            continue
        ids = ids_of(campus.target("owner"))
        said: set[str] = set()
        for actor in ("owner", "teacher", "admin"):
            own, _ = await answered(campus, actor, place, campus.target("owner"), ids[place.kind])
            none, _ = await answered(campus, actor, place, campus.target("owner"), f"{place.kind}_{uuid4().hex}")
            said |= {actor} if own != none else set()
        if not said:
            missed.append(str(place))
    assert missed == UNREACHED, missed
