"""Migrations run over the application's own engine settings."""

import asyncio

from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import AutoString

from alembic import context
from picrete_gql.models import METADATA
from picrete_gql.runtime import sqlalchemy_url
from picrete_gql.settings import Settings


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


async def connect() -> None:
    """Open a connection of our own when none was handed over."""
    url = context.config.get_main_option("sqlalchemy.url") or Settings().database.url
    engine = create_async_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(connect())
