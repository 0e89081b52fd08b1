"""Starting, watching and ending one process."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM, Signals

LAUNCH = Path(__file__).with_name("launch.py")
KEPT = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# Linux counts the *thread* that forked as the parent whose death is signalled, so a short-lived thread would take its
# servers along: this one lives as long as the program.
_forker = ThreadPoolExecutor(1, thread_name_prefix="picrete-servers")


@dataclass(frozen=True)
class Answer:
    """How a short command ended; `text` is all it said."""

    code: int
    text: str

    @property
    def ok(self) -> bool:
        return self.code == 0


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """A small environment: PGPORT, RCLONE_… and the like of the caller must not reach the servers."""
    # LC_ALL: without it PostgreSQL on macOS stops with "became multithreaded during startup".
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {"LC_ALL": "C"} | dict(extra)


def run(command: Sequence[str], identity: str, *, cwd: Path, stdin: str = "", seconds: float = 120) -> Answer:
    """Run a short command to its end as `identity` (see launch.py)."""
    try:
        done = subprocess.run(  # noqa: S603 - the programs are ours
            _argv(command, identity, SIGTERM), cwd=cwd, env=environment({}), input=stdin, text=True, umask=0o077,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, check=False, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        return Answer(-1, f"no end after {late.timeout} s")
    return Answer(done.returncode, done.stdout)


def spawn(
    command: Sequence[str],
    identity: str,
    *,
    cwd: Path,
    log: Path,
    stdin: bytes,
    extra: Mapping[str, str],
    last: Signals,
) -> subprocess.Popen[bytes]:
    """Start a server that writes to `log` and, on Linux, gets the signal `last` when we die."""
    with log.open("wb") as output:
        child = _forker.submit(
            subprocess.Popen, _argv(command, identity, last), cwd=cwd, env=environment(extra), umask=0o077,
            stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us: we stop first, then the servers
        ).result()  # fmt: skip
    assert child.stdin is not None
    with suppress(BrokenPipeError):  # it ended before reading: whoever waits for it will find out, with its log
        child.stdin.write(stdin)
        child.stdin.close()
    return child


def end(child: subprocess.Popen[bytes], signals: Sequence[Signals], seconds: float) -> None:
    """Ask politely, then less so, `seconds` each, then kill. Raises TimeoutExpired if even that does not help."""
    for signal in signals:
        child.send_signal(signal)
        try:
            child.wait(seconds)
            return
        except subprocess.TimeoutExpired:
            continue
    child.kill()
    child.wait(seconds)


def _argv(command: Sequence[str], identity: str, last: Signals) -> list[str]:
    return [sys.executable, "-I", "-S", str(LAUNCH), str(int(last)), str(os.getpid()), identity, *command]
