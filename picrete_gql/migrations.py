"""Bringing the database to the shape that this code needs."""

import time
from io import StringIO
from pathlib import Path

import structlog
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from alembic import command
from picrete_gql.runtime import locked, sqlalchemy_url

SCRIPTS = Path(__file__).parent.parent / "alembic"
LOCK_SECONDS, TRIES, PAUSE_SECONDS = 5.0, 30, 1.0
log = structlog.get_logger(__name__)


class LockedOut(Exception):
    """Again and again somebody held a lock that a migration needs."""


def config(url: str, lock_seconds: float = LOCK_SECONDS) -> Config:
    """Alembic's configuration for a database."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    made.set_main_option("lock_timeout", f"{round(lock_seconds * 1000)}ms")
    return made


def upgrade(url: str, lock_seconds: float = LOCK_SECONDS, tries: int = TRIES) -> None:
    """Run all migrations that are missing. Blocking, with an event loop of its own.

    A migration that meets a lock gives up for a moment, so that others get through, and is tried again; those before it
    stay done. Raises LockedOut after the last try.
    """
    for left in reversed(range(tries)):
        try:
            command.upgrade(config(url, lock_seconds), "head")
            return
        except DBAPIError as error:
            if not locked(error):
                raise
            log.warning("migration.waits_for_a_lock", tries_left=left)
            time.sleep(PAUSE_SECONDS)
    raise LockedOut


def plan(since: str | None) -> tuple[list[Script], str]:
    """The migrations that come after one (None: all), the oldest first, and what they would do, in SQL."""
    directory = ScriptDirectory(str(SCRIPTS))
    steps = [step for step in directory.iterate_revisions("head", since or "base") if step.revision != since]
    made, written = config(""), StringIO()
    made.output_buffer = written
    if steps:
        command.upgrade(made, f"{since or 'base'}:head", sql=True)
    return list(reversed(steps)), written.getvalue()


async def current(url: str) -> str | None:
    """The migration at which a database is; None when it is empty."""
    engine = create_async_engine(sqlalchemy_url(url))
    try:
        async with engine.connect() as connection:
            if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
                return None
            found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found
    finally:
        await engine.dispose()


def head() -> str:
    """The newest migration of this code."""
    return str(ScriptDirectory(str(SCRIPTS)).get_current_head())


def known() -> list[str]:
    """The migrations of this code, the newest first."""
    return [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()]


async def settle_events(url: str) -> None:
    """After a restore into a new server its transaction numbers start low: make all old events final."""
    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE event SET xid = 0 WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        )
    await engine.dispose()
