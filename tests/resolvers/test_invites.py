"""Invite codes: their shape, what is kept of them, how they die, and who gets in."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from picrete_gql.models import Membership, Role
from picrete_gql.problems import Invalid, NotFound
from picrete_gql.resolvers import accounts, courses, members
from picrete_gql.rules.courses import ALPHABET, InviteInvalid, new_code
from tests.support.world import World

SHAPE = r"-(TEACH|STUD)-[ABCDEFGHJKLMNPQRSTUVWXYZ23456789]{8}"


async def rotate(world: World, role: Role = Role.STUDENT, **expiry: Any) -> str:
    """A fresh code of the course."""
    teacher = await world.person("teacher")
    course = await courses.by_slug(teacher, "chem")
    expires = world.clock() + timedelta(**expiry) if expiry else None
    return (await courses.rotate_invite(teacher, course.id, role, expires)).code


async def uses(world: World) -> list[int]:
    """How often the living codes were used."""
    teacher = await world.person("teacher")
    course = await courses.by_slug(teacher, "chem")
    [found] = await courses.invites_of_courses(teacher, [course.id])
    return [row.uses for row in found or []]


def test_codes_have_their_shape() -> None:
    for slug, head in (("chem", "CHEM"), ("chem-24-b", "CHEM24"), ("a", "A"), ("0-0-0-0-0-0-0-0", "000000")):
        for role in Role:
            assert re.fullmatch(head + SHAPE, new_code(slug, role))
    letters = "".join(new_code("x", Role.STUDENT).rsplit("-", 1)[1] for _ in range(500))
    assert set(letters) == set(ALPHABET) and not set("IO01") & set(letters)
    assert len({new_code("x", Role.STUDENT) for _ in range(2000)}) == 2000


async def test_only_a_hash_is_kept(world: World) -> None:
    await world.course("chem", "teacher")
    code = await rotate(world)
    async with world.runtime.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT i::text FROM invite_code i"))).scalars().all()
        rows += (await connection.execute(text("SELECT e::text FROM event e"))).scalars().all()
    assert rows and not [row for row in rows if code in row or code.rsplit("-", 1)[1] in row]


async def test_a_code_works_in_any_case_and_with_space_around(world: World) -> None:
    await world.course("chem", "teacher")
    code = await rotate(world)
    for name, given in (("one", code), ("two", code.lower()), ("three", f"  {code.title()}\n")):
        assert (await members.join(await world.person(name), given, "")).roles == ["student"]
    assert await uses(world) == [3]
    for given in ("", " ", code[:-1], code + "A", code.replace("-", ""), "x" * 100, "a\0b"):
        with pytest.raises((InviteInvalid, Invalid)):
            await members.join(await world.person("four"), given, "")
    assert await uses(world) == [3]


async def test_each_role_has_its_own_code(world: World) -> None:
    await world.course("chem", "teacher")
    student, teacher = await rotate(world), await rotate(world, Role.TEACHER)
    assert (await members.join(await world.person("one"), teacher, "")).roles == ["teacher"]
    both = await members.join(await world.person("one"), student, "")
    assert both.roles == ["student", "teacher"]
    assert sorted(await uses(world)) == [1, 1]


async def test_rotation_kills_the_previous_code_of_that_role_only(world: World) -> None:
    await world.course("chem", "teacher")
    old, other = await rotate(world), await rotate(world, Role.TEACHER)
    fresh = await rotate(world)
    with pytest.raises(InviteInvalid):
        await members.join(await world.person("one"), old, "")
    assert await members.join(await world.person("one"), fresh, "")
    assert await members.join(await world.person("two"), other, "")
    assert len(await uses(world)) == 2


async def test_a_revoked_code_is_dead(world: World) -> None:
    course = await world.course("chem", "teacher")
    code = await rotate(world)
    await courses.revoke_invite(await world.person("teacher"), course.id, Role.STUDENT)
    with pytest.raises(InviteInvalid):
        await members.join(await world.person("one"), code, "")
    assert await uses(world) == []


async def test_a_code_ends_with_its_time(world: World) -> None:
    course = await world.course("chem", "teacher")
    code = await rotate(world, hours=1)
    assert await members.join(await world.person("one"), code, "")
    world.clock.forward(hours=1, seconds=1)
    with pytest.raises(InviteInvalid):
        await members.join(await world.person("two"), code, "")
    for expires in (world.clock(), world.clock() - timedelta(days=1)):
        with pytest.raises(Invalid) as caught:
            await courses.rotate_invite(await world.person("teacher"), course.id, Role.STUDENT, expires)
        assert caught.value.field == "expiresAt"


async def test_using_a_code_again_is_no_second_use(world: World) -> None:
    await world.course("chem", "teacher")
    code = await rotate(world)
    who = await world.person("one")
    first = [await members.join(who, code, "") for _ in range(3)]
    assert len({row.id for row in first}) == 1 and await uses(world) == [1]


async def test_twenty_who_join_at_once_are_all_in_and_counted(world: World) -> None:
    await world.course("chem", "teacher")
    code = await rotate(world)
    people = [await world.person(f"student-{n}") for n in range(20)]
    await asyncio.gather(*(members.join(who, code, "") for who in people))
    assert await uses(world) == [20]


async def test_one_who_joins_twenty_times_at_once_is_one_member(world: World) -> None:
    course = await world.course("chem", "teacher")
    student, teacher = await rotate(world), await rotate(world, Role.TEACHER)
    for n in range(1, 6):
        who = await world.person(f"eager-{n}")
        tries = [members.join(who, code, "") for code in [student, teacher] * 10]
        results: list[Any] = await asyncio.gather(*tries, return_exceptions=True)
        assert all(isinstance(result, Membership) for result in results), results
        assert len({result.id for result in results}) == 1
        assert (await members.mine(who))[0].roles == ["student", "teacher"]
        assert sorted(await uses(world)) == [n, n]
        assert (await courses.get(who, course.id)).id == course.id


async def test_rotations_at_once_leave_one_living_code(world: World) -> None:
    await world.course("chem", "teacher")
    codes = await asyncio.gather(*(rotate(world) for _ in range(8)))
    assert len(await uses(world)) == 1
    worked = []
    for n, code in enumerate(codes):
        try:
            await members.join(await world.person(f"student-{n}"), code, "")
            worked.append(code)
        except InviteInvalid:
            pass
    assert len(worked) == 1


async def test_a_closed_account_does_not_join(world: World) -> None:
    await world.course("chem", "teacher")
    code = await rotate(world)
    who = await world.person("closed")
    await accounts.administer(world.system, world.people["closed"].id, is_active=False)
    with pytest.raises(Exception) as caught:
        await members.join(who, code, "")
    assert "Sign in" in str(caught.value) and await uses(world) == [0]


async def test_students_see_no_codes_and_make_none(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    student = await world.person("student")
    assert await courses.invites_of_courses(student, [course.id]) == [None]
    with pytest.raises(NotFound):
        await courses.rotate_invite(student, course.id, Role.TEACHER, None)
    with pytest.raises(NotFound):
        await courses.revoke_invite(student, course.id, Role.STUDENT)
