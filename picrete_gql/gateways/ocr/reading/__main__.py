"""A reader's process: photos in on stdin, lines out on stdout, each after its length (4 bytes, big-endian).

Apart, because a page takes a second of a core, because native code may crash on a hostile file, and because a process
can be stopped in the middle of a page. It ends when its stdin does, so it never outlives the worker.
"""

import json
import os
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from .lines import Line, Unreadable

LENGTH = struct.Struct(">I")


class Engine(Protocol):
    """What reads a page."""

    def read(self, image: bytes) -> list[Line]:
        """The lines from top to bottom. Raises Unreadable."""


def engine(name: str, *arguments: str) -> Engine:
    """The engine of that name, its libraries imported only now."""
    if name == "tesseract":
        from .tesseract import Tesseract

        return Tesseract(*arguments)
    from .rapid import Rapid

    return Rapid()


def serve(source: BinaryIO, answers: BinaryIO, start: Callable[[], Engine]) -> None:
    """Answer until the source ends."""
    started: Engine | None = None
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        image = source.read(LENGTH.unpack(head)[0])
        answer: dict[str, Any]
        try:
            started = started or start()
            answer = {"lines": started.read(image)}
        except Unreadable as error:
            answer = {"refused": str(error)}
        except MemoryError:
            answer = {"failed": "out of memory"}
        except Exception as error:
            answer = {"refused": f"{type(error).__name__}: {error}"}
        body = json.dumps(answer).encode()
        answers.write(LENGTH.pack(len(body)) + body)
        answers.flush()


def main() -> None:
    """Serve the engine named on the command line. Whatever a library prints goes to stderr, not among the answers."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers, lambda: engine(*sys.argv[1:]))


if __name__ == "__main__":
    main()
