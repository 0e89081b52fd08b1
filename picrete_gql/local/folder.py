"""The data folder: whose it is, and that one picrete at a time runs its servers there."""

import fcntl
import os
import pwd
from pathlib import Path
from typing import IO

from picrete_gql.local.errors import AlreadyRuns, CannotStart

MARK = "lock"


def make(folder: Path) -> None:
    """Make the folder, for its owner only. Raises CannotStart if it cannot be used by this user."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"The data folder {folder} cannot be made: {error.strerror}. {_elsewhere()}") from error
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise CannotStart(
            f"The data folder {folder} belongs to {_name(owner)}: run picrete as that user. {_elsewhere()}"
        )


def claim(folder: Path) -> IO[str]:
    """Take the folder until the returned file is closed or we die. Raises AlreadyRuns if another picrete has it."""
    file = (folder / MARK).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        other = file.read().strip() or "unknown"
        file.close()
        raise AlreadyRuns(
            f"Another picrete (process {other}) already runs the servers in {folder}. Stop it first. {_elsewhere()}"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _elsewhere() -> str:
    return "PICRETE_DATA_DIR names another folder."


def _name(uid: int) -> str:
    try:
        return f"the user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"user number {uid}"
