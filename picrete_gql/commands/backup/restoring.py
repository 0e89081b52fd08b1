"""`picrete restore`: a backup into servers that are empty, or that may be overwritten."""

import asyncio
from pathlib import Path

import typer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from picrete_gql import migrations
from picrete_gql.gateways.storage import Storage
from picrete_gql.local import CannotStart, borrow
from picrete_gql.problems import Unavailable
from picrete_gql.rules.tokens import keys
from picrete_gql.runtime import DATABASE_FAULTS
from picrete_gql.settings import Settings

from . import database, objects
from .manifest import Manifest
from .shelf import Reading, reading
from .verifying import dump_of, ensure_sound, major_of

# Where the tables that are overwritten wait until the others are there.
ASIDE = "picrete_before_restore"
AT_WORK = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'picrete'"


def restore(settings: Settings, target: Path, name: str | None, *, force: bool) -> int:
    """Bring a backup back, and its database up to this version. Raises CannotStart; then nothing has changed but
    objects that were missing.
    """
    shelf = reading(target, name)
    _ensure_known(shelf.manifest)
    with borrow(settings) as full:
        try:
            given = asyncio.run(_restore(full, shelf, force=force))
        except DATABASE_FAULTS as error:
            raise CannotStart(f"PostgreSQL: {str(getattr(error, 'orig', error)).splitlines()[0]}") from error
        migrations.upgrade(full.database.url)
        asyncio.run(migrations.settle_events(full.database.url))
        _warn(full, shelf.manifest)
    typer.echo(
        f"Restored {sum(shelf.manifest.rows.values())} rows and {shelf.manifest.objects} objects ({given} were not in "
        f"the store yet) of {shelf.manifest.made_at}. Everybody's last moves after that are gone."
    )
    return 0


def _ensure_known(manifest: Manifest) -> None:
    if manifest.migration not in migrations.known():
        raise CannotStart(
            f"This backup was made by a newer picrete ({manifest.picrete}, migration {manifest.migration}): restore it "
            f"with that version. This one knows migrations up to {migrations.head()}."
        )


def _warn(settings: Settings, manifest: Manifest) -> None:
    if manifest.key_id not in keys(settings.auth):
        typer.echo(
            "PICRETE_AUTH__SECRET_KEY is not the one of the backup: all sign-ins and invite codes are lost, unless the "
            f"old key (its name is {manifest.key_id}) is added to PICRETE_AUTH__PREVIOUS_KEYS.",
            err=True,
        )


async def _restore(settings: Settings, shelf: Reading, *, force: bool) -> int:
    """Objects first: a row must not be seen before its object is there. How many were new to the store."""
    await ensure_sound(shelf)
    async with database.connected(settings.database.url) as connection:
        await _ensure_free(connection, force=force)
        server = await database.major(connection)
        _ensure_readable(shelf.manifest, server)
        given = await _objects(settings, shelf)
        await _set_aside(connection)
        try:
            with dump_of(shelf) as dump:
                await database.load(settings.database.url, server, dump)
            await _ensure_same_rows(connection, shelf.manifest)
        except BaseException:
            await _put_back(connection)
            raise
        await connection.execute(text(f"DROP SCHEMA {ASIDE} CASCADE"))
        await connection.commit()
    return given


async def _ensure_free(connection: AsyncConnection, *, force: bool) -> None:
    if force:
        return
    if tables := await connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")):
        raise CannotStart(f"The database is not empty ({tables} tables). --force overwrites it.")
    at_work = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'picrete'"
    )
    if others := await connection.scalar(text(at_work)):
        raise CannotStart(f"picrete still has {others} connections to the database. Stop its processes first.")


def _ensure_readable(manifest: Manifest, server: int) -> None:
    """A dump of PostgreSQL 17 or later begins with a setting that older servers do not know."""
    if server < 17 <= major_of(manifest):
        raise CannotStart(
            f"The dump was written by the pg_dump of PostgreSQL {major_of(manifest)}, and this server is "
            f"PostgreSQL {server}: restore into a newer one."
        )


async def _objects(settings: Settings, shelf: Reading) -> int:
    storage = Storage(settings.storage)
    try:
        await storage.prepare()
        return await objects.give(storage, shelf, shelf.items())
    except Unavailable as problem:
        raise CannotStart(f"The store does not answer: {problem.detail}.") from problem
    finally:
        await storage.close()


async def _set_aside(connection: AsyncConnection) -> None:
    for statement in (
        "SET lock_timeout = '10s'",
        f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE",
        f"ALTER SCHEMA public RENAME TO {ASIDE}",
        "CREATE SCHEMA public",
    ):
        await connection.execute(text(statement))
    await connection.commit()


async def _put_back(connection: AsyncConnection) -> None:
    await connection.rollback()
    for statement in ("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {ASIDE} RENAME TO public"):
        await connection.execute(text(statement))
    await connection.commit()


async def _ensure_same_rows(connection: AsyncConnection, manifest: Manifest) -> None:
    found = await database.counts(connection)
    if found != dict(manifest.rows):
        wrong = sorted(name for name in {*found, *manifest.rows} if found.get(name) != manifest.rows.get(name))
        raise CannotStart(f"After the restore these tables have other numbers of rows: {', '.join(wrong)}.")
