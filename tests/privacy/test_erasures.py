"""Asking to be forgotten: who may, what it ends at once, taking it back, what it waits for."""

import asyncio

import pytest
from sqlmodel import select

from picrete_gql.call import Context
from picrete_gql.jobs import erasures as clock
from picrete_gql.models import Account, Erasure, Role, SignIn, TelegramLink
from picrete_gql.paging import Ask
from picrete_gql.problems import Forbidden, Locale, NotFound
from picrete_gql.resolvers import (
    accounts,
    attempts,
    erasures,
    grades,
    members,
    pages,
    photos,
    retention,
    sign_ins,
)
from picrete_gql.resolvers import telegram as links
from picrete_gql.rules import accounts as people
from picrete_gql.rules import erasures as rules
from picrete_gql.rules.retention import ImageRemoved, PagesRemoved
from picrete_gql.rules.telegram import Chat
from tests.attempts.steps import TEACHER, at_once, class_of, happened, pages_of, prechecked, rows, submission_of
from tests.support.world import World

Wait = rules.Wait


async def admin_of(world: World, name: str = "root") -> Context:
    """An administrator."""
    await world.person(name)
    await accounts.administer(world.system, world.people[name].id, is_platform_admin=True)
    return await world.person(name)


async def ask(world: World, name: str) -> Erasure:
    """Somebody asks to be erased."""
    return await erasures.request(await world.person(name), f"password-of-{name}")


async def waiting(world: World, erasure: Erasure) -> list[Wait]:
    """What an erasure waits for."""
    [found] = await erasures.waits(world.system, [erasure.id])
    return found


async def account_of(world: World, name: str) -> Account:
    """The account as it is stored now."""
    [found] = await rows(world, select(Account).where(Account.id == world.people[name].id))
    return found  # type: ignore[no-any-return]


async def test_a_request_needs_the_password_and_closes_every_door(world: World) -> None:
    ada = await world.person("ada")
    me = world.people["ada"].id
    tokens = await sign_ins.sign_in(ada, "ada", "password-of-ada")
    await links.attach(world.system, me, Chat(1, "ada", Locale.RU))
    with pytest.raises(people.WrongCredentials):
        await erasures.request(ada, "wrong")
    assert not await rows(world, select(Erasure))
    erasure = await ask(world, "ada")
    assert (await ask(world, "ada")).id == erasure.id
    assert (erasure.erase_at - erasure.created_at).days == 7
    assert not await rows(world, select(SignIn).where(SignIn.revoked_at.is_(None)))  # type: ignore[union-attr]
    assert not await rows(world, select(TelegramLink))
    with pytest.raises(people.WrongCredentials):
        await sign_ins.refresh(ada, tokens.refresh_token)
    assert {"erasure.requested", "sign_in.ended", "telegram.unlinked"} <= set(await happened(world))


async def test_it_can_be_taken_back_until_its_time(world: World) -> None:
    erasure = await ask(world, "ada")
    ada = await world.person("ada")
    assert await sign_ins.sign_in(ada, "ada", "password-of-ada")
    with pytest.raises(NotFound):
        await erasures.cancel(await world.person("bob"), erasure.id)
    assert (await erasures.cancel(ada, erasure.id)).cancelled_at
    with pytest.raises(rules.ErasureOver):
        await erasures.cancel(ada, erasure.id)
    world.clock.forward(days=8)
    await clock.run(world.system)
    assert (await account_of(world, "ada")).erased_at is None
    again = await ask(world, "ada")
    world.clock.forward(days=6)
    await clock.run(world.system)
    assert (await account_of(world, "ada")).erased_at is None
    world.clock.forward(days=2)
    await clock.run(world.system)
    assert (await account_of(world, "ada")).erased_at is not None
    with pytest.raises(NotFound):
        await erasures.cancel(ada, again.id)


async def test_an_administrator_orders_it_and_only_one_takes_it_back(world: World) -> None:
    admin = await admin_of(world)
    ada = await world.person("ada")
    with pytest.raises(Forbidden):
        await erasures.order(await world.person("bob"), world.people["ada"].id)
    with pytest.raises(people.NotYourself):
        await erasures.order(admin, world.people["root"].id)
    erasure = await erasures.order(admin, world.people["ada"].id)
    with pytest.raises(rules.ErasureOrdered):
        await erasures.cancel(ada, erasure.id)
    assert (await erasures.cancel(admin, erasure.id)).cancelled_at


async def test_an_erased_account_is_nobodys(world: World) -> None:
    admin = await admin_of(world)
    erasure = await erasures.order(admin, (await world.person("ada")).actor.account_id)  # type: ignore[arg-type]
    world.clock.forward(days=8)
    await clock.run(world.system)
    gone = await account_of(world, "ada")
    assert await rows(world, select(Erasure.done_at).where(Erasure.id == erasure.id)) != [None]
    with pytest.raises(people.WrongCredentials):
        await sign_ins.sign_in(admin, gone.username, "password-of-ada")
    with pytest.raises(rules.AlreadyErased):
        await accounts.administer(admin, gone.id, is_active=True)
    with pytest.raises(rules.AlreadyErased):
        await accounts.reset_password(admin, gone.id, "a-new-password")
    with pytest.raises(rules.AlreadyErased):
        await erasures.order(admin, gone.id)
    nobody = Context(world.runtime, ip="x")
    person = accounts.Person(f"Erased-{gone.id.hex}", "password", "Thief", Locale.RU)
    with pytest.raises(Exception, match="username"):
        await accounts.sign_up(nobody, person, consent=True, terms=True, privacy=True)
    # The name is free again.
    person = accounts.Person("ada", "password", "Another Ada", Locale.RU)
    assert await accounts.sign_up(nobody, person, consent=True, terms=True, privacy=True)


