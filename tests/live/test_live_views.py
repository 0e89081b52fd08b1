"""Live views over real sockets: the present state first, every final state, and the end when the right ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from picrete_gql.commands.client import Client, Refused, Socket
from picrete_gql.models import Attempt, MemberStatus, Role
from picrete_gql.paging import Ask
from picrete_gql.resolvers import attempts, courses, members
from tests import images
from tests.attempts.steps import TEACHER, away, change, class_of, eventually
from tests.live.conftest import Site
from tests.servers.stack import Servers

ATTEMPT = """subscription($id: ID!) { attemptChanged(id: $id) { status expiresAt
  photos { number status reading { text } review { verdict } }
  submission { status ocrStatus precheckStatus version grade { finalPoints } proposal { points } } } }"""
WORK = """subscription($id: ID!) { workChanged(id: $id) { status
  attempts { nodes { status student { username } submission { status } } } } }"""
FEED = "subscription($id: ID!, $after: String) { workActivity(id: $id, after: $after) { cursor name attemptId } }"


class View:
    """One subscription and what it has shown so far."""

    def __init__(self, stream: AsyncIterator[dict[str, Any]]) -> None:
        self.stream, self.shown = stream, []

    async def until(self, done: Callable[[Any], Any], seconds: float = 30) -> Any:
        """The first state for which `done` holds."""
        async with asyncio.timeout(seconds):
            async for data in self.stream:
                [state] = data.values()
                self.shown.append(state)
                if done(state):
                    return state
        raise AssertionError(f"the view ended: {self.shown}")

    async def refusal(self, seconds: float = 10) -> str:
        """The code with which the view ends."""
        with pytest.raises(Refused) as ended:
            await self.until(lambda state: False, seconds)
        return ended.value.code


def view(socket: Socket, query: str, id: str, **variables: Any) -> View:
    return View(socket.watch(query, id=id, **variables))


async def attempt_of(site: Site, name: str = "ada") -> tuple[Any, Attempt, Client]:
    """A work, an attempt at it, and its student at the door."""
    _, work = await class_of(site.world, name, "bob")
    return work, await site.world.start(name, work), await site.client(name)


async def test_every_step_reaches_student_and_teacher(site: Site) -> None:
    work, attempt, student = await attempt_of(site)
    teacher, id = await site.client(TEACHER), f"attempt_{attempt.id.hex}"
    async with student.socket() as mine, teacher.socket() as theirs:
        own, seen, all_of = (
            view(mine, ATTEMPT, id),
            view(theirs, ATTEMPT, id),
            view(theirs, WORK, f"work_{work.id.hex}"),
        )
        for state in (await own.until(bool), await seen.until(bool)):
            assert (state["status"], state["photos"], state["submission"]) == ("ACTIVE", [], None)
        assert [node["status"] for node in (await all_of.until(bool))["attempts"]["nodes"]] == ["ACTIVE"]
        photo = await student.upload(id, "page.jpg", images.jpeg(images.page()), "id")
        for each in (own, seen):
            await each.until(lambda a: [p["status"] for p in a["photos"]] == ["PENDING"])
        await teacher.do("attemptExtend", "attempt { id }", {"id": id, "minutes": 7})
        longer = (attempt.expires_at + timedelta(minutes=7)).isoformat()
        await own.until(lambda a: a["expiresAt"] == longer)
        await student.do("attemptSubmit", "attempt { id }", {"id": id})
        await site.world.jobs()
        for each in (own, seen):
            state = await each.until(lambda a: a["submission"]["ocrStatus"] == "IN_REVIEW")
            assert state["status"] == "SUBMITTED" and state["photos"][0]["reading"]["text"]
        await student.do("pageApprove", "photo { id }", {"id": photo["id"]})
        await student.do("reviewFinalise", "submission { id }", {"attemptId": id, "decision": "SUBMIT"})
        await site.world.jobs()
        submission = (await seen.until(lambda a: a["submission"]["status"] == "PRELIMINARY"))["submission"]
        assert submission["proposal"]["points"] == "8.00"
        mine_now = await own.until(lambda a: a["submission"]["status"] == "PRELIMINARY")
        assert (mine_now["submission"]["proposal"], mine_now["submission"]["grade"]) == (None, None)
        found = await teacher.run("query($id: ID!) { attempt(id: $id) { submission { id } } }", id=id)
        approval = {"submissionId": found["attempt"]["submission"]["id"], "version": submission["version"]}
        await teacher.do("gradeApprove", "submission { id }", approval)
        for each in (own, seen):
            state = await each.until(lambda a: a["submission"]["grade"])
            assert state["status"] == "GRADED"
        await all_of.until(lambda w: (w["attempts"]["nodes"][0]["submission"] or {}).get("status") == "APPROVED")


async def test_a_deadline_is_seen_by_whoever_watches(site: Site) -> None:
    site.world.runtime.settings.auth.access_minutes = 120
    _, attempt, student = await attempt_of(site)
    async with student.socket() as socket:
        own = view(socket, ATTEMPT, f"attempt_{attempt.id.hex}")
        await own.until(lambda a: a["status"] == "ACTIVE")
        site.world.clock.forward(minutes=61)
        await attempts.expire_due(site.world.system)
        assert (await own.until(lambda a: a["status"] == "EXPIRED"))["submission"]["status"] == "PRELIMINARY"


async def suspended(site: Site, course_id: Any, name: str) -> None:
    """The teacher shuts somebody out."""
    teacher = await site.world.person("second")
    [page] = await members.of_courses(teacher, [course_id], Ask())
    found = next(member for member in page.rows if member.account_id == site.world.people[name].id)
    await members.change(teacher, found.id, status=MemberStatus.SUSPENDED)


async def closed(site: Site, course_id: Any, name: str) -> None:
    """The course is closed for everybody."""
    await courses.set_active(site.world.system, course_id, is_active=False)


async def left(site: Site, course_id: Any, name: str) -> None:
    """They go by themselves."""
    await members.leave(await site.world.person(name), course_id)


@pytest.mark.parametrize("how", [suspended, closed, left])
async def test_losing_the_right_to_see_ends_every_view_at_once(
    site: Site, how: Callable[[Site, Any, str], Awaitable[None]]
) -> None:
    work, attempt, student = await attempt_of(site)
    rotated = await courses.rotate_invite(await site.world.person(TEACHER), work.course_id, Role.TEACHER, None)
    await members.join(await site.world.person("second"), rotated.code, "")
    teacher = await site.client(TEACHER)
    attempt_id, work_id = f"attempt_{attempt.id.hex}", f"work_{work.id.hex}"
    async with student.socket() as mine, teacher.socket() as theirs:
        students = [view(mine, ATTEMPT, attempt_id), view(mine, WORK, work_id)]
        teachers = [view(theirs, ATTEMPT, attempt_id), view(theirs, WORK, work_id)]
        for each in (*students, *teachers):
            await each.until(bool)
        feed = view(theirs, FEED, work_id, after=None)
        waiting = asyncio.create_task(feed.refusal())
        await eventually(lambda: _hangs(site, str(work.id), 3))
        for name, views in (("ada", students), (TEACHER, teachers)):
            if how is not closed or name == "ada":
                await how(site, work.course_id, name)
            assert [await each.refusal() for each in views] == ["NOT_FOUND"] * 2
        assert await waiting == "NOT_FOUND"
    await eventually(lambda: _no_bells(site))


async def _hangs(site: Site, id: str, count: int) -> bool:
    return site.bells().get(id) == count


async def _no_bells(site: Site) -> bool:
    return site.bells() == {}


async def test_what_was_never_open_is_not_there(site: Site) -> None:
    work, attempt, student = await attempt_of(site)
    bob, stranger = await site.client("bob"), await site.client("stranger")
    for client in (bob, stranger):
        async with client.socket() as socket:
            assert await view(socket, ATTEMPT, f"attempt_{attempt.id.hex}").refusal() == "NOT_FOUND"
            assert await view(socket, FEED, f"work_{work.id.hex}", after=None).refusal() == "NOT_FOUND"
    async with Client(site.url).socket() as socket:
        assert await view(socket, ATTEMPT, f"attempt_{attempt.id.hex}").refusal() == "UNAUTHENTICATED"
    async with student.socket() as socket:
        assert await view(socket, ATTEMPT, f"work_{work.id.hex}").refusal() == "INVALID_INPUT"


@pytest.mark.parametrize("how", ["complete", "close", "cut"])
async def test_a_view_that_ends_lets_go_of_its_bells(site: Site, how: str) -> None:
    work, attempt, student = await attempt_of(site)
    async with site.raw() as socket:
        await socket.sign_in(student.token)
        await socket.watch("1", ATTEMPT, id=f"attempt_{attempt.id.hex}")
        await socket.watch("2", WORK, id=f"work_{work.id.hex}")
        for _ in range(2):
            assert (await socket.hear())["type"] == "next"
        assert site.bells()[str(attempt.id)] == site.bells()[str(work.id)] == 1
        if how == "complete":
            for id in ("1", "2"):
                await socket.say({"id": id, "type": "complete"})
            await eventually(lambda: _hangs_not(site, attempt, work))
        elif how == "close":
            await socket.connection.close()
        else:
            socket.connection.transport.abort()
    await eventually(lambda: _no_bells(site))


async def _hangs_not(site: Site, attempt: Attempt, work: Any) -> bool:
    return not {str(attempt.id), str(work.id)} & site.bells().keys()


async def test_a_lost_ring_is_healed_by_the_event_table(site: Site) -> None:
    """Another process commits and dies before it rings, or Redis drops the message."""
    _, attempt, student = await attempt_of(site)
    async with student.socket() as socket:
        own = view(socket, ATTEMPT, f"attempt_{attempt.id.hex}")
        await own.until(bool)
        await change(
            site.world,
            "WITH changed AS (UPDATE attempt SET extra_minutes = 5, expires_at = expires_at + interval '5 minutes'"
            " WHERE id = :id RETURNING *) INSERT INTO event (name, at, door, course_id, work_id, attempt_id, data)"
            " SELECT 'attempt.extended', now(), 'web', course_id, work_id, id, '{}' FROM changed",
            id=attempt.id,
        )
        later = (attempt.expires_at + timedelta(minutes=5)).isoformat()
        await own.until(lambda a: a["expiresAt"] == later)


async def test_while_redis_is_away_the_views_go_on(site: Site, servers: Servers) -> None:
    _, attempt, student = await attempt_of(site)
    teacher, id = await site.client(TEACHER), f"attempt_{attempt.id.hex}"
    async with student.socket() as mine, teacher.socket() as theirs:
        own, seen = view(mine, ATTEMPT, id), view(theirs, ATTEMPT, id)
        for each in (own, seen):
            await each.until(bool)
        async with away(servers.stack.valkey):
            await student.upload(id, "page.jpg", images.jpeg(images.page()), "id")
            for each in (own, seen):
                await each.until(lambda a: a["photos"])
            await student.do("attemptSubmit", "attempt { id }", {"id": id})
        for each in (own, seen):
            await each.until(lambda a: a["status"] == "SUBMITTED")


async def test_one_change_is_shown_once(site: Site) -> None:
    """Though a process hears of its own change by itself, by Redis, and by its look at the event table."""
    _, attempt, student = await attempt_of(site)
    id = f"attempt_{attempt.id.hex}"
    async with student.socket() as socket:
        own = view(socket, ATTEMPT, id)
        await own.until(bool)
        await student.do("attemptSave", "attempt { id }", {"id": id, "draft": {"text": "n = m/M"}})
        with pytest.raises(TimeoutError):
            await own.until(lambda state: False, seconds=5)
    assert len(own.shown) == 2
