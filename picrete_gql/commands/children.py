"""Our own processes as children: `picrete api`, `picrete worker`. Their words go to files, what matters to the screen.

On Linux they are killed by the kernel when we die, however we die (prctl(2), PR_SET_PDEATHSIG, in local/launch.py).
"""

import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import getpid
from pathlib import Path
from signal import SIGKILL
from threading import Thread

from picrete_gql.commands.journal import Journal
from picrete_gql.local import leftovers, process

PYTHON = (sys.executable, "-m", "picrete_gql")
Say = Callable[[str], None]


class ChildDied(Exception):
    """A process of ours ended before it had ever worked. The message holds its last words."""


@dataclass
class Patience:
    """How long to wait (seconds): before a restart, doubling; for a polite end; and what counts as having worked."""

    first: float = 1
    most: float = 30
    steady: float = 60
    stop: float = 20


@dataclass
class Child:
    """One process that shall run. `wait` is the next pause before it is started again."""

    name: str
    command: Sequence[str]
    journal: Journal
    mark: Path
    wait: float
    running: subprocess.Popen[bytes] | None = None
    reader: Thread | None = None
    begun: float = 0
    due: float = 0
    last_words: deque[str] = field(default_factory=lambda: deque(maxlen=20))


class Children:
    """Processes that are started again when they die. One thread at a time: start, then `tend` often, then stop."""

    def __init__(
        self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], folder: Path, say: Say,
        patience: Patience | None = None,
    ) -> None:  # fmt: skip
        """`commands` by name; logs and process files go to `folder`."""
        self.environment, self.folder, self.say = dict(environment), folder, say
        self.patience = patience or Patience()
        self.all = [self._child(name, command) for name, command in commands.items()]

    @property
    def names(self) -> list[str]:
        """What they are called."""
        return [child.name for child in self.all]

    def start(self) -> None:
        """Start them all, after ending what a killed run of this folder left behind."""
        for child in self.all:
            leftovers.end(child.mark, self.patience.stop)
            self._start(child)

    def tend(self) -> None:
        """Look once: start again what has died, each time after a longer pause, and say so."""
        now = time.monotonic()
        for child in self.all:
            if child.running is not None and child.running.poll() is not None:
                lived = now - child.begun
                child.wait = self.patience.first if lived > self.patience.steady else child.wait
                child.due = now + child.wait
                self.say(f"{child.name} {ended(child.running.returncode)}; starting it again in {child.wait:g} s")
                child.wait = min(child.wait * 2, self.patience.most)
                self._bury(child)
            elif child.running is None and now >= child.due:
                self._start(child)
                self.say(f"{child.name} was started again (process {child.running.pid if child.running else '?'})")

    def ensure_alive(self) -> None:
        """Raises ChildDied if one has ended."""
        for child in self.dead():
            assert child.running is not None
            if child.reader:
                child.reader.join(1)
            words = "\n".join(child.last_words)
            raise ChildDied(f"The {child.name} process {ended(child.running.returncode)}. Its last words:\n{words}")

    def dead(self) -> Iterator[Child]:
        """Those that have ended and were not yet noticed."""
        return (child for child in self.all if child.running is not None and child.running.poll() is not None)

    def stop(self) -> None:
        """End them all, politely first. May be called twice."""
        running = [child for child in self.all if child.running is not None]
        for child in running:
            assert child.running is not None
            child.running.terminate()
        deadline = time.monotonic() + self.patience.stop
        for child in running:
            assert child.running is not None
            try:
                child.running.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{child.name} does not end, so it is killed")
                child.running.kill()
                child.running.wait()
            self._bury(child)
        for child in self.all:
            child.journal.close()

    def _child(self, name: str, command: Sequence[str]) -> Child:
        journal = Journal(name, self.folder / f"{name}.log", self.say)
        return Child(name, command, journal, self.folder / f"{name}.process", self.patience.first)

    def _start(self, child: Child) -> None:
        """Always from the main thread: the kernel counts the thread that forks as the parent that may die."""
        launch = (sys.executable, "-I", "-S", str(process.LAUNCH), str(int(SIGKILL)), str(getpid()), "same")
        child.running = subprocess.Popen(  # noqa: S603 - our own program
            [*launch, *child.command], env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us: we end them in order
        )  # fmt: skip
        leftovers.remember(child.mark, child.running.pid, " ".join(child.command[1:]))
        child.begun = time.monotonic()
        child.reader = Thread(target=_listen, args=(child, child.running), name=f"log-{child.name}", daemon=True)
        child.reader.start()

    def _bury(self, child: Child) -> None:
        if child.reader is not None:
            child.reader.join(1)
        child.running = child.reader = None
        child.mark.unlink(missing_ok=True)


def ended(code: int) -> str:
    """How a process ended, in words."""
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"


def _listen(child: Child, running: subprocess.Popen[bytes]) -> None:
    assert running.stdout is not None
    with running.stdout as words:
        for line in words:
            text = line.decode(errors="replace").rstrip()
            child.last_words.append(text)
            child.journal.write(text)
