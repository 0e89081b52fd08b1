"""How many pages a PDF has, counted by a process apart: a few bytes can keep a parser in Python busy for hours."""

import os
import subprocess
import sys
from pathlib import Path

from picrete_gql.settings import Materials

PROGRAM = Path(__file__).with_name("pdf_pages.py")
ENCRYPTED = b"encrypted"
# Neither our settings nor our keys are the business of whatever reads a stranger's file.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")


class Encrypted(Exception):
    """It asks for a password."""


class Unreadable(Exception):
    """It is no PDF, or it takes too much time or memory to tell."""


def pages(data: bytes, of: Materials) -> int:
    """The number of pages. Blocks for `of.pdf_seconds` at most. Raises Encrypted and Unreadable."""
    command = (sys.executable, "-I", str(PROGRAM), str(of.pdf_seconds), str(of.pdf_memory))
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, input=data, capture_output=True, env=env, timeout=of.pdf_seconds * 2, check=False
        )
    except (subprocess.TimeoutExpired, BrokenPipeError) as error:
        raise Unreadable from error
    said = done.stdout.strip()
    if said == ENCRYPTED:
        raise Encrypted
    if done.returncode or not said.isdigit():
        raise Unreadable
    return int(said)
