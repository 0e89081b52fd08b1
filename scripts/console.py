"""One line at a time on the terminal."""

from __future__ import annotations

import shutil
import sys


def say(text: str) -> None:
    """A line that stays."""
    sys.stderr.write(f"{_clear()}picrete: {text}\n")
    sys.stderr.flush()


def show(text: str) -> None:
    """A line that the next one replaces; nothing where there is no terminal."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"{_clear()}{f'picrete: … {text}'[:width]}")
        sys.stderr.flush()


def _clear() -> str:
    return "\r\x1b[K" if sys.stderr.isatty() else ""
