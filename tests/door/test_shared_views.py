"""Watchers who may see the same share one look and one frame; what concerns one of them concerns nobody else."""

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from picrete_gql.models import Attempt, Course, MemberStatus, Role, Work
from picrete_gql.resolvers import members, works
from picrete_gql.schema._door.groups import Group
from tests.door.conftest import Opener
from tests.door.porch import Porch, Wire

WORK = "subscription($id: ID!) { workChanged(id: $id) { id title attempts { nodes { id number } } } }"
MINE = "subscription($id: ID!) { workChanged(id: $id) { title myAttempts { id } } }"
FEED = "subscription($id: ID!) { workActivity(id: $id) { name } }"
TOO_SLOW = 4470


class Class:
    """A course with three teachers, one of whom is a student as well, and a work with an attempt of each student."""

    course: Course
    work: Work
    attempts: dict[str, Attempt]

    def __init__(self, porch: Porch) -> None:
        self.porch, self.world = porch, porch.world

    async def fill(self, slug: str) -> "Class":
        """Make it."""
        self.course = await self.world.course(slug, "head", ["ada", "bob", "assistant"])
        for name in ("second", "assistant"):
            await self.teach(name)
        self.work = await self.world.work(self.course, "head")
        self.attempts = {name: await self.world.start(name, self.work) for name in ("ada", "assistant")}
        return self

    async def teach(self, name: str) -> None:
        """Somebody becomes a teacher too."""
        who = await self.world.person(name)
        head = await self.world.person("head")
        code = (await members_code(head, self.course)).code
        await members.join(who, code, "")

    @property
    def id(self) -> str:
        """The work's global id."""
        return f"work_{self.work.id.hex}"

    async def rename(self, title: str) -> None:
        """A change that everybody sees."""
        await works.update(await self.world.person("head"), self.work.id, {"title": title})

    async def set_member(self, name: str, **facts: Any) -> None:
        """Change somebody's membership."""
        head = await self.world.person("head")
        async with self.world.runtime.sessions() as session:
            found = text("SELECT id FROM membership WHERE course_id = :c AND account_id = :a")
            account = self.world.people[name].id
            id = (await session.execute(found, {"c": self.course.id, "a": account})).scalar_one()
        await members.change(head, id, **facts)

    @property
    def groups(self) -> list[Group]:
        """The views that are followed now."""
        return list(self.porch.door.hall.groups.values())

    @asynccontextmanager
    async def watchers(self, *names: str, query: str = WORK) -> AsyncIterator[list[Wire]]:
        """Sockets of these people at the work, each with its first frame heard."""
        async with AsyncExitStack() as stack:
            found = [await stack.enter_async_context(self.porch.signed_in(name)) for name in names]
            for place, wire in enumerate(found):
                await wire.subscribe(query, f"op-{place}", variables={"id": self.id})
            for wire in found:
                assert (await wire.hear())["type"] == "next"
            yield found


async def members_code(head: Any, course: Course) -> Any:
    """An invite code for teachers."""
    from picrete_gql.resolvers import courses

    return await courses.rotate_invite(head, course.id, Role.TEACHER, None)


async def titled(wire: Wire, title: str) -> dict[str, Any]:
    """The first frame that shows a title."""
    while True:
        message = await wire.hear()
        assert message["type"] == "next", message
        if message["payload"]["data"]["workChanged"]["title"] == title:
            return message


async def silent(wire: Wire, seconds: float = 0.5) -> None:
    """Nothing comes."""
    with pytest.raises(TimeoutError):
        await wire.hear(seconds)


@pytest.fixture
async def room(porch: Porch, request: pytest.FixtureRequest) -> AsyncIterator[Class]:
    """A class of its own; at the end nobody follows anything."""
    slug = f"s{abs(hash(request.node.name)) % 10**12}"
    yield await Class(porch).fill(slug)
    async with asyncio.timeout(10):
        while porch.door.hall.groups:
            await asyncio.sleep(0.02)


