"""How often one may try: per name and address and per address, with Redis and without it."""

import asyncio
from typing import Any

import pytest

from picrete_gql.call import Context
from picrete_gql.gateways.limiter import Limiter
from picrete_gql.main import open_runtime
from picrete_gql.problems import Code, Problem, RateLimited
from picrete_gql.resolvers import accounts, members, sign_ins
from picrete_gql.rules.accounts import WrongCredentials
from picrete_gql.runtime import Runtime
from picrete_gql.settings import Limits, Settings
from tests.resolvers.test_accounts_sign_up import AGREED, person
from tests.support.house import free_port
from tests.support.world import World

TRIES, PER_IP = Limits().sign_in_tries, Limits().sign_in_tries_per_ip


def strict(runtime: Runtime) -> Runtime:
    """The limits of production."""
    runtime.settings.limits = Limits()
    return runtime


async def outcome(call: Any) -> str:
    """`done`, or the code of the refusal."""
    try:
        await call
    except Problem as problem:
        return problem.code.value
    return "done"


async def knock(runtime: Runtime, name: str, ip: str, times: int) -> list[str]:
    """Wrong passwords, one after the other."""
    context = Context(runtime, ip=ip)
    return [await outcome(sign_ins.sign_in(context, name, "wrong-password")) for _ in range(times)]


def test_the_numbers_are_those_of_the_specification() -> None:
    assert (TRIES, PER_IP) == (10, 100)


async def test_ten_tries_a_minute_for_a_name_at_an_address(world: World) -> None:
    runtime = strict(world.runtime)
    assert await knock(runtime, "victim", "10.0.0.1", TRIES) == ["UNAUTHENTICATED"] * TRIES
    with pytest.raises(RateLimited) as caught:
        await sign_ins.sign_in(Context(runtime, ip="10.0.0.1"), "victim", "wrong-password")
    assert 1 <= caught.value.retry_after <= 60 and caught.value.code is Code.RATE_LIMITED
    # In other letters' case it is the same name; another name or address is not.
    assert await knock(runtime, "VICTIM", "10.0.0.1", 1) == ["RATE_LIMITED"]
    assert await knock(runtime, "neighbour", "10.0.0.1", 1) == ["UNAUTHENTICATED"]
    assert await knock(runtime, "victim", "10.0.0.2", 1) == ["UNAUTHENTICATED"]


async def test_the_right_password_does_not_get_through_either(world: World) -> None:
    await world.person("victim")
    runtime = strict(world.runtime)
    await knock(runtime, "victim", "10.0.0.1", TRIES)
    with pytest.raises(RateLimited):
        await sign_ins.sign_in(Context(runtime, ip="10.0.0.1"), "victim", "password-of-victim")
    assert await sign_ins.sign_in(Context(runtime, ip="10.0.0.9"), "victim", "password-of-victim")


async def test_a_hundred_tries_a_minute_for_an_address(world: World) -> None:
    runtime = strict(world.runtime)
    runtime.settings.auth.argon2_memory_kib = 8
    codes = [code for n in range(PER_IP + 5) for code in await knock(runtime, f"name-{n}", "10.0.0.1", 1)]
    assert codes == ["UNAUTHENTICATED"] * PER_IP + ["RATE_LIMITED"] * 5
    assert await knock(runtime, "name-1", "10.0.0.2", 1) == ["UNAUTHENTICATED"]


async def test_sign_up_refresh_join_and_password_change_are_counted_each_by_itself(world: World) -> None:
    who = await world.person("somebody")
    runtime = strict(world.runtime)
    guest = Context(runtime, ip="10.0.0.1")
    tries: dict[str, Any] = {
        "sign-up": lambda: accounts.sign_up(guest, person(name=""), **AGREED),
        "refresh": lambda: sign_ins.refresh(guest, "rt_nothing"),
        "join": lambda: members.join(who, "NO-STUD-ABCD2345", ""),
        "password": lambda: accounts.change_password(who, "wrong-password", "another-password"),
    }
    for name, attempt in tries.items():
        codes = [await outcome(attempt()) for _ in range(TRIES + 1)]
        assert codes[-1] == "RATE_LIMITED" and "RATE_LIMITED" not in codes[:-1], (name, codes)


async def test_many_processes_count_together(world: World, settings: Settings) -> None:
    strict(world.runtime)
    other = strict(open_runtime(settings.model_copy(deep=True)))
    codes = await knock(world.runtime, "victim", "10.0.0.1", 6) + await knock(other, "victim", "10.0.0.1", 6)
    assert codes.count("UNAUTHENTICATED") == TRIES and codes[-2:] == ["RATE_LIMITED"] * 2
    await other.close()


async def test_tries_at_once_are_all_counted(world: World) -> None:
    runtime = strict(world.runtime)
    codes = [code for [code] in await asyncio.gather(*(knock(runtime, "victim", "10.0.0.1", 1) for _ in range(30)))]
    assert codes.count("UNAUTHENTICATED") == TRIES and codes.count("RATE_LIMITED") == 20


async def test_without_redis_each_process_counts_alone(world: World, settings: Settings) -> None:
    """The choice: the limit holds once per process, and nobody is locked out because Redis is away."""
    dead = settings.model_copy(deep=True)
    dead.redis.url = f"redis://127.0.0.1:{free_port()}/0"
    await world.person("victim")
    one, two = (strict(open_runtime(dead.model_copy(deep=True))) for _ in range(2))
    for runtime in (one, two):
        assert await knock(runtime, "victim", "10.0.0.1", TRIES) == ["UNAUTHENTICATED"] * TRIES
        assert await knock(runtime, "victim", "10.0.0.1", 2) == ["RATE_LIMITED"] * 2
        guest = Context(runtime, ip="10.0.0.2")
        assert await sign_ins.sign_in(guest, "victim", "password-of-victim")
        await runtime.close()


async def test_the_window_ends(world: World) -> None:
    for limiter in (Limiter(world.runtime.gateways.redis), Limiter(open_dead())):
        assert [await limiter.hit("window", 2, 0.3) for _ in range(3)][:2] == [None, None]
        assert await limiter.hit("window", 2, 0.3) == 1
        await asyncio.sleep(0.35)
        assert await limiter.hit("window", 2, 0.3) is None


def open_dead() -> Any:
    """A client of a Redis that is not there."""
    from redis.asyncio import Redis

    return Redis(port=free_port(), socket_connect_timeout=1)


async def test_a_wrong_password_is_wrong_also_without_redis(world: World, settings: Settings) -> None:
    dead = settings.model_copy(deep=True)
    dead.redis.url = f"redis://127.0.0.1:{free_port()}/0"
    runtime = open_runtime(dead)
    await world.person("victim")
    with pytest.raises(WrongCredentials):
        await sign_ins.sign_in(Context(runtime), "victim", "wrong-password")
    await runtime.close()
