"""Bringing the database to the shape that this version needs."""

import asyncio

import typer

from picrete_gql import migrations
from picrete_gql.local import CannotStart
from picrete_gql.runtime import DATABASE_FAULTS
from picrete_gql.settings import Settings

LOCKED = (
    "Somebody held a lock that a migration needs for too long; what came before it is done. "
    "See pg_stat_activity for long transactions, and try again: docs/operating/upgrading.md."
)


def run(settings: Settings) -> None:
    """Run what is missing; nothing, when nothing is. Blocking, outside of any event loop. Raises CannotStart."""
    of = settings.database
    if not of.url:
        raise CannotStart("PICRETE_DATABASE__URL is not set. (`picrete up` brings a database of its own.)")
    try:
        migrations.upgrade(of.url, of.migration_lock_seconds, of.migration_tries)
    except migrations.LockedOut as error:
        raise CannotStart(LOCKED) from error
    asyncio.run(migrations.settle_events(of.url))


def plan(settings: Settings) -> None:
    """Print what `run` would do, as SQL, and do nothing. Without an address all migrations. Raises CannotStart."""
    try:
        since = asyncio.run(migrations.current(settings.database.url)) if settings.database.url else None
    except DATABASE_FAULTS as error:
        raise CannotStart(f"PostgreSQL does not answer: {type(error).__name__}.") from error
    if since is not None and since not in migrations.known():
        raise CannotStart(f"The database was migrated by a newer version ({since}): there is no plan from here.")
    steps, sql = migrations.plan(since)
    typer.echo(f"-- From {since or 'nothing'} to {migrations.head()}: {len(steps) or 'no'} migrations.")
    for step in steps:
        typer.echo(f"--   {step.revision}  {step.doc}")
    typer.echo(sql, nl=False)
