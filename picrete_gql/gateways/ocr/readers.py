"""A few reader processes, kept warm: started when needed, killed when a page is cancelled or takes too long."""

import asyncio
import json
import os
import struct
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, Any

from picrete_gql.problems import Unavailable

LENGTH = struct.Struct(">I")
# Found by its folder, not by its full name, which would load the whole project into every reader.
PROGRAM = Path(__file__).parent / "reading"
# A reader decodes files of strangers: it gets what it needs to start, and no keys.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR")

Reader = Popen[bytes]


class Readers:
    """At most `parallel` pages at a time, each at most `seconds`. `what` names the engine in refusals.

    A thread waits for each page: in Python 3.11 a cancelled `asyncio.create_subprocess_exec` may never come back.
    """

    def __init__(self, arguments: Sequence[str], *, what: str, parallel: int, seconds: float) -> None:
        self._command = (sys.executable, "-P", "-m", PROGRAM.name, *arguments)
        self._what = what
        self._seconds = seconds
        self._gate = asyncio.Semaphore(parallel)
        self._threads = ThreadPoolExecutor(parallel, thread_name_prefix="reader")
        self._idle: list[Reader] = []
        self._started: list[Reader] = []
        self._closed = False

    async def ask(self, image: bytes) -> dict[str, Any]:
        """The reader's answer. Raises Unavailable when the reader dies or the time is over."""
        async with self._gate:
            reader = self._reader()
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await asyncio.get_running_loop().run_in_executor(self._threads, exchange, reader, image)
                self._idle.append(reader)
                return answer
            except TimeoutError as error:
                raise Unavailable(self._what, f"not read within {self._seconds:g} s") from error
            except (EOFError, OSError) as error:
                raise Unavailable(self._what, f"the reader died, exit code {reader.returncode}") from error
            finally:
                # Also when this task was cancelled: the reader is in the middle of a page that nobody waits for.
                if reader not in self._idle:
                    reader.kill()

    async def close(self) -> None:
        """Kill every reader, also in the middle of a page: they hold nothing that would be lost."""
        self._closed = True
        for reader in self._started:
            reader.kill()
        await asyncio.gather(*(asyncio.to_thread(bury, reader) for reader in self._started))
        self._threads.shutdown(wait=False)

    def _reader(self) -> Reader:
        """An idle reader that is still alive, or a new one."""
        if self._closed:
            raise Unavailable(self._what, "closed")
        for reader in self._started:
            if reader.poll() is not None:
                bury(reader)
        self._started = [reader for reader in self._started if reader.returncode is None]
        while self._idle:
            reader = self._idle.pop()
            if reader.returncode is None:
                return reader
        try:
            # A session of its own, so that Ctrl-C in a terminal reaches only the worker.
            reader = Popen(self._command, stdin=PIPE, stdout=PIPE, env=environment(), start_new_session=True)  # noqa: S603
        except OSError as error:
            raise Unavailable(self._what, f"no reader can be started ({error})") from error
        self._started.append(reader)
        return reader


def environment() -> dict[str, str]:
    """What a reader may know of this process's environment."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = os.pathsep.join(filter(None, [str(PROGRAM.parent), os.environ.get("PYTHONPATH")]))
    # Tesseract's own threads make a page slower, not faster.
    return kept | {"PYTHONPATH": path, "OMP_THREAD_LIMIT": "1"}


def exchange(reader: Reader, image: bytes) -> dict[str, Any]:
    """One page in, one answer out, in a thread. Raises EOFError or OSError when the reader died; it is buried then."""
    try:
        if reader.stdin is None or reader.stdout is None:
            raise EOFError("a reader without pipes")
        reader.stdin.write(LENGTH.pack(len(image)) + image)
        reader.stdin.flush()
        (length,) = LENGTH.unpack(exactly(reader.stdout, LENGTH.size))
        answer: dict[str, Any] = json.loads(exactly(reader.stdout, length))
    except (EOFError, OSError):
        bury(reader)
        raise
    return answer


def bury(reader: Reader) -> None:
    """Make sure that it is dead, take its exit code, close its pipes."""
    reader.kill()
    reader.wait()
    for pipe in (reader.stdin, reader.stdout):
        # What was still to be written finds nobody to read it.
        with suppress(OSError):
            if pipe is not None:
                pipe.close()


def exactly(source: IO[bytes], length: int) -> bytes:
    """That many bytes. Raises EOFError."""
    body = source.read(length)
    if len(body) < length:
        raise EOFError
    return body
