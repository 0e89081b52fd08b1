"""Everything a process holds open, opened once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, ParamSpec, TypeVar
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, PoolProxiedConnection

from picrete_gql import metrics
from picrete_gql import settings as groups
from picrete_gql.events import IDS, Event, bells
from picrete_gql.gateways import Gateways
from picrete_gql.gateways.queue import Alarm
from picrete_gql.reads import Reads
from picrete_gql.settings import Settings

log = structlog.get_logger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
TAIL_SECONDS = 2.0
AGAIN_SECONDS = 0.5
DEADLOCKS = ("40P01", "40001")
# The server goes down, comes up, or has no connection left (Appendix A of PostgreSQL's manual, classes 08, 53, 57).
NOT_THERE = ("08000", "08001", "08003", "08004", "08006", "53300", "57P01", "57P02", "57P03")
LOCK_NOT_AVAILABLE = "55P03"
# Texts with characters that PostgreSQL cannot hold, NUL above all (Appendix A of its manual).
UNWRITABLE = ("22021", "22P05")
# What speaking to the database may raise. A connection lost while SQLAlchemy prepares it comes as its driver's own.
DRIVER_FAULTS = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
DATABASE_FAULTS = (SQLAlchemyError, asyncpg.PostgresError, *DRIVER_FAULTS)
GONE = (InterfaceError, OperationalError, PoolTimeout, *DRIVER_FAULTS)


@dataclass(frozen=True)
class Reaction:
    """A job that an event wakes, and which id of the event is its subject."""

    job: str
    subject: str


class Places(asyncio.Semaphore):
    """How many may work at the same time in this process, on what, and how often somebody found no place."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.waiting = self.turned_away = 0
        self.busy = set[UUID]()

    async def acquire(self) -> Literal[True]:
        """Wait for a place."""
        self.waiting += 1
        try:
            return await super().acquire()
        finally:
            self.waiting -= 1


def utc_now() -> datetime:
    """The time, with its offset."""
    return datetime.now(UTC)


