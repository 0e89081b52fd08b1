"""Members: what they show when joining, roles, suspension, leaving, and the last teacher."""

import asyncio
from typing import Any

import pytest

from picrete_gql.models import Course, IdentityPolicy, Membership, MemberStatus, Role
from picrete_gql.paging import Ask
from picrete_gql.problems import Invalid, NotFound
from picrete_gql.resolvers import accounts, attempts, courses, members, works
from picrete_gql.rules.courses import IdentityRefused, InviteInvalid, LastTeacher, MemberSuspended, ensure_identity
from tests.support.world import World

ISU, EMAIL, TEXT, NONE = (
    IdentityPolicy.ISU_6_DIGITS,
    IdentityPolicy.EMAIL_DOMAIN,
    IdentityPolicy.CUSTOM_TEXT,
    IdentityPolicy.NONE,
)
SHOWN = [
    (NONE, "", "", True),
    (NONE, "", "anything", True),
    (ISU, "", "123456", True),
    (ISU, "", "000000", True),
    (ISU, "", "12345", False),
    (ISU, "", "1234567", False),
    (ISU, "", "12345a", False),
    (ISU, "", "123456\n", False),
    (ISU, "", "१२३४५६", False),
    (ISU, "", "１２３４５６", False),
    (ISU, "", "", False),
    (EMAIL, "itmo.ru", "ivan@itmo.ru", True),
    (EMAIL, "itmo.ru", "Ivan.P+x@ITMO.RU", True),
    (EMAIL, "itmo.ru", "ivan@niuitmo.ru", False),
    (EMAIL, "itmo.ru", "ivan@mail.itmo.ru", False),
    (EMAIL, "itmo.ru", "ivan@itmo.ru.evil.org", False),
    (EMAIL, "itmo.ru", "@itmo.ru", False),
    (EMAIL, "itmo.ru", "evil@evil.org@itmo.ru", False),
    (EMAIL, "itmo.ru", "iv an@itmo.ru", False),
    (EMAIL, "itmo.ru", "itmo.ru", False),
    (EMAIL, "itmo.ru", "ivan@itmoxru", False),
    (TEXT, "K3", "группа K3140", True),
    (TEXT, "K3", "группа k3140", False),
    (TEXT, "K3", "", False),
]


@pytest.mark.parametrize(("kind", "rule", "value", "fits"), SHOWN)
def test_what_a_policy_accepts(kind: IdentityPolicy, rule: str, value: str, fits: bool) -> None:
    if fits:
        ensure_identity(kind, rule, value)
        return
    with pytest.raises(IdentityRefused) as caught:
        ensure_identity(kind, rule, value)
    assert caught.value.policy == kind.value


async def code_of(world: World, course: Course, role: Role = Role.STUDENT) -> str:
    """A fresh code."""
    return (await courses.rotate_invite(await world.person("teacher"), course.id, role, None)).code


async def membership(world: World, name: str) -> Membership:
    """The membership of a person that is in one course."""
    [found] = await members.mine(await world.person(name))
    return found


async def test_who_does_not_fit_the_policy_stays_outside(world: World) -> None:
    course = await world.course("chem", "teacher")
    teacher, student = await world.person("teacher"), await world.person("student")
    await courses.update(teacher, course.id, identity_policy=EMAIL, identity_rule="itmo.ru")
    code = await code_of(world, course)
    with pytest.raises(IdentityRefused):
        await members.join(student, code, "student@mail.ru")
    assert await members.mine(student) == []
    joined = await members.join(student, code, " student@itmo.ru ")
    assert joined.identity == {"policy": "email_domain", "value": "student@itmo.ru"}
    assert await members.identities(teacher, [joined.id]) == ["student@itmo.ru"]
    other = await world.person("other")
    await members.join(other, code, "other@itmo.ru")
    assert await members.identities(other, [joined.id]) == [None]
    for identity in ("x" * 201, "a\0b"):
        with pytest.raises(Invalid):
            await members.join(other, code, identity)


