"""Which user a server runs as. Only matters to root: PostgreSQL refuses to be run by it."""

import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path

from picrete_gql.local import process
from picrete_gql.local.errors import CannotStart


@dataclass(frozen=True)
class Identity:
    """`word` as `launch.py` takes it; `uid`, `gid` own the server's files on disk."""

    word: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give a file, or a folder and all in it, to this user (root only): the last run may have been another's."""
        if os.geteuid() != 0 or path.stat().st_uid == self.uid:
            return
        for part in (path, *path.rglob("*")):
            os.chown(part, self.uid, self.gid, follow_symlinks=False)


def same() -> Identity:
    """The user who runs us."""
    return Identity("same", os.geteuid(), os.getegid())


def private() -> Identity:
    """Us under the name nobody, in a user namespace of its own: needs no open folders, leaves the files ours."""
    return Identity("private", os.geteuid(), os.getegid())


def nobody() -> Identity:
    """The system's nobody: needs every folder above the data and the programs to be open to it."""
    entry = pwd.getpwnam("nobody")
    return Identity(f"{entry.pw_uid}:{entry.pw_gid}", entry.pw_uid, entry.pw_gid)


def unprivileged(program: Path) -> Identity:
    """Somebody who is not root, has a name (initdb asks for it) and may run `program`. Raises CannotStart."""
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return same()
    # Blocked in many containers, so it is tried, not guessed.
    if sys.platform == "linux" and process.run([str(program), "--version"], private().word, cwd=Path("/")).ok:
        return private()
    if os.geteuid() == 0:
        return nobody()
    raise CannotStart(
        f"PostgreSQL does not run as user number {os.geteuid()}, which has no name on this machine. "
        "Run picrete as a user of /etc/passwd, or give a database of your own in PICRETE_DATABASE__URL."
    )


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def require_reach(identity: Identity, folder: Path, program: Path) -> None:
    """Raise CannotStart if this user cannot enter the folder or read the program."""
    for path in (folder, program.parent):
        answer = process.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(path)], identity.word, cwd=Path("/"))
        if not answer.ok:
            raise CannotStart(
                f"PostgreSQL does not run as root, and the user nobody may not enter {path} ({answer.text.strip()}). "
                "Run picrete as an ordinary user, keep the project and PICRETE_DATA_DIR outside of /root, "
                "or give a database of your own in PICRETE_DATABASE__URL."
            )
