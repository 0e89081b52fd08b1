"""The activity feed: every event of a work or a course once, in order, resumable from a cursor."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column, text, tuple_
from sqlmodel import col, select

from picrete_gql import metrics
from picrete_gql.call import Call, Context, query, recipe
from picrete_gql.events import rights
from picrete_gql.models import Course, Happening, Work
from picrete_gql.paging import decode, encode
from picrete_gql.problems import Invalid
from picrete_gql.scopes import ANY

BATCH = 200
HELD_SECONDS = 0.05
TRACED = timedelta(days=1)
# Everything below the oldest running transaction is final: nothing can appear in between any more.
FINAL: Any = literal_column("event.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


@dataclass(frozen=True)
class Entry:
    """One event and its place in the feed."""

    happening: Happening
    cursor: str


@dataclass(frozen=True)
class Feed:
    """A piece of the feed of a course. `held`: more has happened, but an older transaction is still running."""

    course_id: UUID
    entries: list[Entry]
    held: bool


@query(teacher=ANY)
async def of_work(call: Call, work_id: UUID, after: str | None, first: int = BATCH) -> Feed:
    """What happened in a work, in order, after a cursor."""
    work = await call.get(Work, work_id)
    return await _feed(call, work.course_id, col(Happening.work_id) == work.id, after, first)


@query(teacher=ANY)
async def of_course(call: Call, course_id: UUID, after: str | None, first: int = BATCH) -> Feed:
    """What happened in a course, in order, after a cursor."""
    course = await call.get(Course, course_id)
    return await _feed(call, course.id, col(Happening.course_id) == course.id, after, first)


@query(teacher=ANY)
async def end_of_work(call: Call, work_id: UUID) -> str:
    """The cursor of now: what happens in this work later comes after it."""
    await call.get(Work, work_id)
    return await _end(call)


@query(teacher=ANY)
async def end_of_course(call: Call, course_id: UUID) -> str:
    """The cursor of now: what happens in this course later comes after it."""
    await call.get(Course, course_id)
    return await _end(call)


@recipe(like=of_work)
async def watch_work(context: Context, work_id: UUID, after: str | None) -> AsyncGenerator[Entry]:
    """Every event of a work once and in order: from a cursor, or from now on."""
    cursor = after if after is not None else await end_of_work(context, work_id)
    async for entry in _watch(context, of_work, work_id, cursor):
        yield entry


@recipe(like=of_course)
async def watch_course(context: Context, course_id: UUID, after: str | None) -> AsyncGenerator[Entry]:
    """Every event of a course once and in order: from a cursor, or from now on."""
    cursor = after if after is not None else await end_of_course(context, course_id)
    async for entry in _watch(context, of_course, course_id, cursor):
        yield entry


@query()
async def trace_of(call: Call, event: str, key: str, subject: str) -> str | None:
    """Under which trace the latest event of this name about a subject was written, if it was recorded lately."""
    recorded = col(Happening.trace).is_not(None) & (col(Happening.at) >= call.now - TRACED)
    wanted = call.select(Happening).where(Happening.name == event, recorded, getattr(Happening, key) == UUID(subject))
    found = await call.first(wanted.order_by(col(Happening.at).desc()).limit(1))
    return found and found.trace  # type: ignore[no-any-return]


async def _watch(
    context: Context, read: Callable[[Context, UUID, str | None], Awaitable[Feed]], id: UUID, cursor: str
) -> AsyncGenerator[Entry]:
    course_id = (await read(context, id, cursor)).course_id
    async with context.gateways.bus.bell(id, *rights(context.actor.account_id, course_id)) as bell:
        while True:
            happened, feed = bell.note(), await read(context, id, cursor)
            for entry in feed.entries:
                yield entry
                cursor = entry.cursor
            if happened is not None and feed.entries:
                metrics.LIVE_DELIVERY.observe(max(0.0, time.time() - happened))
            if len(feed.entries) < BATCH:
                await bell.wait(HELD_SECONDS if feed.held else None)


async def _feed(call: Call, course_id: UUID, where: Any, after: str | None, first: int) -> Feed:
    if not 1 <= first <= BATCH:
        raise Invalid("first", f"first — от 1 до {BATCH}.", f"first must be from 1 to {BATCH}.")
    place = (col(Happening.xid), col(Happening.id))
    wanted = select(Happening, FINAL).where(where)
    if after is not None:
        wanted = wanted.where(tuple_(*place) > tuple_(*decode(after, place)))
    rows = (await call.session.execute(wanted.order_by(*place).limit(first))).all()
    entries = [Entry(row, encode([row.xid, row.id])) for row, final in rows if final]
    return Feed(course_id, entries, held=len(entries) < len(rows))


async def _end(call: Call) -> str:
    now = await call.session.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    return encode([now.scalar_one(), 0])
