"""Open sockets end with what they stand on: the account, the sign-in, the password; over real HTTP and WebSocket."""

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest

from picrete_gql.commands.client import Client, Closed, Refused, Socket
from tests.support.house import PASSWORD, House

WAIT = 20
ME = "{ me { id username } }"


async def ended(socket: Socket, stream: Any) -> int | None:
    """The code that the server closes a socket with; its subscription may be told first that it is over."""
    with suppress(Refused, Closed):
        async for _ in stream:
            pass
    async with asyncio.timeout(WAIT):
        await socket.connection.wait_closed()
    return socket.connection.close_code


async def again(house: House, username: str, password: str) -> Client:
    """One more sign-in of somebody."""
    client = house.client()
    await client.sign_in(username, password)
    return client


async def watching(teacher: Client, course: str, *clients: Client) -> Any:
    """An open socket of each, watching a feed that stays silent."""
    stack = AsyncExitStack()
    readers = []
    for client in clients:
        socket = await stack.enter_async_context(client.socket())
        stream = socket.watch("subscription($id: ID!) { courseActivity(id: $id) { name } }", id=course)
        readers.append(asyncio.create_task(ended(socket, stream)))
    # The feed tells each that it is hung: whatever ends it comes later.
    await teacher.do("courseUpdate", "course { id }", {"id": course, "title": "Химия"})
    await asyncio.sleep(0.3)
    assert not any(reader.done() for reader in readers)
    return stack, readers


async def test_sockets_end_with_what_they_stand_on(house: House) -> None:
    admin, teacher = await house.admin(), await house.person("teacher")
    me = (await teacher.run(ME))["me"]["id"]
    made = await admin.do("courseCreate", "course { id }", {"slug": "chem", "title": "Химия", "teacherId": me})
    course = made["course"]["id"]

    async def enter() -> Client:
        return await again(house, "teacher", "password-of-teacher")

    first, second, third = await enter(), await enter(), await enter()
    stack, (one, two, three) = await watching(teacher, course, first, second, third)
    assert (await first.do("signOut", "ended", {}))["ended"] == 1
    assert await one == 4401 and not two.done() and not three.done()
    with pytest.raises(Refused):
        await first.run("{ signIns { id } }")

    changed = {"current": "password-of-teacher", "new": "another-password"}
    await second.do("passwordChange", "account { id }", changed)
    assert await three == 4401 and not two.done()
    assert (await second.do("signOut", "ended", {"everywhere": True}))["ended"] >= 1
    assert await two == 4401
    await stack.aclose()

    teacher = await again(house, "teacher", "another-password")
    stack, (open_one, of_admin) = await watching(teacher, course, teacher, admin)
    await admin.do("accountUpdate", "account { isActive }", {"id": me, "isActive": False})
    assert await open_one == 4401 and not of_admin.done()
    assert (await teacher.raw(ME))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    with pytest.raises(Refused) as refused:
        await again(house, "teacher", "another-password")
    assert refused.value.code == "UNAUTHENTICATED"
    with pytest.raises(Closed) as closed:
        async with teacher.socket():
            pass
    assert closed.value.code == 4403
    of_admin.cancel()
    await asyncio.gather(of_admin, return_exceptions=True)
    await stack.aclose()

    # The way back: the account is opened again, old tokens stay dead.
    await admin.do("accountUpdate", "account { isActive }", {"id": me, "isActive": True})
    assert (await teacher.raw(ME))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    fresh = await again(house, "teacher", "another-password")
    assert (await fresh.run(ME))["me"]["username"] == "teacher"
    assert PASSWORD not in str(await fresh.run(ME))