async def test_a_suspended_member_is_outside_and_no_code_brings_them_back(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    work = await world.work(course, "teacher")
    attempt = await world.start("student", work)
    teacher, student = await world.person("teacher"), await world.person("student")
    member = await membership(world, "student")
    await members.change(teacher, member.id, status=MemberStatus.SUSPENDED)
    for call in (
        lambda: courses.get(student, course.id),
        lambda: attempts.get(student, attempt.id),
        lambda: works.get(student, work.id),
    ):
        with pytest.raises(NotFound):
            await call()
    for role in Role:
        with pytest.raises(MemberSuspended):
            await members.join(student, await code_of(world, course, role), "")
    # Nor does leaving first.
    with pytest.raises(NotFound):
        await members.leave(student, course.id)
    assert (await membership(world, "student")).status is MemberStatus.SUSPENDED
    await members.change(teacher, member.id, status=MemberStatus.ACTIVE)
    assert (await attempts.get(student, attempt.id)).id == attempt.id


async def test_a_suspended_teacher_teaches_no_more(world: World) -> None:
    course = await world.course("chem", "teacher")
    second = await world.person("second")
    await members.join(second, await code_of(world, course, Role.TEACHER), "")
    work = await world.work(course, "second")
    await members.change(
        await world.person("teacher"), (await membership(world, "second")).id, status=MemberStatus.SUSPENDED
    )
    for call in (
        lambda: works.get(second, work.id),
        lambda: courses.rotate_invite(second, course.id, Role.STUDENT, None),
    ):
        with pytest.raises(NotFound):
            await call()
    with pytest.raises(NotFound):
        await members.change(second, (await membership(world, "second")).id, status=MemberStatus.ACTIVE)


async def test_who_left_may_come_back_with_a_code_and_only_its_role(world: World) -> None:
    course = await world.course("chem", "teacher")
    who = await world.person("both")
    student, teach = await code_of(world, course), await code_of(world, course, Role.TEACHER)
    await members.join(who, student, "")
    first = await members.join(who, teach, "")
    await members.leave(who, course.id)
    with pytest.raises(NotFound):
        await courses.get(who, course.id)
    with pytest.raises(NotFound):
        await members.leave(who, course.id)
    back = await members.join(who, student, "")
    assert (back.id, back.status, back.roles) == (first.id, MemberStatus.ACTIVE, ["student"])
    with pytest.raises(InviteInvalid):
        await members.join(who, "NO-STUD-ABCD2345", "")


async def test_roles_are_given_and_taken(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    teacher, student = await world.person("teacher"), await world.person("student")
    member = await membership(world, "student")
    changed = await members.change(teacher, member.id, roles=[Role.TEACHER, Role.STUDENT, Role.TEACHER])
    assert changed.roles == ["student", "teacher"]
    assert await courses.rotate_invite(student, course.id, Role.STUDENT, None)
    await members.change(teacher, member.id, roles=[Role.STUDENT])
    with pytest.raises(NotFound):
        await courses.rotate_invite(student, course.id, Role.STUDENT, None)
    with pytest.raises(Invalid) as caught:
        await members.change(teacher, member.id, roles=[])
    assert caught.value.field == "roles"
    with pytest.raises(NotFound):
        await members.change(student, member.id, roles=[Role.TEACHER])


async def test_the_last_teacher_stays(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    teacher, own = await world.person("teacher"), await membership(world, "teacher")
    tries: list[Any] = [
        lambda: members.leave(teacher, course.id),
        lambda: members.change(teacher, own.id, status=MemberStatus.SUSPENDED),
        lambda: members.change(teacher, own.id, status=MemberStatus.LEFT),
        lambda: members.change(teacher, own.id, roles=[Role.STUDENT]),
        lambda: members.change(world.system, own.id, roles=[Role.STUDENT]),
    ]
    for call in tries:
        with pytest.raises(LastTeacher):
            await call()
    assert (await membership(world, "teacher")).status is MemberStatus.ACTIVE
    await members.change(teacher, (await membership(world, "student")).id, roles=[Role.TEACHER])
    assert (await members.leave(teacher, course.id)).status is MemberStatus.LEFT


async def test_a_teacher_whose_account_is_closed_does_not_count(world: World) -> None:
    course = await world.course("chem", "teacher")
    await members.join(await world.person("second"), await code_of(world, course, Role.TEACHER), "")
    await accounts.administer(world.system, world.people["second"].id, is_active=False)
    with pytest.raises(LastTeacher):
        await members.leave(await world.person("teacher"), course.id)


async def test_two_teachers_who_leave_at_once_leave_one(world: World) -> None:
    for n in range(3):
        course = await world.course(f"chem-{n}", "teacher")
        await members.join(await world.person("second"), await code_of(world, course, Role.TEACHER), "")
        both = [await world.person("teacher"), await world.person("second")]
        leaving = [members.leave(who, course.id) for who in both]
        results: list[Any] = await asyncio.gather(*leaving, return_exceptions=True)
        assert len([r for r in results if isinstance(r, Membership)]) == 1, results
        assert len([r for r in results if isinstance(r, LastTeacher)]) == 1, results


async def test_lists_of_members_are_filtered(world: World) -> None:
    course = await world.course("chem", "teacher", ["one", "two", "three"])
    teacher = await world.person("teacher")
    await members.change(teacher, (await membership(world, "two")).id, status=MemberStatus.SUSPENDED)
    await members.leave(await world.person("three"), course.id)

    async def names(**wanted: Any) -> list[str]:
        [page] = await members.of_courses(teacher, [course.id], Ask(), **wanted)
        people = await accounts.of_people(teacher, [row.account_id for row in page.rows])
        return [account.username for account in people]

    assert await names() == ["teacher", "one", "two", "three"]
    assert await names(status=MemberStatus.ACTIVE) == ["teacher", "one"]
    assert await names(status=MemberStatus.SUSPENDED) == ["two"]
    assert await names(role=Role.TEACHER) == ["teacher"]
    assert await names(role=Role.STUDENT, status=MemberStatus.LEFT) == ["three"]
    [page] = await members.of_courses(await world.person("one"), [course.id], Ask(total=True))
    assert page.rows == [] and page.total == 0
    assert await members.mine(await world.person("three")) == []
    assert len(await members.mine(await world.person("two"))) == 1
