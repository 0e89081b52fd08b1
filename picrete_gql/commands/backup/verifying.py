"""Whether a backup is what it was when it was made."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from picrete_gql.local import CannotStart

from . import database
from .manifest import DUMP, Manifest
from .shelf import Reading


async def ensure_sound(shelf: Reading) -> None:
    """Raises CannotStart with the first thing that is missing or other than it was."""
    manifest = shelf.manifest
    for name, sha256 in manifest.files.items():
        with shelf.open(name) as file:
            _ensure_same(name, file, sha256)
    items = shelf.items()
    if (len(items), sum(item.size for item in items)) != (manifest.objects, manifest.object_bytes):
        raise CannotStart("The backup is damaged: the list of objects is not the one of its manifest.")
    checked = set[str]()
    for item in items:
        if item.sha256 not in checked:
            with shelf.open_object(item.sha256) as file:
                _ensure_same(item.key, file, item.sha256)
            checked.add(item.sha256)
    with dump_of(shelf) as dump:
        await database.listed(dump, major_of(manifest))


def _ensure_same(name: str, file: BinaryIO, sha256: str) -> None:
    # Of any file object, also inside of a tar, which `hashlib.file_digest` does not take.
    found = hashlib.sha256()
    while part := file.read(1024 * 1024):
        found.update(part)
    if found.hexdigest() != sha256:
        raise CannotStart(f"The backup is damaged: {name} is not what it was.")


@contextmanager
def dump_of(shelf: Reading) -> Iterator[Path]:
    """The dump as a file of its own, for PostgreSQL's programs."""
    with TemporaryDirectory(prefix="picrete-restore-") as desk, shelf.open(DUMP) as file:
        path = Path(desk) / DUMP
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        yield path


def major_of(manifest: Manifest) -> int:
    """The major version of the program that wrote the dump: an older one cannot read it."""
    digits = manifest.pg_dump.partition(")")[2].split(".")[0].strip()
    return int(digits) if digits.isdigit() else 0
