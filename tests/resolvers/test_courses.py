"""Courses: who opens and closes them, their names, and who sees them."""

from uuid import uuid4

import pytest

from picrete_gql.call import Context
from picrete_gql.models import IdentityPolicy, Role
from picrete_gql.paging import Ask
from picrete_gql.problems import Forbidden, Invalid, NotFound, Problem
from picrete_gql.resolvers import accounts, activity, attempts, courses, members, works
from picrete_gql.rules.courses import SlugTaken
from tests.support.world import World

GOOD_SLUGS = ["a", "chem-101", "0", "x" * 64, "a--b"]
BAD_SLUGS = ["", "-a", "a-", "A", "a b", "a_b", "х", "x" * 65, "a\n", "a/b", "."]


async def admin(world: World) -> Context:
    """An administrator."""
    who = await world.person("boss")
    await accounts.administer(world.system, world.people["boss"].id, is_platform_admin=True)
    return who


async def test_slugs(world: World) -> None:
    boss = await admin(world)
    for slug in GOOD_SLUGS:
        assert (await courses.create(boss, slug, "Title", "", None)).slug == slug
    for slug in BAD_SLUGS:
        with pytest.raises(Invalid) as caught:
            await courses.create(boss, slug, "Title", "", None)
        assert caught.value.field == "slug"
    with pytest.raises(SlugTaken):
        await courses.create(boss, GOOD_SLUGS[0], "Title", "", None)
    assert (await courses.find(boss, Ask(total=True))).total == len(GOOD_SLUGS)


async def test_texts_and_the_first_teacher(world: World) -> None:
    boss, teacher = await admin(world), await world.person("teacher")
    for title, organization in (("", ""), ("x" * 201, ""), ("ok", "x" * 201), ("a\0b", "")):
        with pytest.raises(Invalid):
            await courses.create(boss, "chem", title, organization, None)
    with pytest.raises(Invalid) as caught:
        await courses.create(boss, "chem", "Chem", "", uuid4())
    assert caught.value.field == "teacherId"
    made = await courses.create(boss, "chem", " Chem ", " ИТМО ", world.people["teacher"].id)
    assert (made.title, made.organization, made.is_active) == ("Chem", "ИТМО", True)
    assert [role.value for [role] in await courses.my_roles(teacher, [made.id])] == ["teacher"]
    assert (await courses.by_slug(teacher, "chem")).id == made.id


async def test_only_an_administrator_opens_and_closes(world: World) -> None:
    course = await world.course("chem", "teacher")
    teacher = await world.person("teacher")
    with pytest.raises(Forbidden):
        await courses.create(teacher, "other", "Other", "", None)
    with pytest.raises(NotFound):
        await courses.set_active(teacher, course.id, is_active=False)


