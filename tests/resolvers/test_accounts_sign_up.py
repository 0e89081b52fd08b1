"""Signing up: who may, with what, and only once per name."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from picrete_gql.call import Context
from picrete_gql.problems import Code, Invalid, Locale, Problem
from picrete_gql.resolvers import accounts, sign_ins
from picrete_gql.resolvers.accounts import Person
from picrete_gql.rules.accounts import ConsentRequired, UsernameTaken, WrongCredentials
from tests.support.world import World

AGREED = {"consent": True, "terms": True, "privacy": True}
GOOD_NAMES = ["abc", "A.b_c-9", "a" * 64, "...", "123"]
BAD_NAMES = ["", "ab", "a" * 65, "имя", "a b", "abc\n", "a@b", "abc\0", "ａｂｃ", "a/b", " abc"]


def person(username: str = "newcomer", password: str = "password", name: str = "Имя Фамилия") -> Person:
    """Somebody to be."""
    return Person(username, password, name, Locale.RU)


def guest(world: World, ip: str = "10.0.0.1") -> Context:
    """Nobody, from somewhere."""
    return Context(world.runtime, ip=ip)


async def count(world: World) -> int:
    """How many accounts there are."""
    async with world.runtime.engine.connect() as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM account")) or 0)


async def test_a_new_account_keeps_what_was_agreed_to_and_when(world: World) -> None:
    world.clock.forward(hours=-5)
    made = await accounts.sign_up(guest(world), person("Newcomer"), **AGREED)
    auth = world.runtime.settings.auth
    assert (made.username, made.full_name, made.locale) == ("Newcomer", "Имя Фамилия", Locale.RU)
    assert made.is_active and not made.is_platform_admin
    for what in ("consented_at", "terms_accepted_at", "privacy_accepted_at", "created_at"):
        assert abs((getattr(made, what) - world.clock()).total_seconds()) < 60
    versions = (made.consent_version, made.terms_version, made.privacy_version)
    assert versions == (auth.consent_version, auth.terms_version, auth.privacy_version)
    assert made.password_hash.startswith("$argon2id$") and "password" not in made.password_hash


async def test_two_people_with_one_password_have_two_hashes(world: World) -> None:
    hashes = {(await accounts.sign_up(guest(world), person(name), **AGREED)).password_hash for name in ("one", "two")}
    assert len(hashes) == 2


async def test_no_account_without_every_consent(world: World) -> None:
    for missing in AGREED:
        with pytest.raises(ConsentRequired):
            await accounts.sign_up(guest(world), person(), **{**AGREED, missing: False})
    assert await count(world) == 0


async def test_good_names(world: World) -> None:
    for name in GOOD_NAMES:
        assert (await accounts.sign_up(guest(world), person(name), **AGREED)).username == name


async def test_what_is_refused(world: World) -> None:
    for name in BAD_NAMES:
        assert await refused(world, person(name)) == "username", name
    for password in ("", "1234567", "x" * 201):
        assert await refused(world, person(password=password)) == "password"
    for name in ("", "   ", "x" * 201, "a\0b"):
        assert await refused(world, person(name=name)) == "fullName"


async def test_good_passwords_let_one_in_and_longer_ones_do_not(world: World) -> None:
    for n, password in enumerate(("12345678", "x" * 200, "пароль🔑🔑", "        ")):
        await accounts.sign_up(guest(world), person(f"newcomer-{n}", password), **AGREED)
        assert (await sign_ins.sign_in(guest(world), f"NEWCOMER-{n}", password)).access_token
        for wrong in (password + "x", password[:-1], "", password.upper() + "!"):
            with pytest.raises(WrongCredentials):
                await sign_ins.sign_in(guest(world), f"newcomer-{n}", wrong)


async def refused(world: World, who: Person) -> str:
    """The field that a sign-up is refused for; nothing was stored."""
    with pytest.raises(Invalid) as caught:
        await accounts.sign_up(guest(world), who, **AGREED)
    assert await count(world) == 0
    return caught.value.field


async def test_a_name_is_taken_in_any_case(world: World) -> None:
    await accounts.sign_up(guest(world), person("Ivanov"), **AGREED)
    for name in ("ivanov", "IVANOV", "Ivanov"):
        with pytest.raises(UsernameTaken) as caught:
            await accounts.sign_up(guest(world), person(name), **AGREED)
        assert caught.value.code is Code.CONFLICT
    assert await count(world) == 1


async def test_of_twenty_at_once_one_gets_the_name(world: World) -> None:
    names = ["racer" if n % 2 else "RACER" for n in range(20)]
    tries = [accounts.sign_up(guest(world, f"10.0.1.{n}"), person(name), **AGREED) for n, name in enumerate(names)]
    results: list[Any] = await asyncio.gather(*tries, return_exceptions=True)
    won = [result for result in results if not isinstance(result, BaseException)]
    lost = [result for result in results if isinstance(result, UsernameTaken)]
    assert (len(won), len(lost)) == (1, 19), [r for r in results if not isinstance(r, (Problem,))]
    assert await count(world) == 1


async def test_one_may_change_ones_name_and_language(world: World) -> None:
    who = await world.person("somebody")
    changed = await accounts.update_me(who, " Новое Имя ", Locale.EN)
    assert (changed.full_name, changed.locale) == ("Новое Имя", Locale.EN)
    same = await accounts.update_me(who, None, None)
    assert (same.full_name, same.locale) == ("Новое Имя", Locale.EN)
    for name in ("", " ", "x" * 201):
        with pytest.raises(Invalid):
            await accounts.update_me(who, name, None)
    assert (await accounts.me(who)).full_name == "Новое Имя"
