"""graphql-transport-ws as it is written: who is let in, and with which code the others are shown out.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio

import pytest
import websockets

from picrete_gql.commands.client import Client, Closed
from picrete_gql.resolvers import accounts
from tests.attempts.steps import TEACHER, class_of, eventually
from tests.live.conftest import Site

TIME = "{ serverTime }"
MINE = "{ me { username } }"
WATCH = "subscription($id: ID!) { attemptChanged(id: $id) { status } }"


@pytest.mark.parametrize("token", ["nonsense", "", "a.b.c", None, 7, {"a": 1}], ids=repr)
async def test_a_bad_token_is_forbidden(site: Site, token: object) -> None:
    async with site.raw() as socket:
        given = f"Bearer {token}" if isinstance(token, str) else token
        await socket.say({"type": "connection_init", "payload": {"authorization": given}})
        if token is None:
            assert (await socket.hear())["type"] == "connection_ack", "no token at all is a guest"
        else:
            assert await socket.closed() == (4403, "Forbidden")


async def test_a_token_that_is_over_is_forbidden(site: Site) -> None:
    token = await site.token("ada", seconds=-1)
    async with site.raw() as socket:
        await socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        assert await socket.closed() == (4403, "Forbidden")


async def test_when_the_token_ends_the_open_socket_ends(site: Site) -> None:
    _, work = await class_of(site.world, "ada")
    attempt = await site.world.start("ada", work)
    token = await site.token("ada", seconds=1.5)
    async with site.raw() as socket:
        await socket.sign_in(token)
        await socket.watch("1", WATCH, id=f"attempt_{attempt.id.hex}")
        assert (await socket.hear())["payload"]["data"]["attemptChanged"]["status"] == "ACTIVE"
        assert await socket.closed() == (4401, "Unauthorized")
    await eventually(lambda: _no_bells(site))


async def _no_bells(site: Site) -> bool:
    return site.bells() == {}


async def test_signing_out_ends_this_sign_ins_sockets_at_once_and_no_others(site: Site) -> None:
    one, other = await site.client("ada"), await site.client("ada")
    async with one.socket() as ending, other.socket() as staying:
        await one.do("signOut", "ended", {})
        await eventually(lambda: _is_closed(ending.connection))
        assert ending.connection.close_code == 4401
        assert [data async for data in staying.watch(MINE)] == [{"me": {"username": "ada"}}]
        await other.do("signOut", "ended", {"everywhere": True})
        await eventually(lambda: _is_closed(staying.connection))
    with pytest.raises(Closed) as refused:
        async with other.socket():
            pass
    assert refused.value.code == 4403


async def _is_closed(connection: websockets.ClientConnection) -> bool:
    return connection.close_code is not None


async def test_closing_an_account_ends_its_sockets_at_once(site: Site) -> None:
    ada, bob = await site.client("ada"), await site.client("bob")
    async with ada.socket() as ending, bob.socket() as staying:
        await accounts.administer(site.world.system, site.world.people["ada"].id, is_active=False)
        await eventually(lambda: _is_closed(ending.connection))
        assert ending.connection.close_code == 4401
        assert [data async for data in staying.watch(TIME)]


async def test_a_ping_is_answered_with_its_payload(site: Site) -> None:
    async with site.raw() as socket:
        await socket.sign_in()
        for message in ({"type": "ping"}, {"type": "ping", "payload": {"n": 1}}):
            await socket.say(message)
            assert await socket.hear() == {**message, "type": "pong"}
        await socket.say({"type": "pong"})
        await socket.say({"type": "pong", "payload": {"n": 2}})
        await socket.watch("1", TIME)
        assert (await socket.hear())["type"] == "next", "an unasked pong does no harm"


@pytest.mark.parametrize("protocol", ["graphql-ws", "chat"])
async def test_another_protocol_is_not_spoken(site: Site, protocol: str) -> None:
    with pytest.raises((websockets.InvalidHandshake, websockets.ConnectionClosed)) as refused:
        async with site.raw(protocol=protocol) as socket:
            await socket.say({"type": "connection_init"})
            await socket.connection.recv()
    if isinstance(refused.value, websockets.ConnectionClosed):
        assert refused.value.rcvd is not None and refused.value.rcvd.code == 4406


async def test_a_second_init_is_too_many(site: Site) -> None:
    async with site.raw() as socket:
        await socket.sign_in((await site.client("ada")).token)
        await socket.say({"type": "connection_init"})
        assert (await socket.closed())[0] == 4429


async def test_a_subscribe_before_the_init_is_unauthorised(site: Site) -> None:
    async with site.raw() as socket:
        await socket.watch("1", TIME)
        assert (await socket.closed())[0] == 4401


async def test_an_id_in_use_cannot_be_used_again_but_a_finished_one_can(site: Site) -> None:
    _, work = await class_of(site.world, "ada")
    attempt = await site.world.start("ada", work)
    student = await site.client("ada")
    async with site.raw() as socket:
        await socket.sign_in(student.token)
        for _ in range(2):
            await socket.watch("1", TIME)
            assert [(await socket.hear())["type"] for _ in range(2)] == ["next", "complete"]
        await socket.watch("1", WATCH, id=f"attempt_{attempt.id.hex}")
        assert (await socket.hear())["type"] == "next"
        await socket.watch("1", TIME)
        assert await socket.closed() == (4409, "Subscriber for 1 already exists")
    await eventually(lambda: _no_bells(site))


@pytest.mark.parametrize("frame", ["no json", "[]", "null", "7", '{"type": "unknown"}', "{}", '{"type": 1}'])
async def test_what_is_no_message_closes_the_socket(site: Site, frame: str) -> None:
    async with site.raw() as socket:
        await socket.sign_in()
        await socket.say(frame)
        assert (await socket.closed())[0] == 4400


async def test_who_says_nothing_is_not_waited_for_long(site: Site) -> None:
    async with site.raw() as silent, site.raw() as pinging:
        await pinging.say({"type": "ping"})
        assert (await pinging.hear())["type"] == "pong"
        codes = await asyncio.gather(silent.closed(30), pinging.closed(30))
    assert [code for code, _ in codes] == [4408, 4408]


async def test_one_socket_carries_queries_mutations_and_errors_side_by_side(site: Site) -> None:
    await class_of(site.world, "ada")
    teacher = await site.client(TEACHER)
    async with site.raw() as socket:
        await socket.sign_in(teacher.token)
        await socket.watch("good", MINE)
        await socket.watch("bad", "{ nothing }")
        await socket.watch("worse", "{ me {")
        await socket.watch("gone", WATCH, id="attempt_" + "0" * 32)
        found: dict[str, list[str]] = {}
        while sum(len(types) for types in found.values()) < 5:
            message = await socket.hear()
            found.setdefault(message["id"], []).append(message["type"])
        assert found["good"] == ["next", "complete"]
        assert found["bad"] == found["worse"] == ["error"]
        assert found["gone"][0] in ("error", "next")
        await socket.watch("again", TIME)
        assert (await socket.hear())["id"] in ("again", "gone")


async def test_a_guest_may_ask_what_guests_may(site: Site) -> None:
    async with Client(site.url).socket() as socket:
        [data] = [data async for data in socket.watch(TIME)]
        assert data["serverTime"]
