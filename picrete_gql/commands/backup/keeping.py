"""Giving up old backups, and the bytes that none of the others needs."""

import shutil
from pathlib import Path

from .shelf import BACKUPS, OBJECTS, FolderReading, names, place_of


def keep_newest(root: Path, count: int) -> None:
    """Remove all but the newest so many. A backup goes first, its bytes after it: half of this leaves no lie."""
    for name in names(root)[:-count]:
        shutil.rmtree(root / BACKUPS / name)
    needed = {root / place_of(item.sha256) for name in names(root) for item in FolderReading(root, name).items()}
    for file in (root / OBJECTS).glob("*/*"):
        if file not in needed:
            file.unlink()
