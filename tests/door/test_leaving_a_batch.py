"""Whoever goes away while something is looked up for many together leaves the others and the next ones unharmed."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace

import pytest

from picrete_gql.call import Actor, Context
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import read_access
from picrete_gql.schema._door import roll
from picrete_gql.schema._words import batch
from tests.door.porch import Porch


async def test_a_look_up_that_nobody_waits_for_any_more(porch: Porch) -> None:
    async def same(context: Context, keys: Sequence[int]) -> list[int]:
        return list(keys)

    info = SimpleNamespace(context=Context(porch.runtime))
    for turns in range(6):
        gone = asyncio.create_task(batch(info, same, 1))
        for _ in range(turns):
            await asyncio.sleep(0)
        gone.cancel()
        async with asyncio.timeout(5):
            assert await asyncio.gather(batch(info, same, 2), batch(info, same, 3)) == [2, 3], turns


async def test_sign_ins_are_looked_after_when_a_socket_is_lost_at_any_moment(
    porch: Porch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roll, "TOGETHER_SECONDS", 1e-9)
    token = await porch.token("lost")
    access = read_access(porch.runtime.settings.auth, token, porch.clock())
    assert access is not None
    here = Context(porch.runtime, Actor(access.account_id, access.sign_in_id))
    await sign_ins.sign_out(here)
    looked, later = roll.Roll(porch.runtime), porch.clock() + timedelta(hours=1)
    for turns in range(12):
        gone = asyncio.create_task(looked.ended(here, later))
        for _ in range(turns):
            await asyncio.sleep(0)
        gone.cancel()
        async with asyncio.timeout(5):
            await looked.ended(here, later)
