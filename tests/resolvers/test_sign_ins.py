"""Signing in and out: rotating refresh tokens, and sign-ins that end at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from picrete_gql.call import Actor, Context
from picrete_gql.problems import NotFound, Unauthenticated
from picrete_gql.resolvers import accounts, sign_ins
from picrete_gql.resolvers.sign_ins import Tokens
from picrete_gql.rules.accounts import WrongCredentials
from picrete_gql.rules.tokens import read_access
from tests.support.world import World


def guest(world: World, ip: str = "10.0.0.1") -> Context:
    """Nobody, from somewhere."""
    return Context(world.runtime, ip=ip, agent="Browser/1.0 " + "x" * 300)


async def enter(world: World, name: str = "somebody") -> Tokens:
    """A sign-in of somebody."""
    await world.person(name)
    return await sign_ins.sign_in(guest(world), name, f"password-of-{name}")


def bearer(world: World, tokens: Tokens) -> Context:
    """The context of an access token."""
    found = read_access(world.runtime.settings.auth, tokens.access_token, world.clock())
    assert found is not None
    return guest(world).by(Actor(found.account_id, found.sign_in_id))


async def holds(world: World, tokens: Tokens) -> bool:
    """Whether the door would let this token in."""
    found = read_access(world.runtime.settings.auth, tokens.access_token, world.clock())
    return found is not None and await sign_ins.holds(guest(world), Actor(found.account_id, found.sign_in_id))


async def test_name_in_any_case_and_password_open_a_sign_in(world: World) -> None:
    await world.person("somebody")
    for name in ("somebody", "SomeBody", "SOMEBODY"):
        tokens = await sign_ins.sign_in(guest(world), name, "password-of-somebody")
        assert tokens.account.username == "somebody" and await holds(world, tokens)
        assert tokens.refresh_token.startswith("rt_") and len(tokens.refresh_token) > 40
    auth = world.runtime.settings.auth
    left = (tokens.access_expires_at - world.clock()).total_seconds()
    assert 0 < left <= auth.access_minutes * 60


async def test_wrong_credentials_do_not_say_what_is_wrong(world: World) -> None:
    await world.person("somebody")
    await world.person("x" * 64)
    said = set()
    for name, password in (
        ("somebody", "password-of-nobody"),
        ("somebody", ""),
        ("somebody", "x" * 100_000),
        ("nobody", "password-of-somebody"),
        ("", ""),
        ("some%", "password-of-somebody"),
        (" somebody", "password-of-somebody"),
        ("x" * 65, "password-of-" + "x" * 64),
    ):
        with pytest.raises(WrongCredentials) as caught:
            await sign_ins.sign_in(guest(world), name, password)
        said.add(str(caught.value))
    assert len(said) == 1


async def test_an_unknown_name_costs_as_much_as_a_wrong_password(world: World, monkeypatch: Any) -> None:
    """Both compute one Argon2 hash, so that names cannot be found out by the clock."""
    from argon2 import PasswordHasher

    await world.person("somebody")
    hashes = []
    for name in ("hash", "verify"):
        real = getattr(PasswordHasher, name)

        def counted(self: Any, *args: Any, _real: Any = real, **more: Any) -> Any:
            hashes.append(_real.__name__)
            return _real(self, *args, **more)

        monkeypatch.setattr(PasswordHasher, name, counted)
    for name in ("somebody", "nobody"):
        hashes.clear()
        with pytest.raises(WrongCredentials):
            await sign_ins.sign_in(guest(world), name, "a-wrong-password")
        assert len(hashes) == 1, (name, hashes)


async def test_refresh_tokens_are_kept_as_hashes_only(world: World) -> None:
    tokens = await enter(world)
    async with world.runtime.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT t::text FROM refresh_token t"))).scalars().all()
        events = (await connection.execute(text("SELECT e::text FROM event e"))).scalars().all()
    assert len(rows) == 1
    assert not [row for row in [*rows, *events] if tokens.refresh_token[3:] in row or "password" in row]


async def test_a_refresh_token_rotates_within_its_sign_in(world: World) -> None:
    first = await enter(world)
    second = await sign_ins.refresh(guest(world), first.refresh_token)
    third = await sign_ins.refresh(guest(world), second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert bearer(world, first).actor == bearer(world, third).actor
    assert await holds(world, third)
    assert len(await sign_ins.living(bearer(world, third))) == 1


async def test_a_used_refresh_token_ends_the_whole_family(world: World) -> None:
    first, other = await enter(world), await enter(world)
    second = await sign_ins.refresh(guest(world), first.refresh_token)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(guest(world), first.refresh_token)
    for token in (first.refresh_token, second.refresh_token):
        with pytest.raises(WrongCredentials):
            await sign_ins.refresh(guest(world), token)
    assert not await holds(world, first) and not await holds(world, second)
    assert await holds(world, other)


async def test_two_refreshes_at_once_end_the_family_too(world: World) -> None:
    first = await enter(world)
    tries = [sign_ins.refresh(guest(world), first.refresh_token) for _ in range(6)]
    results: list[Any] = await asyncio.gather(*tries, return_exceptions=True)
    won = [result for result in results if isinstance(result, Tokens)]
    assert len(won) == 1
    assert len([result for result in results if isinstance(result, WrongCredentials)]) == 5, results
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(guest(world), won[0].refresh_token)
    assert not await holds(world, won[0])


async def test_nonsense_refreshes_nothing(world: World) -> None:
    tokens = await enter(world)
    for token in ("", "rt_", "x" * 10_000, tokens.access_token, tokens.refresh_token + "x", tokens.refresh_token[:-1]):
        with pytest.raises(WrongCredentials):
            await sign_ins.refresh(guest(world), token)
    assert await holds(world, tokens)


async def test_a_sign_in_ends_with_its_days(world: World) -> None:
    tokens = await enter(world)
    world.clock.forward(days=world.runtime.settings.auth.refresh_days - 1)
    tokens = await sign_ins.refresh(guest(world), tokens.refresh_token)
    world.clock.forward(days=1, minutes=1)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(guest(world), tokens.refresh_token)


async def test_log_out_ends_this_sign_in_alone(world: World) -> None:
    phone, desk = await enter(world), await enter(world)
    assert await sign_ins.sign_out(bearer(world, phone))
    assert not await holds(world, phone) and await holds(world, desk)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(guest(world), phone.refresh_token)
    # Again it changes nothing.
    assert await sign_ins.sign_out(bearer(world, phone))
    assert [row.agent for row in await sign_ins.living(bearer(world, desk))] == [("Browser/1.0 " + "x" * 300)[:200]]


async def test_log_out_everywhere_ends_all_of_mine_and_nobody_elses(world: World) -> None:
    mine = [await enter(world) for _ in range(3)]
    other = await enter(world, "other")
    assert await sign_ins.sign_out_everywhere(bearer(world, mine[0])) == 3
    assert [await holds(world, tokens) for tokens in [*mine, other]] == [False, False, False, True]
    assert await sign_ins.sign_out_everywhere(bearer(world, mine[0])) == 0


async def test_nobody_ends_or_sees_the_sign_in_of_another(world: World) -> None:
    mine, other = await enter(world), await enter(world, "other")
    forged = Actor(world.people["other"].id, bearer(world, mine).actor.sign_in_id)
    with pytest.raises(NotFound):
        await sign_ins.sign_out(guest(world).by(forged))
    sign_in_id = bearer(world, mine).actor.sign_in_id
    assert sign_in_id is not None
    with pytest.raises(NotFound):
        await sign_ins.get(bearer(world, other), sign_in_id)
    assert (await sign_ins.get(bearer(world, mine), sign_in_id)).id == sign_in_id
    for call in (sign_ins.sign_out, sign_ins.sign_out_everywhere, sign_ins.living):
        with pytest.raises(Unauthenticated):
            await call(guest(world))
    assert await holds(world, mine)


async def test_a_new_password_ends_all_other_sign_ins(world: World) -> None:
    here, there = await enter(world), await enter(world)
    with pytest.raises(WrongCredentials):
        await accounts.change_password(bearer(world, here), "not-the-password", "another-password")
    assert await holds(world, there)
    await accounts.change_password(bearer(world, here), "password-of-somebody", "another-password")
    assert await holds(world, here) and not await holds(world, there)
    assert await sign_ins.refresh(guest(world), here.refresh_token)
    with pytest.raises(WrongCredentials):
        await sign_ins.refresh(guest(world), there.refresh_token)
    with pytest.raises(WrongCredentials):
        await sign_ins.sign_in(guest(world), "somebody", "password-of-somebody")
    assert await sign_ins.sign_in(guest(world), "somebody", "another-password")
