"""Looking at processes from outside (Linux): by command line, environment and working directory."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path


def mentioning(word: str) -> list[int]:
    """The living processes, zombies excepted and ourselves, that a word tells: in command line, environment, cwd."""
    return sorted(pid for pid in _all() if pid != os.getpid() and word.encode() in _facts(pid))


def running(command: str, folder: Path) -> list[int]:
    """The processes of ours that are this command with this data folder, `launch.py` of a moment ago included."""
    found = []
    for pid in mentioning(str(folder)):
        with suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if line.rstrip().endswith(f"picrete_gql {command}"):
                found.append(pid)
    return found


def until(true: Callable[[], object], seconds: float = 60, why: Callable[[], object] = lambda: "") -> None:
    """Wait for something; fail with the reason if it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, why() or "it did not happen"
        time.sleep(0.05)


def _all() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def _facts(pid: int) -> bytes:
    try:
        place = Path(f"/proc/{pid}")
        if place.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return b""
        folder = os.readlink(place / "cwd").encode()
        return folder + b" " + place.joinpath("cmdline").read_bytes() + place.joinpath("environ").read_bytes()
    except OSError:
        return b""