async def test_a_teacher_changes_texts_and_policy(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    teacher, student = await world.person("teacher"), await world.person("student")
    changed = await courses.update(teacher, course.id, title=" Новое ", organization="")
    assert (changed.title, changed.organization, changed.slug) == ("Новое", "", "chem")
    for bad in ({"title": ""}, {"title": "x" * 201}, {"organization": "x" * 201}):
        with pytest.raises(Invalid):
            await courses.update(teacher, course.id, **bad)
    with pytest.raises(NotFound):
        await courses.update(student, course.id, title="Mine")


@pytest.mark.parametrize(
    ("kind", "rule", "kept"),
    [
        (IdentityPolicy.NONE, "whatever", ""),
        (IdentityPolicy.ISU_6_DIGITS, "whatever", ""),
        (IdentityPolicy.EMAIL_DOMAIN, " itmo.ru ", "itmo.ru"),
        (IdentityPolicy.EMAIL_DOMAIN, "@itmo.ru", None),
        (IdentityPolicy.EMAIL_DOMAIN, "", None),
        (IdentityPolicy.EMAIL_DOMAIN, "localhost", None),
        (IdentityPolicy.EMAIL_DOMAIN, "x" * 300 + ".ru", None),
        (IdentityPolicy.CUSTOM_TEXT, "Группа K3", "Группа K3"),
        (IdentityPolicy.CUSTOM_TEXT, " ", None),
        (IdentityPolicy.CUSTOM_TEXT, "x" * 201, None),
        (IdentityPolicy.CUSTOM_TEXT, "a\0b", None),
    ],
)
async def test_rules_of_policies(campus: World, kind: IdentityPolicy, rule: str, kept: str | None) -> None:
    teacher = await campus.person("teacher")
    course = await courses.by_slug(teacher, "chem")
    if kept is None:
        with pytest.raises(Invalid) as caught:
            await courses.update(teacher, course.id, identity_policy=kind, identity_rule=rule)
        assert caught.value.field == "identityRule"
        return
    changed = await courses.update(teacher, course.id, identity_policy=kind, identity_rule=rule)
    assert (changed.identity_policy, changed.identity_rule) == (kind, kept)


async def test_a_policy_needs_its_rule_also_when_only_one_of_them_changes(campus: World) -> None:
    teacher = await campus.person("teacher")
    course = await courses.by_slug(teacher, "chem")
    await courses.update(teacher, course.id, identity_policy=IdentityPolicy.NONE)
    with pytest.raises(Invalid):
        await courses.update(teacher, course.id, identity_policy=IdentityPolicy.EMAIL_DOMAIN)
    with_domain = await courses.update(
        teacher, course.id, identity_policy=IdentityPolicy.EMAIL_DOMAIN, identity_rule="itmo.ru"
    )
    assert with_domain.identity_rule == "itmo.ru"
    assert (await courses.update(teacher, course.id, identity_rule="niuitmo.ru")).identity_rule == "niuitmo.ru"
    with pytest.raises(Invalid):
        await courses.update(teacher, course.id, identity_rule="")


async def test_a_closed_course_is_gone_for_its_members_and_back_when_reopened(world: World) -> None:
    course = await world.course("chem", "teacher", ["student"])
    work = await world.work(course, "teacher")
    attempt = await world.start("student", work)
    boss, student, teacher = await admin(world), await world.person("student"), await world.person("teacher")
    invite = await courses.rotate_invite(teacher, course.id, Role.STUDENT, None)
    await courses.set_active(boss, course.id, is_active=False)
    refused = [
        lambda: courses.get(student, course.id),
        lambda: courses.by_slug(student, "chem"),
        lambda: works.get(student, work.id),
        lambda: attempts.get(student, attempt.id),
        lambda: attempts.save(student, attempt.id, {}),
        lambda: courses.get(teacher, course.id),
        lambda: works.publish(teacher, work.id),
        lambda: courses.rotate_invite(teacher, course.id, Role.STUDENT, None),
        lambda: activity.of_work(teacher, work.id, None),
    ]
    for call in refused:
        with pytest.raises(NotFound):
            await call()
    newcomer = await world.person("newcomer")
    with pytest.raises(Problem):
        await members.join(newcomer, invite.code, "")
    assert (await courses.find(student, Ask())).rows == []
    assert (await courses.get(boss, course.id)).is_active is False
    await courses.set_active(boss, course.id, is_active=True)
    assert (await attempts.get(student, attempt.id)).id == attempt.id
    assert await members.join(newcomer, invite.code, "")


async def test_everybody_sees_their_own_courses_only(world: World) -> None:
    one, two = await world.course("one", "teacher", ["student"]), await world.course("two", "other")
    boss = await admin(world)
    for name, expected in (
        ("teacher", {one.id}),
        ("student", {one.id}),
        ("other", {two.id}),
        ("boss", {one.id, two.id}),
    ):
        who = boss if name == "boss" else await world.person(name)
        page = await courses.find(who, Ask(total=True))
        assert {row.id for row in page.rows} == expected and page.total == len(expected)
        found = await courses.of_ids(who, [one.id, two.id])
        assert {row.id for row in found if row} == expected
