"""The virtual environment and what is installed in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import system
from console import say, show

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
COMMAND = VENV / "bin" / "picrete"
LOG = VENV / "setup.log"
TAIL_LINES = 25
# Newest first among those that every package has wheels for.
NAMES = ["python3.13", "python3.12", "python3.11"]
# Debian without python3-venv has no ensurepip, so pip is brought in from outside, by whichever way exists.
PIP_FROM_OUTSIDE = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]


def newer_python(oldest: tuple[int, int]) -> str | None:
    """A Python on PATH of at least this version that really starts (a pyenv shim may not)."""
    for path in filter(None, map(shutil.which, NAMES)):
        check = f"import sys; sys.exit(sys.version_info < {oldest})"
        if succeeds([path, "-c", check]):
            return path
    return None


def make() -> None:
    """Make the environment unless a sound one is there."""
    if sound():
        return
    say(f"making .venv with Python {sys.version.split()[0]}")
    venv = [sys.executable, "-m", "venv", "--clear"]
    if succeeds([*venv, str(VENV)]) and can_import("pip"):
        return
    say("this Python has no ensurepip; getting pip another way")
    if succeeds([*venv, "--without-pip", str(VENV)]) and succeeds(PIP_FROM_OUTSIDE):
        return
    if system.install({"apt-get": [f"python3.{sys.version_info.minor}-venv"]}) and succeeds([*venv, str(VENV)]):
        return
    sys.exit("picrete: no virtual environment can be made. Install python3-venv (or python3-pip) and try again.")


def sound() -> bool:
    """Whether .venv works, belongs to this folder (not copied from another) and to the Python that was asked for."""
    try:
        made_here = str(PYTHON).encode() in COMMAND.read_bytes()[:1000]
    except OSError:
        made_here = False
    version = sys.version_info[:2] if os.environ.get("PICRETE_PYTHON") else None
    check = f"import sys; sys.exit(sys.version_info < (3, 11) or {version} not in (None, sys.version_info[:2]))"
    return made_here and succeeds([str(PYTHON), "-c", check]) and can_import("pip")


def can_import(name: str) -> bool:
    """Whether the environment has this module, in working order."""
    return succeeds([str(PYTHON), "-c", f"import {name}"])


def install(extras: list[str], how_long: str) -> bool:
    """Install this project with its extras, showing what happens in one line; whether it worked."""
    say(f"installing packages [{', '.join(extras)}] ({how_long})")
    pip = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    # A binding without a wheel would be compiled against libraries that are not there: better no binding.
    command = [*pip, "--only-binary", "tesserocr", "-e", f".[{','.join(extras)}]"]
    begun = time.monotonic()
    with LOG.open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for line in process.stdout or []:
            log.write(line)
            if line.lstrip().startswith(("Collecting", "Downloading", "Building", "Installing", "Preparing")):
                show(f"{time.monotonic() - begun:.0f} s: {line.strip()}")
    return process.wait() == 0


def succeeds(command: list[str]) -> bool:
    """Run something quietly; whether it ended well."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own commands


def give_up(sentence: str) -> None:
    """End with the last words of pip."""
    tail = "\n".join(LOG.read_text(errors="replace").splitlines()[-TAIL_LINES:])
    sys.exit(f"{tail}\npicrete: {sentence} All of pip's words are in {LOG}.")
