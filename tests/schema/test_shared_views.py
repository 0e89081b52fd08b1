"""What many may share is what each would see alone: each part of every view, for a seat and for each person."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from graphql import get_named_type, is_leaf_type, is_required_argument

from picrete_gql.actors import Personal, Seat
from picrete_gql.call import Context
from picrete_gql.models import MemberStatus, Role, Work
from picrete_gql.problems import Locale
from picrete_gql.resolvers import members
from picrete_gql.schema import schema as door
from picrete_gql.schema._door.answers import payload
from picrete_gql.schema._door.asks import Ask
from picrete_gql.schema._door.runner import Runner
from picrete_gql.schema._words import SUBJECTS
from tests.schema import rows as plain
from tests.schema.campus import Campus
from tests.schema.rows import Rows
from tests.schema.selections import SCHEMA

SIGNED = re.compile(rb"[?&]X-Amz-[^\"]*")
DEEP = 2


@pytest.fixture(scope="module")
async def crowd(campus: Campus) -> AsyncIterator[Campus]:
    """The campus with people in whom the roles mix."""
    rows = Rows()
    for name, here, there in (
        ("both", (Role.TEACHER,), (Role.TEACHER,)),
        ("assistant", (Role.TEACHER, Role.STUDENT), ()),
        ("visitor", (Role.TEACHER,), (Role.STUDENT,)),
    ):
        who = campus.people[name] = plain.person(rows, name)
        plain.member(rows, campus.here, who, *here, status=MemberStatus.ACTIVE)
        if there:
            plain.member(rows, campus.there, who, *there, status=MemberStatus.ACTIVE)
        if name != "both":
            room = campus.here if name == "assistant" else campus.there
            campus.papers[name] = plain.paper(rows, room, who)
    await rows.store(campus.runtime)
    yield campus


def paths(of: Any, deep: int) -> Iterator[str]:
    """Each field alone, with nothing but what leads to it."""
    for name, field in of.fields.items():
        named = get_named_type(field.type)
        if any(map(is_required_argument, field.args.values())):
            continue
        if is_leaf_type(named):
            yield f"{{ {name} }}"
        elif hasattr(named, "fields"):
            yield f"{{ {name} {{ __typename }} }}"
            if deep:
                yield from (f"{{ {name} {inner} }}" for inner in paths(named, deep - 1))


def documents(field: str) -> Iterator[str]:
    """Views of every part alone."""
    of = get_named_type(SCHEMA.subscription_type.fields[field].type)
    for selection in paths(of, DEEP):
        yield f"subscription($id: ID!) {{ {field}(id: $id) {selection} }}"


async def first(runner: Runner, context: Context, text: str, id: str) -> bytes:
    """The first frame of a view, without what the clock puts into it."""
    ask = Ask(text, {"id": id})
    operation = await runner.operation(context, ask)
    async with aclosing(runner.stream(context, operation, ask)) as results:
        body = payload(await anext(results), context.locale, 500)
    # What PostgreSQL writes is spaced otherwise.
    return SIGNED.sub(b"", orjson.dumps(orjson.loads(orjson.dumps(body, default=str))))


def subjects(campus: Campus) -> list[tuple[str, str, UUID]]:
    """What there is to watch: field, id, course."""
    found = []
    for room in (campus.here, campus.closed):
        work = f"work_{room.work.id.hex}"
        found += [("workChanged", work, room.course.id), ("workRegradesChanged", work, room.course.id)]
    for name in ("assistant", "visitor"):
        attempt = campus.papers[name].attempt
        found.append(("attemptChanged", f"attempt_{attempt.id.hex}", attempt.course_id))
    return found


async def test_a_shared_frame_is_what_each_would_see_alone(crowd: Campus) -> None:
    runner, system = Runner(door, crowd.runtime), crowd.of("system")
    accounts = {crowd.people[name].account.id: name for name in crowd.people}
    shared, personal = set[str](), set[str]()
    for field, id, course_id in subjects(crowd):
        gone = await members.unseated(system, course_id, list(accounts))
        seated = [name for account, name in accounts.items() if account not in gone]
        for text in documents(field):
            seat = Seat(course_id)
            frame = await first(runner, replace(system, actor=seat), text, id)
            if seat.is_personal:
                personal.add(text)
                continue
            shared.add(text)
            for name in seated:
                alone = await first(runner, crowd.of(name), text, id)
                assert alone == frame, f"{name} would see something else by {text}"
    assert len(shared) > 200 and personal, (len(shared), len(personal))
    assert not [text for text in shared if "my" in text], "what is one's own is never shared"


async def test_who_may_sit_is_who_the_permissions_let_in(crowd: Campus) -> None:
    accounts = [person.account.id for person in crowd.people.values()]
    for room, inside in (
        (crowd.here, {"teacher", "both", "assistant", "visitor", "admin", "second_admin"}),
        (crowd.there, {"other_teacher", "both", "admin", "second_admin"}),
        (crowd.closed, {"admin", "second_admin"}),
    ):
        gone = await members.unseated(crowd.of("system"), room.course.id, accounts)
        assert {name for name, person in crowd.people.items() if person.account.id not in gone} == inside
        for name, person in crowd.people.items():
            found = await members.seat_at(crowd.of("system"), Work, room.work.id, person.account.id)
            assert found == (room.course.id if name in inside else None), name


async def test_a_seat_has_no_person(crowd: Campus) -> None:
    for name in ("account_id", "sign_in_id"):
        seat = Seat(crowd.here.course.id)
        assert not seat.is_personal
        with pytest.raises(Personal):
            getattr(seat, name)
        assert seat.is_personal


async def test_only_marked_views_are_shared() -> None:
    """A feed tells everything once, from a cursor of one's own: it may neither melt nor be shared."""
    assert set(SUBJECTS) == {"workChanged", "workRegradesChanged", "attemptChanged"}


async def test_languages_are_not_mixed(crowd: Campus) -> None:
    runner, seat = Runner(door, crowd.runtime), Seat(crowd.here.course.id)
    text = "subscription($id: ID!) { workChanged(id: $id) { title } }"
    for locale in Locale:
        context = replace(crowd.of("system"), actor=seat, locale=locale)
        assert b"workChanged" in await first(runner, context, text, f"work_{crowd.here.work.id.hex}")
