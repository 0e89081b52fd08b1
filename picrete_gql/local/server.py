"""What the embedded servers have in common: a folder, a port, a life."""

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGTERM, Signals
from typing import ClassVar

from picrete_gql.local import identity, leftovers, ports, process
from picrete_gql.local.errors import CannotStart

PAUSE = 0.01
LOG_TAIL_LINES = 8


class Server(ABC):
    """A child process that keeps its data in `home` and listens on 127.0.0.1:`port`. For one thread at a time."""

    title: ClassVar[str]
    stop_signals: ClassVar[Sequence[Signals]] = (SIGTERM,)

    def __init__(self, home: Path, port: int | None, *, start_seconds: float = 120, stop_seconds: float = 20) -> None:
        self.home = home
        self.port = port or ports.choose()
        self.who = identity.same()
        self._start_seconds = start_seconds
        self._stop_seconds = stop_seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._was_ready = False

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments; nothing secret, `ps` shows it to everybody."""

    @abstractmethod
    def mark(self) -> str:
        """A part of the running process's command line that no other process has."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it answers now."""

    def prepare(self) -> None:  # noqa: B027 - most have nothing to do
        """Bring the folder into order before every start."""

    def environment(self) -> Mapping[str, str]:
        """Environment variables it needs; the place for secrets."""
        return {}

    def stdin(self) -> bytes:
        """What it reads at start; the place for secrets."""
        return b""

    def passing(self, complaint: str) -> bool:
        """Whether what the log says will be over in a moment, so that another try is worth it."""
        return False

    @property
    def running(self) -> bool:
        """Whether the process we started lives."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        """The process we started, while it lives."""
        return self._child.pid if self._child and self.running else None

    def start(self) -> None:
        """Start it and wait until it answers: on the same port if it was up before. Raises CannotStart."""
        if self.running:
            return
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        leftovers.end(self.home / "process", self._stop_seconds)
        self.prepare()
        deadline = time.monotonic() + self._start_seconds
        while not self._try(deadline):
            time.sleep(PAUSE)
        self._was_ready = True

    def stop(self) -> None:
        """Let it finish properly; kill it if it does not. Does nothing if it is not running."""
        self._finish(self.stop_signals)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        self._finish(())

    def _finish(self, signals: Sequence[Signals]) -> None:
        if self._child is None:
            return
        process.end(self._child, signals, self._stop_seconds)
        self._child = None
        (self.home / "process").unlink(missing_ok=True)

    def _try(self, deadline: float) -> bool:
        """One start. False: worth another try."""
        if not self._was_ready:
            self.port = ports.choose(self.port)
        log = self.home / "server.log"
        self._child = process.spawn(
            self.command(), self.who.word, cwd=self.home, log=log,
            stdin=self.stdin(), extra=self.environment(), last=self.stop_signals[0],
        )  # fmt: skip
        leftovers.remember(self.home / "process", self._child.pid, self.mark())
        while self.running and time.monotonic() < deadline:
            if self.ready():
                return True
            time.sleep(PAUSE)
        ended = not self.running
        self.kill()
        complaint = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        lost_port = not self._was_ready and not ports.is_free(self.port)
        if ended and time.monotonic() < deadline and (lost_port or self.passing(complaint)):
            return False
        what = "ended at once" if ended else f"did not answer within {self._start_seconds:g} s"
        raise CannotStart(f"{self.title} {what}. Its log, {log}, says:\n{complaint}")