async def test_teachers_share_one_look_and_one_frame(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    begin = Group._begin

    def counted(group: Group) -> None:
        nonlocal looks
        looks += 1
        begin(group)

    monkeypatch.setattr(Group, "_begin", counted)
    async with room.watchers(*["head", "second", "assistant"] * 3) as wires:
        assert [len(group.watchers) for group in room.groups] == [9]
        looks = 0
        for n in range(3):
            await room.rename(f"Changed {n}")
            heard = [await titled(wire, f"Changed {n}") for wire in wires]
            assert [message.pop("id") for message in heard] == [f"op-{place}" for place in range(9)]
            assert all(message == heard[0] for message in heard)
        assert looks == 3


async def test_students_do_not_share_with_teachers_nor_with_each_other(room: Class) -> None:
    async with room.watchers("head", "ada", "bob", "ada") as wires:
        assert sorted(len(group.watchers) for group in room.groups) == [1, 1, 2]
        await room.rename("All the same")
        seen = [(await titled(wire, "All the same"))["payload"]["data"]["workChanged"] for wire in wires]
        assert len(seen[0]["attempts"]["nodes"]) == 2
        assert [one["attempts"] for one in seen[1:]] == [None] * 3


async def test_what_depends_on_the_person_is_each_ones_own(room: Class) -> None:
    for _ in range(2):
        async with room.watchers("head", "assistant", "ada", query=MINE) as wires:
            assert [group.seat for group in room.groups] == [None] * 3
            await room.rename("Yours and mine")
            seen = [(await titled(wire, "Yours and mine"))["payload"]["data"]["workChanged"] for wire in wires]
            mine = [[attempt["id"] for attempt in one["myAttempts"]] for one in seen]
            own = {name: [f"attempt_{attempt.id.hex}"] for name, attempt in room.attempts.items()}
            assert mine == [[], own["assistant"], own["ada"]]
        await room.rename("Before")


async def test_languages_and_variables_are_not_mixed(room: Class) -> None:
    async with room.porch.socket(additional_headers={"accept-language": "en"}) as english:
        await english.init(await room.porch.bearer("head"))
        await english.subscribe(WORK, variables={"id": room.id})
        await english.hear()
        async with room.watchers("head"):
            assert len(room.groups) == 2


@pytest.mark.parametrize("silently", [False, True], ids=["told", "not told"])
async def test_who_loses_the_right_is_shown_out_alone(room: Class, silently: bool) -> None:
    async with room.watchers("head", "second") as (head, second):
        if silently:
            # Nothing rings; the next look asks who may see it.
            async with room.world.runtime.sessions() as session:
                gone = text("UPDATE membership SET status = 'suspended' WHERE course_id = :c AND account_id = :a")
                await session.execute(gone, {"c": room.course.id, "a": room.world.people["second"].id})
                await session.commit()
            await room.rename("Not for everybody")
        else:
            await room.set_member("second", status=MemberStatus.SUSPENDED)
        message = await second.hear(3)
        assert message["type"] == "error" and message["payload"][0]["extensions"]["code"] == "NOT_FOUND"
        await room.rename("For those who stay")
        await titled(head, "For those who stay")
        await silent(second)


async def test_a_teacher_who_becomes_a_student_goes_on_as_one(room: Class) -> None:
    async with room.watchers("head", "assistant") as (head, assistant):
        await room.set_member("assistant", roles=[Role.STUDENT])
        data = (await assistant.hear())["payload"]["data"]["workChanged"]
        assert data["attempts"] is None and data["title"] == room.work.title
        await room.rename("Next")
        assert (await titled(assistant, "Next"))["payload"]["data"]["workChanged"]["attempts"] is None
        assert (await titled(head, "Next"))["payload"]["data"]["workChanged"]["attempts"]["nodes"]


async def test_a_newcomer_sees_the_present_and_troubles_nobody(room: Class) -> None:
    async with room.watchers("head") as (head,):
        # A change that rings nowhere: the newcomer sees it all the same.
        async with room.world.runtime.sessions() as session:
            changed = text("UPDATE work SET title = 'Silently' WHERE id = :id")
            await session.execute(changed, {"id": room.work.id})
            await session.commit()
        async with room.porch.signed_in("second") as second:
            await second.subscribe(WORK, variables={"id": room.id})
            assert (await second.hear())["payload"]["data"]["workChanged"]["title"] == "Silently"
            assert len(room.groups) == 1
            await silent(head)


async def test_a_broken_view_ends_alone(room: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    async with room.watchers("head", "second") as wires:
        for wire in wires:
            await wire.subscribe(WORK.replace("number", "status"), "bad", variables={"id": room.id})
            await wire.hear_of("bad")
        [broken] = [group for group in room.groups if "status" in group.operation.text]

        async def fails(seat: Any) -> None:
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr(broken, "_ask_who_sits", fails)
        await room.rename("After the fault")
        for place, wire in enumerate(wires):
            message = await wire.hear_of("bad")
            while message["type"] == "next":
                message = await wire.hear_of("bad")
            assert message["payload"][0]["extensions"]["code"] == "INTERNAL"
            await wire.subscribe(WORK.replace("number", "status"), "bad", variables={"id": room.id})
            assert (await wire.hear_of("bad"))["type"] == "next"
            await room.rename(f"Later {place}")
            while (await wire.hear_of(f"op-{place}"))["payload"]["data"]["workChanged"]["title"] != f"Later {place}":
                pass


async def test_feeds_are_not_shared(room: Class) -> None:
    async with room.porch.signed_in("head") as one, room.porch.signed_in("second") as other:
        for wire in (one, other):
            await wire.subscribe(FEED, variables={"id": room.id})
        await asyncio.sleep(0.3)
        assert room.groups == []
        for n in range(3):
            await room.rename(f"Told {n}")
        for wire in (one, other):
            names = [(await wire.hear())["payload"]["data"]["workActivity"]["name"] for _ in range(3)]
            assert names == ["work.changed"] * 3


async def test_who_does_not_listen_delays_nobody_and_is_closed(opener: Opener) -> None:
    async with opener(http={"socket_stall_seconds": 1.5}) as porch:
        room = await Class(porch).fill("slow")
        await works.update(await room.world.person("head"), room.work.id, {"description": "x" * 20_000})
        query = WORK.replace("title", "title description")
        async with room.watchers("head", query=query) as (head,), narrow(porch, "second") as slow:
            await slow.subscribe(query, variables={"id": room.id})
            await slow.hear()
            slow.connection.transport.pause_reading()
            loop, waits = asyncio.get_running_loop(), []
            [group] = room.groups
            [watcher] = [one for one in group.watchers if one.account_id == porch.world.people["second"].id]
            protocol = watcher.socket.wire._protocol
            largest, stuck, n = 0, 0, 0
            async with asyncio.timeout(60):
                while watcher in group.watchers:
                    began = loop.time()
                    await room.rename(f"Change {n}")
                    await titled(head, f"Change {n}")
                    waits.append(loop.time() - began)
                    largest = max(largest, protocol.transport.get_write_buffer_size())
                    stuck += watcher.pending is not None
                    n += 1
            assert stuck and largest < 2 * 25_000, "one frame in the transport, one that waits, and no more"
            assert max(waits) < 1
            assert (await closing(slow))[0] == TOO_SLOW
            await room.rename("Still here")
            await titled(head, "Still here")


@asynccontextmanager
async def narrow(porch: Porch, name: str) -> AsyncIterator[Wire]:
    """A socket whose kernel holds little."""
    made = sockets.socket()
    made.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", int(porch.url.rpartition(":")[2])))
    made.setblocking(False)
    async with porch.socket(sock=made) as wire:
        await wire.init(await porch.bearer(name))
        yield wire


async def closing(wire: Wire) -> tuple[int, str]:
    """Listen again, and hear how it ended."""
    wire.connection.transport.resume_reading()
    return await wire.closed()
