"""Bringing the database to the shape that this code needs."""

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from alembic import command
from picrete_gql.runtime import sqlalchemy_url

SCRIPTS = Path(__file__).parent.parent / "alembic"


def config(url: str) -> Config:
    """Alembic's configuration for a database."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


def upgrade(url: str) -> None:
    """Run all migrations that are missing. Blocking, with an event loop of its own."""
    command.upgrade(config(url), "head")


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
