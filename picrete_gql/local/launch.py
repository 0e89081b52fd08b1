"""Become a server: run as `launch.py SIGNAL PARENT IDENTITY program arguments…`, imports nothing of the package.

A program of its own, because doing this between fork and exec of a process with threads may deadlock.
IDENTITY: `same`; `private` (a user namespace in which root is nobody, Linux only); or `uid:gid` to become.
Contract: prctl(2), user_namespaces(7).
"""

import ctypes
import os
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NOBODY = 65534


def become(identity: str) -> None:
    """Change the user as asked; raises OSError where the system does not allow it."""
    if identity == "private":
        enter_private_user()
    elif identity != "same":
        uid, gid = (int(part) for part in identity.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def enter_private_user() -> None:
    """Enter a user namespace where our user is called nobody: files stay ours, root's powers are gone after exec."""
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} {uid} 1"), ("gid_map", f"{NOBODY} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def die_with(parent: int, signal: int) -> None:
    """Ask Linux for a signal when the launcher dies, however it dies. A later change of user would cancel it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the launcher is gone")


def main() -> None:
    """Change the user, tie the life to the launcher's, become the program."""
    signal, parent, identity, *command = sys.argv[1:]
    try:
        become(identity)
    except OSError as error:
        sys.exit(f"cannot change the user to {identity}: {error}")
    die_with(int(parent), int(signal))
    os.execv(command[0], command)  # noqa: S606 - the command is ours


if __name__ == "__main__":
    main()
