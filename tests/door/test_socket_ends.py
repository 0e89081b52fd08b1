"""Sockets that leave in every way there is, and any frames at all: nothing stays, every code is the protocol's."""

import asyncio
import json
import logging

import pytest
import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.door.porch import Porch
from tests.door.test_sockets import WATCH, watched

LEAVING = ("close", "cut", "mid-frame")


@pytest.mark.parametrize("how", LEAVING)
async def test_whoever_leaves_leaves_nothing_behind(porch: Porch, how: str, caplog: pytest.LogCaptureFixture) -> None:
    attempt = await watched(porch, f"leave-{LEAVING.index(how)}")
    before = len(porch.runtime.gateways.bus.bells)
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            await leave(porch, attempt, how)
        async with asyncio.timeout(10):
            while len(porch.runtime.gateways.bus.bells) > before or operations():
                await asyncio.sleep(0.05)
    assert not [record for record in caplog.records if record.exc_info], caplog.text


async def leave(porch: Porch, attempt: str, how: str) -> None:
    """Open a socket with some operations on it, and go."""
    async with porch.socket() as wire:
        await wire.init(await porch.bearer("student"))
        for n in range(3):
            await wire.subscribe(WATCH, str(n), variables={"id": attempt})
        await wire.hear()
        if how == "mid-frame":
            wire.connection.transport.write(b"\x81\xfe\x10")
        if how != "close":
            wire.connection.transport.abort()


def operations() -> list[str]:
    """The operations of sockets that still run in this process."""
    return [task.get_name() for task in asyncio.all_tasks() if "run_operation" in repr(task.get_coro())]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["connection_init", "ping", "pong", "subscribe", "complete", "next", "error", "stop"])
FRAMES = (
    st.fixed_dictionaries(
        {}, optional={"type": KINDS | VALUES, "id": st.text(max_size=3) | VALUES, "payload": VALUES}
    ).map(json.dumps)
    | VALUES.map(json.dumps)
    | st.text(max_size=50)
    | st.binary(max_size=50)
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.lists(FRAMES, min_size=1, max_size=4), greet=st.booleans())
async def test_any_frames_end_in_an_answer_or_a_code_of_the_protocol(
    porch: Porch, frames: list[str | bytes], greet: bool
) -> None:
    async with porch.socket() as wire:
        if greet:
            await wire.init()
        try:
            for frame in frames:
                await wire.connection.send(frame)
            await wire.say(type="pong")
            await wire.say(type="nonsense")
        except websockets.ConnectionClosed:
            pass
        code, reason = await wire.closed()
        assert code in {4400, 4401, 4403, 4408, 4409, 4429}, (frames, code, reason)


async def test_text_that_is_not_utf8_closes_with_1007(porch: Porch, caplog: pytest.LogCaptureFixture) -> None:
    async with porch.socket() as wire:
        wire.connection.protocol.send_text(b"\xff\xfe", fin=True)
        wire.connection.transport.write(b"".join(wire.connection.protocol.data_to_send()))
        assert (await wire.closed())[0] == 1007
