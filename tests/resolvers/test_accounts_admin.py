"""Administrators: who they may close, promote and demote, and the first one."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from picrete_gql.call import Actor, Context
from picrete_gql.models import Account, SignIn
from picrete_gql.paging import Ask
from picrete_gql.problems import Forbidden, Locale, NotFound, Problem
from picrete_gql.resolvers import accounts, sign_ins
from picrete_gql.resolvers.accounts import Person
from picrete_gql.rules.accounts import LastAdmin, NotYourself, UsernameTaken, WrongCredentials
from picrete_gql.settings import Settings
from tests.support.world import World


async def admin(world: World, name: str = "boss") -> Context:
    """An administrator."""
    who = await world.person(name)
    await accounts.administer(world.system, world.people[name].id, is_platform_admin=True)
    return who


async def admins(world: World) -> set[str]:
    """The names of all active administrators."""
    people = await accounts.find(world.system, None, Ask())
    return {row.username for row in people.rows if row.is_platform_admin and row.is_active}


async def test_an_administrator_makes_accounts(world: World) -> None:
    boss = await admin(world)
    made = await accounts.add(boss, Person("made", "password", "Made", Locale.EN), is_platform_admin=True)
    assert made.is_platform_admin and made.username == "made"
    assert (await sign_ins.sign_in(Context(world.runtime), "made", "password")).account.id == made.id
    with pytest.raises(UsernameTaken):
        await accounts.add(boss, Person("MADE", "password", "Made", Locale.EN), is_platform_admin=False)


async def test_nobody_else_administers(world: World) -> None:
    await admin(world)
    who, boss = await world.person("somebody"), world.people["boss"]
    calls: list[Any] = [
        accounts.find(who, None, Ask()),
        accounts.administer(who, boss.id, is_active=False),
        accounts.administer(who, world.people["somebody"].id, is_platform_admin=True),
        accounts.add(who, Person("made", "password", "Made", Locale.RU), is_platform_admin=False),
    ]
    for call in calls:
        with pytest.raises(Forbidden):
            await call
    with pytest.raises(NotFound):
        await accounts.get(who, boss.id)
    assert await admins(world) == {"boss"}


async def test_not_yourself(world: World) -> None:
    boss, me = await admin(world), world.people["boss"].id
    await admin(world, "second")
    for change in ({"is_active": False}, {"is_platform_admin": False}, {"is_active": False, "is_platform_admin": True}):
        with pytest.raises(NotYourself):
            await accounts.administer(boss, me, **change)
    assert await admins(world) == {"boss", "second"}


async def test_the_last_one_stays_whoever_asks(world: World) -> None:
    await admin(world)
    for change in ({"is_active": False}, {"is_platform_admin": False}):
        with pytest.raises(LastAdmin):
            await accounts.administer(world.system, world.people["boss"].id, **change)
    assert await admins(world) == {"boss"}


async def test_an_inactive_administrator_does_not_count(world: World) -> None:
    boss = await admin(world)
    await admin(world, "second")
    await accounts.administer(boss, world.people["second"].id, is_active=False)
    with pytest.raises(LastAdmin):
        await accounts.administer(world.system, world.people["boss"].id, is_platform_admin=False)


async def test_two_who_demote_each_other_at_once_leave_one(world: World) -> None:
    for _ in range(3):
        boss, second = await admin(world), await admin(world, "second")
        results: list[Any] = await asyncio.gather(
            accounts.administer(boss, world.people["second"].id, is_platform_admin=False),
            accounts.administer(second, world.people["boss"].id, is_platform_admin=False),
            return_exceptions=True,
        )
        assert len([result for result in results if isinstance(result, Account)]) == 1
        assert all(isinstance(result, (Account, Problem)) for result in results), results
        assert len(await admins(world)) == 1


async def test_closing_an_account_shuts_every_door_at_once(world: World) -> None:
    boss = await admin(world)
    who = await world.person("somebody")
    tokens = await sign_ins.sign_in(Context(world.runtime), "somebody", "password-of-somebody")
    account = await accounts.administer(boss, world.people["somebody"].id, is_active=False)
    assert not account.is_active and not account.is_platform_admin
    with pytest.raises(NotFound):
        await accounts.me(who)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(Context(world.runtime), tokens.refresh_token)
    with pytest.raises(WrongCredentials):
        await sign_ins.sign_in(Context(world.runtime), "somebody", "password-of-somebody")
    await accounts.administer(boss, account.id, is_active=True)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(Context(world.runtime), tokens.refresh_token)
    assert await sign_ins.sign_in(Context(world.runtime), "somebody", "password-of-somebody")


async def test_accounts_are_found_by_name_and_username(world: World) -> None:
    boss = await admin(world)
    for name, full in (("petrov", "Пётр Петров"), ("sidorov", "Анна Сидорова"), ("a_b", "Percent 100%")):
        await accounts.update_me(await world.person(name), full, None)
    found = {
        search: sorted(row.username for row in (await accounts.find(boss, search, Ask())).rows)
        for search in ("PETROV", "сидор", "a_b", "%", "nobody", "", "_")
    }
    assert found["PETROV"] == ["petrov"] and found["сидор"] == ["sidorov"] and found["a_b"] == ["a_b"]
    assert found["nobody"] == [] and len(found[""]) == 4
    # What is a pattern elsewhere is a letter here.
    assert found["_"] == ["a_b"] and found["%"] == ["a_b"]


async def test_the_first_administrator_is_made_once_and_never_reset(world: World, settings: Settings) -> None:
    auth = settings.auth
    assert await accounts.ensure_bootstrap(world.system)
    assert await admins(world) == {auth.bootstrap_username}
    tokens = await sign_ins.sign_in(
        Context(world.runtime), auth.bootstrap_username, auth.bootstrap_password.get_secret_value()
    )
    me = Context(world.runtime).by(world.of(tokens.account).actor)
    await accounts.change_password(me, auth.bootstrap_password.get_secret_value(), "another-password")
    assert not await accounts.ensure_bootstrap(world.system)
    assert await sign_ins.sign_in(Context(world.runtime), auth.bootstrap_username, "another-password")
    with pytest.raises(WrongCredentials):
        await sign_ins.sign_in(
            Context(world.runtime), auth.bootstrap_username, auth.bootstrap_password.get_secret_value()
        )


async def test_a_demoted_first_administrator_stays_demoted(world: World, settings: Settings) -> None:
    await accounts.ensure_bootstrap(world.system)
    boss = await admin(world)
    people = await accounts.find(boss, settings.auth.bootstrap_username, Ask())
    await accounts.administer(boss, people.rows[0].id, is_platform_admin=False)
    assert not await accounts.ensure_bootstrap(world.system)
    assert await admins(world) == {"boss"}


async def test_processes_that_start_together_make_one_administrator(world: World) -> None:
    made = await asyncio.gather(*(accounts.ensure_bootstrap(world.system) for _ in range(8)))
    assert made.count(True) == 1


async def test_no_bootstrap_without_a_name(world: World) -> None:
    world.runtime.settings.auth.bootstrap_username = ""
    assert not await accounts.ensure_bootstrap(world.system)
    assert await admins(world) == set()


async def test_a_new_password_and_the_end_of_all_sign_ins(world: World) -> None:
    boss, who = await admin(world), await world.person("forgetful")
    id, nobody = world.people["forgetful"].id, Context(world.runtime)
    before = await sign_ins.sign_in(nobody, "forgetful", "password-of-forgetful")
    for call in (accounts.reset_password(who, id, "mine-alone-now"), accounts.end_sign_ins(who, id)):
        with pytest.raises((Forbidden, NotFound)):
            await call
    await accounts.reset_password(boss, id, "another-password")
    assert not await sign_ins.holds(nobody, Actor(id, (await _latest(world, id)).id))
    with pytest.raises(WrongCredentials):
        await sign_ins.sign_in(nobody, "forgetful", "password-of-forgetful")
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(nobody, before.refresh_token)
    again = await sign_ins.sign_in(nobody, "forgetful", "another-password")
    await accounts.end_sign_ins(boss, id)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(nobody, again.refresh_token)
    renamed = await accounts.administer(boss, id, full_name="Другое имя", locale=Locale.EN)
    assert (renamed.full_name, renamed.locale, renamed.is_active) == ("Другое имя", Locale.EN, True)


async def _latest(world: World, account_id: UUID) -> SignIn:
    async with world.runtime.sessions() as session:
        mine = select(SignIn).where(SignIn.account_id == account_id).order_by(SignIn.id.desc()).limit(1)
        return (await session.execute(mine)).scalar_one()
