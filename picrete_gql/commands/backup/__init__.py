"""`picrete backup` and `picrete restore` (docs/operating/backups.md)."""

import asyncio
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import typer

from picrete_gql.gateways.storage import Storage
from picrete_gql.local import CannotStart, borrow
from picrete_gql.problems import Unavailable
from picrete_gql.rules.tokens import present_key
from picrete_gql.settings import Settings

from . import database, objects
from .keeping import keep_newest
from .manifest import DUMP, INDEX, Item, Manifest, sha256_of, write_index
from .shelf import Writing, is_tar, reading, writing
from .verifying import ensure_sound

MB = 1024 * 1024
__all__ = ["back_up", "verify"]


def back_up(settings: Settings, target: Path, keep: int | None) -> int:
    """Back everything up into a folder, or into a tar file. Raises CannotStart."""
    if keep is not None and (keep < 1 or is_tar(target)):
        raise CannotStart("--keep N keeps the newest N (at least 1) of the backups in a folder.")
    with borrow(settings) as full, writing(target) as shelf:
        place, manifest = asyncio.run(_back_up(full, shelf))
        if keep is not None:
            keep_newest(target, keep)
    typer.echo(f"{place}: {_told(manifest)}")
    for key in manifest.missing[:10]:
        typer.echo(f"  A row names {key}, which was not in the store (removed meanwhile, or lost before).", err=True)
    return 0


def verify(target: Path, name: str | None) -> int:
    """Read every byte of a backup again. Raises CannotStart when one is not as it was."""
    shelf = reading(target, name)
    asyncio.run(ensure_sound(shelf))
    typer.echo(f"Sound: {_told(shelf.manifest)}")
    return 0


async def _back_up(settings: Settings, shelf: Writing) -> tuple[str, Manifest]:
    """The database first: an object without a row is swept away, a row without its object would be a loss."""
    made_at, dump, index = datetime.now(UTC), shelf.desk / DUMP, shelf.desk / INDEX
    try:
        facts, pg_dump = await database.dump(settings.database.url, dump)
    except OSError as error:
        raise CannotStart(f"PostgreSQL does not answer: {error}.") from error
    items = await _objects(settings, shelf)
    write_index(index, items)
    manifest = Manifest(
        made_at=made_at.isoformat(),
        picrete=version("picrete-gql"),
        migration=facts.migration,
        postgres=facts.postgres,
        pg_dump=pg_dump,
        key_id=present_key(settings.auth),
        rows=facts.rows,
        files={DUMP: sha256_of(dump), INDEX: sha256_of(index)},
        objects=len(items),
        object_bytes=sum(item.size for item in items),
        missing=sorted(facts.named - {item.key for item in items}),
    )
    return shelf.finish(manifest, {DUMP: dump, INDEX: index}), manifest


async def _objects(settings: Settings, shelf: Writing) -> list[Item]:
    storage = Storage(settings.storage)
    try:
        return await objects.take(storage, shelf)
    except Unavailable as problem:
        raise CannotStart(f"The store does not answer: {problem.detail}.") from problem
    finally:
        await storage.close()


def _told(manifest: Manifest) -> str:
    rows, size = sum(manifest.rows.values()), manifest.object_bytes / MB
    when = f"{datetime.fromisoformat(manifest.made_at):%Y-%m-%d %H:%M} UTC, migration {manifest.migration}"
    return f"{rows} rows and {manifest.objects} objects ({size:.1f} MB) of {when}."
