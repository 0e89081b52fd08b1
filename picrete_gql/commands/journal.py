"""What a child process says: all of it to a file of bounded size, warnings and worse also to the screen."""

import json
from collections.abc import Callable
from logging import INFO, Formatter, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOUD = ("warning", "error", "critical")
HIDDEN = ("event", "level", "logger", "timestamp", "request_id", "exception")
MOST_BYTES = 10 * 1024 * 1024
OLD_FILES = 2
MOST_CHARS = 300


class Journal:
    """The log of one process. `say` gets one short line for each warning or error."""

    def __init__(self, name: str, path: Path, say: Callable[[str], None]) -> None:
        self.name, self.say = name, say
        self._file = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True)
        self._file.setFormatter(Formatter("%(message)s"))

    def write(self, line: str) -> None:
        """Keep a line, and show it if it matters."""
        self._file.emit(LogRecord(self.name, INFO, "", 0, line, None, None))
        if short := loud(line):
            self.say(f"{self.name}: {short}")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def loud(line: str) -> str | None:
    """A JSON log line of level warning or worse as a short sentence; None for anything else."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("level") not in LOUD:
        return None
    facts = " ".join(f"{key}={value}" for key, value in said.items() if key not in HIDDEN)
    return f"{said['level']}: {said.get('event', '')} {facts}".strip()[:MOST_CHARS]
