"""Where backups lie: a folder, in which they share the bytes of objects, or one tar file that holds a single one."""

import fcntl
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Protocol

from picrete_gql.local import CannotStart

from .manifest import INDEX, MANIFEST, Item, Manifest, read_index, read_manifest

TAR = ".tar"
OBJECTS, BACKUPS, PARTIAL = "objects", "backups", ".partial"


def place_of(sha256: str) -> str:
    """Where the bytes of an object lie."""
    return f"{OBJECTS}/{sha256[:2]}/{sha256}"


class Reading(Protocol):
    """One finished backup."""

    manifest: Manifest

    def open(self, name: str) -> BinaryIO:
        """A file of it. Raises CannotStart when it is missing."""

    def open_object(self, sha256: str) -> BinaryIO:
        """The bytes of an object. Raises CannotStart when they are missing."""

    def items(self) -> list[Item]:
        """Its objects."""


class Writing(Protocol):
    """One backup that is being made. `desk` is for files that are not finished."""

    desk: Path

    def known(self) -> dict[str, Item]:
        """The objects of the backup before, by key."""

    def has(self, sha256: str) -> bool:
        """Whether these bytes lie here already."""

    def put_object(self, sha256: str, file: Path) -> None:
        """Take a file of the desk as the bytes of an object."""

    def finish(self, manifest: Manifest, files: dict[str, Path]) -> str:
        """Take the other files and the manifest; where the backup is now."""


class FolderReading:
    """A backup of a folder."""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.home = root, root / BACKUPS / name
        with self.open(MANIFEST) as file:
            self.manifest = read_manifest(file.read().decode())

    def open(self, name: str) -> BinaryIO:
        return _opened(self.home / name)

    def open_object(self, sha256: str) -> BinaryIO:
        return _opened(self.root / place_of(sha256))

    def items(self) -> list[Item]:
        with self.open(INDEX) as file:
            return read_index(file.read().decode())


class TarReading:
    """The backup in a tar file."""

    def __init__(self, path: Path) -> None:
        try:
            self.tar = tarfile.open(path, "r:")  # noqa: SIM115 - open as long as we are
        except (OSError, tarfile.TarError) as error:
            raise CannotStart(f"{path} cannot be read as a backup: {error}.") from error
        self.path = path
        with self.open(MANIFEST) as file:
            self.manifest = read_manifest(file.read().decode())

    def open(self, name: str) -> BinaryIO:
        try:
            found = self.tar.extractfile(name)
        except KeyError:
            found = None
        if found is None:
            raise CannotStart(f"{name} is missing in {self.path}.")
        return found  # type: ignore[return-value]

    def open_object(self, sha256: str) -> BinaryIO:
        # Read at once: several objects are asked for at the same time, and a tar file has one place where it is read.
        with self.open(place_of(sha256)) as file:
            return io.BytesIO(file.read())

    def items(self) -> list[Item]:
        with self.open(INDEX) as file:
            return read_index(file.read().decode())


class FolderWriting:
    """A new backup of a folder. It has its name only when it is whole."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
        self.desk = root / BACKUPS / f"{self.name}{PARTIAL}"
        self.desk.mkdir(mode=0o700, parents=True)

    def known(self) -> dict[str, Item]:
        before = names(self.root)
        return {item.key: item for item in FolderReading(self.root, before[-1]).items()} if before else {}

    def has(self, sha256: str) -> bool:
        return (self.root / place_of(sha256)).is_file()

    def put_object(self, sha256: str, file: Path) -> None:
        place = self.root / place_of(sha256)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(file)
        file.replace(place)

    def finish(self, manifest: Manifest, files: dict[str, Path]) -> str:
        for name, file in files.items():
            _sync(file)
            file.replace(self.desk / name)
        (self.desk / MANIFEST).write_text(manifest.text(), encoding="utf-8")
        _sync(self.desk / MANIFEST)
        home = self.desk.with_name(self.name)
        self.desk.rename(home)
        return str(home)


class TarWriting:
    """A new tar file. The manifest comes last, so that half of a file is no backup."""

    def __init__(self, path: Path, desk: Path) -> None:
        self.path, self.desk, self.shas = path, desk, set[str]()
        self.part = path.with_name(path.name + PARTIAL)
        self.tar = tarfile.open(self.part, "w:")  # noqa: SIM115 - open as long as we are
        self.part.chmod(0o600)

    def known(self) -> dict[str, Item]:
        return {}

    def has(self, sha256: str) -> bool:
        return sha256 in self.shas

    def put_object(self, sha256: str, file: Path) -> None:
        self.shas.add(sha256)
        self.tar.add(file, place_of(sha256))
        file.unlink()

    def finish(self, manifest: Manifest, files: dict[str, Path]) -> str:
        for name, file in files.items():
            self.tar.add(file, name)
        text = manifest.text().encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mode = len(text), 0o600
        self.tar.addfile(about, io.BytesIO(text))
        self.tar.close()
        _sync(self.part)
        self.part.replace(self.path)
        return str(self.path)


def names(root: Path) -> list[str]:
    """The finished backups of a folder, the oldest first."""
    home = root / BACKUPS
    return sorted(place.name for place in home.glob("*") if (place / MANIFEST).is_file() and place.suffix != PARTIAL)


def is_tar(path: Path) -> bool:
    """Whether a target is one file."""
    return path.suffix == TAR


def reading(target: Path, name: str | None = None) -> Reading:
    """A backup of a target: the newest unless it is named. Raises CannotStart."""
    if is_tar(target):
        return TarReading(target)
    found = names(target) if target.is_dir() else []
    if not found or (name and name not in found):
        there = f"there are {', '.join(found)}" if found else "there is no backup"
        raise CannotStart(f"In {target} {there}.")
    return FolderReading(target, name or found[-1])


@contextmanager
def writing(target: Path) -> Iterator[Writing]:
    """A new backup; whatever is half done when it fails is removed. Raises CannotStart."""
    try:
        if is_tar(target):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryDirectory(prefix="picrete-backup-", dir=target.parent) as desk:
                made = TarWriting(target, Path(desk))
                try:
                    yield made
                finally:
                    made.tar.close()
                    made.part.unlink(missing_ok=True)
            return
        with alone(target):
            sweep_partial(target)
            shelf = FolderWriting(target)
            try:
                yield shelf
            finally:
                shutil.rmtree(shelf.desk, ignore_errors=True)
    except OSError as error:
        raise CannotStart(f"The backup in {target} failed: {error.strerror or error}.") from error


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Two backups into one folder at the same time would get into each other's way. Raises CannotStart."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (target / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"Another backup into {target} is under way.") from None
        yield


def sweep_partial(root: Path) -> None:
    """Remove what a killed run left."""
    for left in (root / BACKUPS).glob(f"*{PARTIAL}"):
        shutil.rmtree(left, ignore_errors=True)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise CannotStart(f"{path} is missing in the backup.") from error


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
