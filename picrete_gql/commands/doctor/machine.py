"""This machine: room on the disks that are written to."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.settings import Settings

GB = 1024**3
FULL, NEARLY = 0.02, 0.1


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """The folder for uploads under way, and the data folder where embedded servers keep their data."""
    places = {"temporary files": Path(tempfile.gettempdir())}
    data = settings.data_dir.expanduser()
    if data.exists():
        places["data folder"] = data
    for what, place in places.items():
        yield _room(what, place)


def _room(what: str, place: Path) -> Finding:
    if not os.access(place, os.W_OK):
        return Finding(Level.ERROR, what, f"{place} cannot be written to.", "Give it to the user that runs picrete.")
    usage = shutil.disk_usage(place)
    share = usage.free / usage.total
    level = Level.ERROR if share < FULL else Level.WARNING if share < NEARLY else Level.OK
    hint = "" if level is Level.OK else "Make room: a full disk stops everything."
    return Finding(level, what, f"{usage.free / GB:.1f} GB free in {place}.", hint)
