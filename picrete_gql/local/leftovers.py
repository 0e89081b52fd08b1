"""Servers that an earlier, killed run left behind."""

import os
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals

PAUSE = 0.02


def remember(file: Path, pid: int, mark: str) -> None:
    """Write down which process runs, and what its command line must contain to be the one."""
    file.write_text(f"{pid}\n{mark}\n")


def end(file: Path, seconds: float) -> None:
    """End the process that `file` remembers: on macOS nobody has, on Linux it may still be closing."""
    try:
        pid_line, mark = file.read_text().splitlines()
        pid = int(pid_line)
    except (FileNotFoundError, ValueError):
        return  # never started, or killed while writing this: then the server was not yet running
    for signal in (SIGTERM, Signals.SIGINT, SIGKILL):
        if _gone(pid, mark, signal, seconds):
            break
    file.unlink()


def command_line(pid: int) -> str:
    """What `ps` shows for a process; empty for none and for a dead one that nobody has waited for."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no outside input
    return done.stdout


def _gone(pid: int, mark: str, signal: Signals, seconds: float) -> bool:
    """Send a signal to the process if it is the marked one, and wait for its end."""
    deadline = time.monotonic() + seconds
    signalled = False
    while mark in command_line(pid):
        if not signalled:
            os.kill(pid, signal)
            signalled = True
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True
