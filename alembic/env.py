"""Migrations run over the application's own engine settings."""

import asyncio

from sqlalchemy import Connection, event, pool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlmodel import AutoString

from alembic import context
from picrete_gql.models import METADATA
from picrete_gql.runtime import sqlalchemy_url
from picrete_gql.settings import Settings

# One at a time, whoever starts them where. Any number will do that nobody else takes.
ALONE = 7_142_024_601
LOOK_SECONDS = 0.2


def plain(kind: str, item: object, _context: object) -> str | bool:
    """SQLModel's string type is an ordinary one in a migration."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def run(connection: Connection) -> None:
    """Run the wanted migrations, each in a transaction of its own."""
    context.configure(
        connection=connection, target_metadata=METADATA, transaction_per_migration=True, render_item=plain
    )
    with context.begin_transaction():
        context.run_migrations()


def write() -> None:
    """Write the wanted migrations as SQL, without a database."""
    context.configure(
        dialect_name="postgresql", target_metadata=METADATA, literal_binds=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


async def alone(connection: AsyncConnection) -> None:
    """Until no other process migrates. Asked again and again: whoever waits inside of a statement holds up others."""
    while not await connection.scalar(text(f"SELECT pg_try_advisory_lock({ALONE})")):
        await connection.commit()
        await asyncio.sleep(LOOK_SECONDS)
    await connection.commit()


async def connect() -> None:
    """Open a connection of our own when none was handed over."""
    url = context.config.get_main_option("sqlalchemy.url") or Settings().database.url
    patience = context.config.get_main_option("lock_timeout") or "5s"
    named = {"server_settings": {"application_name": "picrete-migrate"}}
    engine = create_async_engine(sqlalchemy_url(url), poolclass=pool.NullPool, connect_args=named)
    async with engine.connect() as connection:
        await alone(connection)
        # Whoever comes after a statement that waits for a lock waits as well, so none waits for long. What is built
        # CONCURRENTLY, outside of transactions, is in nobody's way and may wait.
        event.listen(
            engine.sync_engine, "begin", lambda one: one.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}'")
        )
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


if context.is_offline_mode():
    write()
else:
    asyncio.run(connect())
