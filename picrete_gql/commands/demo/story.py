"""The main job from beginning to end, as people do it."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from picrete_gql.commands.demo import documents
from picrete_gql.commands.demo.board import number
from picrete_gql.commands.demo.cast import Story, meet
from picrete_gql.commands.demo.failed import Failed, expect
from picrete_gql.commands.demo.parts import anna, boris, darya
from picrete_gql.commands.demo.regrading import look_again
from picrete_gql.commands.demo.teachers import Teacher, of
from picrete_gql.commands.demo.training import train
from picrete_gql.commands.demo.watch import State, Watch
from picrete_gql.commands.house import House

HALF_MINUTE = 30


async def play(story: Story, work_seconds: float) -> State:
    """The whole job; the work is open for about `work_seconds`. The class as it is in the end. Raises Failed."""
    await meet(story)
    async with story.darya.client.socket() as socket:
        await story.phone.link(story.darya, socket)
    await story.teacher.publish(story.course, story.examples, closing(datetime.now(UTC), work_seconds))
    async with AsyncExitStack() as stack:
        clients = [story.teacher.client, *(student.client for student in story.students)]
        sockets = [await stack.enter_async_context(client.socket()) for client in clients]
        await story.teacher.open_views(sockets[0])
        views = [story.teacher.view, story.teacher.feed]
        try:
            with story.screen.live():
                for student, socket in zip(story.students, sockets[1:], strict=True):
                    await student.begin(story.teacher.work, socket)
                    views.append(student.view)
                await together(anna(story), boris(story), darya(story), guard=alive(story.house))
                await release(story)
                await look_again(story)
                await look_back(story)
                await train(story.boris, story.teacher, story.course)
        finally:
            for view in views:
                if view is not None:
                    await view.stop()
    whole = await story.teacher.client.run(documents.WHOLE_CLASS, id=story.teacher.work)
    result: State = whole["work"]
    return result


async def release(story: Story) -> None:
    """The teacher releases the work, and every student sees the mark, live, and no other one than the teacher gave."""
    teacher = story.teacher
    await teacher.client.do("workRelease", "work { releasedAt }", {"id": teacher.work})
    story.screen.step(teacher.name, "released the marks of the whole work")
    for student in story.students:
        state = await student.watch.until(lambda s: s["submission"]["grade"], f"{student.name} to see the mark")
        points = state["submission"]["grade"]["finalPoints"]
        given = of(teacher.watch.now, student.name)["submission"]["grade"]["finalPoints"]
        most = (await student.result())["maxPoints"]
        expect(points == given, f"{student.name} sees {points}, the teacher gave {given}")
        story.screen.saw(student.name, f"sees the mark: {number(points)} of {number(most)}")
    points = of(teacher.watch.now, story.darya.name)["submission"]["grade"]["finalPoints"]
    await story.phone.hears(f"{number(points)} из ")


async def look_back(story: Story) -> None:
    """The feed was complete, in order, and can be read again from any place."""
    teacher = story.teacher
    assert teacher.feed is not None
    await teacher.feed.until(lambda e: count(teacher, "regrade.answered") == 1, "the end of the feed")
    photos = sum(len(student.sent) for student in story.students)
    wanted = {
        "attempt.started": 3, "attempt.extended": 1, "photo.uploaded": photos, "attempt.submitted": 2,
        "attempt.expired": 1, "photo.read": photos, "review.finalised": 3, "grade.proposed": 3,
        "grade.approved": 2, "grade.overridden": 2, "grade.released": 3, "regrade.asked": 1, "regrade.answered": 1,
    }  # fmt: skip
    seen = {name: count(teacher, name) for name in wanted}
    expect(seen == wanted, f"the feed has {seen}, not {wanted}")
    doors = {event["door"] for event in teacher.events if event["name"] == "attempt.expired"}
    expect(doors == {"job"}, f"the deadline was noticed by {doors}, not by the worker's clock")
    async with teacher.client.socket() as socket:
        first, rest = teacher.events[0], teacher.events[1:]
        again = Watch(socket.watch(documents.ACTIVITY_LIVE, id=teacher.work, after=first["cursor"]))
        try:
            await again.until(lambda event: len(again.states) >= len(rest), "the feed read again")
        finally:
            await again.stop()
    expect(again.states == rest, "the feed read again differs from what was seen live")
    story.screen.step(teacher.name, f"read the feed again from its first event: the same {len(rest)} events in order")


def count(teacher: Teacher, name: str) -> int:
    """How often something happened, by the feed."""
    return sum(event["name"] == name for event in teacher.events)


async def alive(house: House) -> None:
    """Raises Failed as soon as a process of ours has died."""
    while True:
        for child in house.children.dead():
            raise Failed(f"The {child.name} process died.")
        await asyncio.sleep(0.5)


async def together(*parts: Coroutine[Any, Any, None], guard: Coroutine[Any, Any, None]) -> None:
    """All at the same time, as long as the guard is quiet. The first failure ends everything and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(guard)
            await asyncio.gather(*[group.create_task(part) for part in parts])
            watching.cancel()
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several


def closing(now: datetime, seconds: float) -> datetime:
    """The end of a work: at least so far away, and just before the half minute when the deadline cron looks."""
    earliest = now + timedelta(seconds=seconds)
    over = (earliest.second + earliest.microsecond / 1e6) % HALF_MINUTE
    return earliest + timedelta(seconds=(HALF_MINUTE - 1 - over) % HALF_MINUTE)
