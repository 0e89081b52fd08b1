"""Steps that the tests of attempts, photos, readings and grades share, and what they look at afterwards."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from picrete_gql.models import Attempt, Course, Decision, Happening, Photo, ProviderRun, Submission, Work
from picrete_gql.resolvers import attempts, photos, reviews, submissions
from tests.support.world import World

TEACHER = "teacher"


async def class_of(world: World, *students: str, **work: Any) -> tuple[Course, Work]:
    """A course with its teacher and students, and an open work."""
    course = await world.course("chem", TEACHER, students)
    return course, await world.work(course, TEACHER, **work)


async def handed_in(world: World, name: str, work: Work, pages: int = 1) -> Attempt:
    """An attempt with so many pages, submitted."""
    attempt = await world.start(name, work)
    for seed in range(pages):
        await world.photo(name, attempt.id, seed=seed + 1)
    return await attempts.submit(await world.person(name), attempt.id)


async def read(world: World, name: str, work: Work, pages: int = 1) -> Attempt:
    """An attempt whose pages have been read."""
    attempt = await handed_in(world, name, work, pages)
    await world.jobs()
    return attempt


async def finalised(world: World, name: str, attempt: Attempt) -> Submission:
    """Every page approved, the review ended with SUBMIT; the precheck is queued."""
    who = await world.person(name)
    for photo in await pages_of(world, attempt.id):
        await reviews.approve_page(who, photo.id)
    return await reviews.finalise(who, attempt.id, Decision.SUBMIT, "")


async def prechecked(world: World, name: str, work: Work, pages: int = 1) -> Submission:
    """A submission that has gone through everything a machine does."""
    attempt = await read(world, name, work, pages)
    await finalised(world, name, attempt)
    await world.jobs()
    return await submission_of(world, attempt.id)


async def submission_of(world: World, attempt_id: UUID) -> Submission:
    """The submission as it is stored now."""
    [found] = await submissions.of_attempts(world.system, [attempt_id])
    assert found is not None
    return found


async def pages_of(world: World, attempt_id: UUID) -> list[Photo]:
    """The photos as they are stored now, in the order of their numbers."""
    [found] = await photos.of_attempts(world.system, [attempt_id])
    return found


async def runs_of(world: World, attempt_id: UUID) -> list[ProviderRun]:
    """The ledger of an attempt, the first line first."""
    wanted = select(ProviderRun).where(ProviderRun.attempt_id == attempt_id).order_by(col(ProviderRun.id))
    return await rows(world, wanted)


async def rows(world: World, statement: Any) -> list[Any]:
    """What a statement finds, seen from outside."""
    async with world.runtime.sessions() as session:
        return list((await session.execute(statement)).scalars().all())


async def change(world: World, statement: str, **values: Any) -> None:
    """A change behind the product's back, as an operator or a crash would make it."""
    async with world.runtime.sessions() as session:
        await session.execute(text(statement), values)
        await session.commit()


async def happened(world: World, name: str = "", *, attempt_id: UUID | None = None) -> list[str]:
    """The names of the events so far: all of them, or those of one name or attempt."""
    wanted = select(Happening.name).order_by(col(Happening.id))
    if name:
        wanted = wanted.where(Happening.name == name)
    if attempt_id is not None:
        wanted = wanted.where(Happening.attempt_id == attempt_id)
    return await rows(world, wanted)


async def at_once(calls: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Results and refusals of calls that run at the same time."""
    return list(await asyncio.gather(*calls, return_exceptions=True))


async def eventually(look: Callable[[], Coroutine[Any, Any, Any]], seconds: float = 60) -> Any:
    """What `look` answers, as soon as it is something."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):
            await asyncio.sleep(0.05)
        return found


async def seen(stream: AsyncGenerator[Any], done: Callable[[Any], bool], seconds: float = 30) -> Any:
    """The first value of a live view for which `done` holds."""
    async with asyncio.timeout(seconds):
        async for value in stream:
            if done(value):
                return value
    raise AssertionError("the view ended before that was seen")


@asynccontextmanager
async def away(server: Any) -> AsyncGenerator[None]:
    """One of the session's servers is down for the length of the block; it is always started again."""
    await asyncio.to_thread(server.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)