@dataclass
class Runtime:
    """Database, gateways, clock and threads of one process. `reactions` says which jobs an event wakes."""

    settings: Settings
    engine: AsyncEngine
    gateways: Gateways
    reactions: Mapping[str, Sequence[Reaction]] = field(default_factory=dict)
    now: Callable[[], datetime] = utc_now

    def __post_init__(self) -> None:
        self.sessions = async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False, autoflush=False)
        self.reads = Reads(self.settings.database)
        # Argon2 and image decoding are pure CPU: a few threads, so that a burst waits instead of filling the memory.
        self.hashers = ThreadPoolExecutor(2, thread_name_prefix="hash")
        self.computers = ThreadPoolExecutor(2, thread_name_prefix="compute")
        # A file waits on disk or in the store until it has a place: then its bytes are in memory until they are stored.
        self.file_places = Places(self.settings.photos.in_hand)
        self.reading_places = Places(self.settings.ocr.parallel)
        self.grading_places = Places(self.settings.llm.parallel)
        self.export_places = Places(self.settings.grade_exports.parallel)
        self.decoders = ThreadPoolExecutor(self.settings.photos.decoders, thread_name_prefix="image")

    async def hash(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run password work off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.hashers, lambda: work(*args, **kwargs))

    async def decode(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run image work off the event loop."""

        def timed() -> R:
            with metrics.PHOTO_DECODE.time():
                return work(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self.decoders, timed)

    async def compute(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run other pure CPU work off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.computers, lambda: work(*args, **kwargs))

    async def tell(self, events: Mapping[int, Event]) -> None:
        """Wake the jobs, ring the watchers. Called only after the commit, with the numbers of the stored events."""
        rung, alarms = set[str](), list[Alarm]()
        for event in events.values():
            event.count()
            ids = event.ids()
            rung |= bells(event.name, ids)
            reactions = self.reactions.get(event.name, ())
            alarms += [Alarm(reaction.job, ids[reaction.subject], ids) for reaction in reactions]
        if alarms:
            await self.gateways.queue.wake_all(alarms)
        if rung:
            await self.gateways.bus.publish(rung, events)

    async def tail(self) -> None:
        """Run for the life of the process: ring for events whose message was lost, within two seconds."""
        place: tuple[int, int] | None = None
        while True:
            try:
                place = await self._ring_since(place)
            except DATABASE_FAULTS as error:
                log.warning("tail.lost", error=type(error).__name__)
            await asyncio.sleep(TAIL_SECONDS)

    async def _ring_since(self, place: tuple[int, int] | None) -> tuple[int, int]:
        async with self.engine.connect() as connection:
            if place is None:
                oldest = await connection.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
                return (int(oldest or 0), 0)
            found = (await connection.execute(TAIL, {"xid": place[0], "id": place[1]})).all()
            bus, rung = self.gateways.bus, set[str]()
            fresh = set(bus.remember(row.id for row in found))
            metrics.BUS_HEALED.inc(len(fresh))
            for row in found:
                place = (row.xid, row.id)
                if row.id in fresh:
                    rung |= bells(row.name, {key: str(getattr(row, key)) for key in IDS if getattr(row, key)})
            bus.ring(rung, min((row.at.timestamp() for row in found if row.id in fresh), default=None))
            return place

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hear the other processes for as long as the block runs."""
        tasks = [asyncio.create_task(self.gateways.bus.listen()), asyncio.create_task(self.tail())]
        try:
            yield
        finally:
            await stopped(tasks)
            for task in tasks:
                if not task.cancelled():
                    task.result()

    async def close(self) -> None:
        """Let go of everything."""
        await self.gateways.close()
        await self.reads.close()
        await self.engine.dispose()
        self.hashers.shutdown(wait=False)
        self.computers.shutdown(wait=False)
        self.decoders.shutdown(wait=False)


# Everything below the oldest running transaction is final; above it something may still appear in between.
TAIL = text(
    "SELECT * FROM event WHERE (xid, id) > (:xid, :id)"
    " AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY xid, id LIMIT 5000"
)


async def stopped(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they have ended."""
    # Once is not enough before Python 3.12: there `wait_for`, by which Redis' client sends, loses a cancellation that
    # meets its result, and whoever runs for the life of the process goes on.
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN_SECONDS)


def sqlalchemy_url(url: str) -> str:
    """The same address for SQLAlchemy's asyncpg dialect."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1).replace("postgres://", "postgresql+asyncpg://", 1)


class Pool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool, watched."""

    def connect(self) -> PoolProxiedConnection:
        """A connection, as soon as there is one."""
        with metrics.POOL_WAIT.time():
            try:
                return super().connect()
            except PoolTimeout:
                metrics.POOL_TURNED_AWAY.inc()
                raise

    @property
    def most(self) -> int:
        """How many connections may be in use."""
        return self.size() + self._max_overflow


def open_engine(of: groups.Database) -> AsyncEngine:
    """The connection pool. Statements are bounded in time by the server."""
    server: dict[str, Any] = {
        "application_name": "picrete",
        "jit": "off",
        "timezone": "UTC",
        "statement_timeout": str(of.statement_timeout_ms),
        "idle_in_transaction_session_timeout": "60000",
    }
    return create_async_engine(
        sqlalchemy_url(of.url),
        poolclass=Pool,
        pool_size=of.pool_size,
        max_overflow=of.pool_overflow,
        pool_timeout=of.connect_timeout * 2,
        hide_parameters=True,
        connect_args={"timeout": of.connect_timeout, "server_settings": server, "async_creator_fn": _connect},
    )


async def _connect(*args: Any, **kwargs: Any) -> Any:
    # A connection that is given up in the middle of its greeting leaves a fault behind that nobody asks for:
    # whoever stops waiting lets it come about, and it is closed then.
    coming = asyncio.ensure_future(asyncpg.connect(*args, **kwargs))
    try:
        return await asyncio.shield(coming)
    except asyncio.CancelledError:
        coming.add_done_callback(_not_wanted)
        raise


def _not_wanted(coming: asyncio.Future[Any]) -> None:
    if not coming.cancelled() and coming.exception() is None:
        coming.result().terminate()


def away(error: Exception) -> bool:
    """Whether the database does not answer."""
    if isinstance(error, GONE) or _state(error) in NOT_THERE:
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def passes(error: Exception) -> bool:
    """Whether the same transaction may succeed when it is tried again."""
    return away(error) or _state(error) in DEADLOCKS


def locked(error: Exception) -> bool:
    """Whether somebody held a lock for longer than one was ready to wait."""
    return _state(error) == LOCK_NOT_AVAILABLE


def unwritable(error: Exception) -> bool:
    """Whether a text holds a character that PostgreSQL cannot keep."""
    return _state(error) in UNWRITABLE


def _state(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", error), "sqlstate", None)
