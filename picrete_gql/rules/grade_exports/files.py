"""Files that grow submission by submission and never stand in memory whole."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from .entry import Entry


class FileTooLarge(Exception):
    """The file has more bytes than it may."""


class GradesFile(Protocol):
    """A file in the making; every call takes a moment of CPU, so call it in a thread."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Add submissions."""

    def close(self) -> None:
        """Nothing more will come."""

    def abandon(self) -> None:
        """Nobody wants it any more."""


def ensure_bytes(paths: Sequence[Path], most: int) -> None:
    """Raises FileTooLarge."""
    if sum(os.path.getsize(path) for path in paths) > most:
        raise FileTooLarge