async def test_the_last_administrator_stays(world: World) -> None:
    await admin_of(world)
    with pytest.raises(people.LastAdmin):
        await ask(world, "root")
    await admin_of(world, "second")
    found = await at_once([ask(world, "root"), ask(world, "second")])
    # Both may ask, for the other one is there; whoever is left in the end waits.
    assert all(isinstance(one, Erasure) for one in found)
    world.clock.forward(days=8)
    await clock.run(world.system)
    left = [name for name in ("root", "second") if (await account_of(world, name)).erased_at is None]
    assert len(left) == 1
    [open_one] = await rows(world, select(Erasure).where(Erasure.done_at.is_(None)))  # type: ignore[union-attr]
    assert await waiting(world, open_one) == [Wait.LAST_ADMIN]


async def test_the_only_teacher_hands_the_course_over_first(world: World) -> None:
    course, _ = await class_of(world, "ada")
    with pytest.raises(rules.OnlyTeacher):
        await ask(world, TEACHER)
    teacher = await world.person(TEACHER)
    [page] = await members.of_courses(teacher, [course.id], Ask())
    ada = next(row for row in page.rows if row.account_id == world.people["ada"].id)
    await members.change(teacher, ada.id, roles=[Role.TEACHER])
    assert await ask(world, TEACHER)


async def test_open_works_are_handed_in_first_and_an_order_waits_for_them(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    attempt = await world.start("ada", work)
    with pytest.raises(rules.AttemptsOpen):
        await ask(world, "ada")
    admin = await admin_of(world)
    world.runtime.settings.privacy.erasure_days = 0
    erasure = await erasures.order(admin, world.people["ada"].id)
    assert await waiting(world, erasure) == [Wait.ATTEMPT]
    await clock.run(world.system)
    assert (await account_of(world, "ada")).erased_at is None
    await attempts.submit(await world.person("ada"), attempt.id)
    assert await waiting(world, erasure) == []
    await clock.run(world.system)
    assert (await account_of(world, "ada")).erased_at is not None


async def test_it_waits_for_what_is_under_way_and_for_a_hold(world: World) -> None:
    _, work = await class_of(world, "ada")
    world.runtime.settings.privacy.erasure_days = 0
    attempt = await world.start("ada", work)
    await world.photo("ada", attempt.id)
    await attempts.submit(await world.person("ada"), attempt.id)
    erasure = await ask(world, "ada")
    assert await waiting(world, erasure) == [Wait.PROCESSING]
    await clock.run(world.system)
    assert (await account_of(world, "ada")).erased_at is None
    teacher = await world.person(TEACHER)
    found = await submission_of(world, attempt.id)
    await grades.override(teacher, found.id, found.version, found.max_points, "ok", {})
    await retention.hold(teacher, work.id, "appeal")
    assert await waiting(world, erasure) == [Wait.HOLD]
    await clock.run(world.system)
    assert (await account_of(world, "ada")).erased_at is None
    await retention.unhold(teacher, work.id)
    await clock.run(world.system)
    assert (await account_of(world, "ada")).erased_at is not None


async def test_the_teachers_screens_refuse_clearly_afterwards(world: World) -> None:
    _, work = await class_of(world, "ada")
    found = await prechecked(world, "ada", work)
    teacher = await world.person(TEACHER)
    marked = await grades.approve(teacher, found.id, found.version)
    await ask(world, "ada")
    world.clock.forward(days=8)
    await clock.run(world.system)
    [page] = await pages_of(world, found.attempt_id)
    assert await photos.view_urls(teacher, [page.id]) == [None]
    with pytest.raises(ImageRemoved):
        await pages.read_again(teacher, page.id)
    with pytest.raises(PagesRemoved):
        await grades.precheck_again(teacher, found.id, marked.version)
    assert await pages.of_photos(teacher, [page.id]) == [None]
    [left] = await grades.of_submissions(teacher, [found.id])
    assert left is not None and left.final_points == marked.final_points and left.feedback == ""
    [who] = await accounts.of_people(teacher, [world.people["ada"].id])
    assert who.full_name.startswith("erased-")


async def test_a_crash_before_the_objects_go_leaves_them_to_the_sweeper(world: World) -> None:
    _, work = await class_of(world, "ada")
    await prechecked(world, "ada", work)
    erasure = await ask(world, "ada")
    world.clock.forward(days=8)
    # The process dies between the commit and the store.
    keys = await erasures.carry_out(world.system, erasure.id)
    storage = world.runtime.gateways.storage
    assert [one.key for one in await storage.list("")] == keys and len(keys) == 1
    await clock.run(world.system)
    assert await photos.remove_orphans(world.system) == 1
    assert await storage.list("") == []
    assert await happened(world, "account.erased") == ["account.erased"]


async def test_many_workers_erase_once(world: World) -> None:
    for name in ("ada", "bob", "cyd"):
        await ask(world, name)
    world.clock.forward(days=8)
    async with asyncio.timeout(60):
        await at_once([clock.run(world.system) for _ in range(4)])
    assert await happened(world, "account.erased") == ["account.erased"] * 3
