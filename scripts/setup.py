"""Make .venv ready: `python3 scripts/setup.py run|dev`. Standard library only, started by the Makefile and `do.py`.

Does nothing where nothing has changed since the last time.

PICRETE_PYTHON chooses the interpreter, PICRETE_SETUP_SYSTEM=no forbids the package manager of the system.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import environment
import tesseract
from console import say

EXTRAS = {"run": ["local"], "dev": ["local", "dev"]}
OLDEST = (3, 11)


def main() -> None:
    """Find a Python, make the environment, install, choose how pages are read. Exits with 1 and the reason."""
    kind = sys.argv[1] if sys.argv[1:] in (["run"], ["dev"]) else sys.exit("usage: setup.py run|dev")
    if sys.version_info < OLDEST:
        start_again_with(environment.newer_python(OLDEST), kind)
    if is_ready(kind):
        return
    environment.make()
    extras = EXTRAS[kind]
    if not environment.install([*extras, "ocr"], "a minute or two the first time"):
        say("that did not work; trying without the Tesseract binding")
        if not environment.install(extras, "a minute or two"):
            environment.give_up("The packages could not be installed.")
    say(reading(extras))
    for done in EXTRAS if kind == "dev" else ["run"]:
        mark(done).write_text(key())
    say("ready")


def is_ready(kind: str) -> bool:
    """Whether this folder's environment was made by this Python from what is asked for now."""
    try:
        return environment.PYTHON.exists() and mark(kind).read_text() == key()
    except OSError:
        return False


def mark(kind: str) -> Path:
    """Where it is written down that the set-up has ended well."""
    return environment.VENV / f".ready-{kind}"


def key() -> str:
    """All that the set-up depends on, as a hash: an environment that was copied from another folder is not ready."""
    asked = os.environ.get("PICRETE_PYTHON", "")
    needs = [environment.ROOT / "pyproject.toml", *sorted(Path(__file__).parent.glob("*.py"))]
    texts = [f"{environment.ROOT} {asked}".encode(), *(file.read_bytes() for file in needs)]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def reading(extras: list[str]) -> str:
    """See to it that pages can be read on this machine; a sentence that says by what."""
    found = tesseract.data()
    if environment.can_import("tesserocr"):
        found = found or tesseract.install()
        if found:
            return f"pages will be read by Tesseract, Russian and English ({found})"
        why = f"Tesseract's Russian data are missing; {tesseract.BY_HAND}"
    else:
        why = "the Tesseract binding has no package for this system and Python"
    if environment.install([*extras, "ocr-latin"], "RapidOCR, 100 MB"):
        return f"pages will be read by RapidOCR, Latin letters only ({why})"
    return f"pages cannot be read on this machine ({why}); for Datalab set PICRETE_OCR__PROVIDER=datalab"


def start_again_with(python: str | None, kind: str) -> None:
    """Become a Python that is new enough."""
    if python is None:
        version = ".".join(str(part) for part in OLDEST)
        sys.exit(f"picrete needs Python {version} or later; PICRETE_PYTHON=/path/to/python3 chooses one.")
    os.execv(python, [python, os.path.abspath(__file__), kind])  # noqa: S606 - found on PATH


if __name__ == "__main__":
    main()
