"""Set up, and do something: `python3 scripts/do.py demo|up|test [arguments]`, with or without make.

Standard library only; see `setup.py` for what the environment chooses.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import environment

SETUP = Path(__file__).with_name("setup.py")
# What must be installed, and what is run then.
WORDS = {
    "demo": ("run", [environment.COMMAND, "demo"]),
    "up": ("run", [environment.COMMAND, "up"]),
    "test": ("dev", [environment.PYTHON, "-m", "pytest"]),
}


def main() -> None:
    """Become the command. Exits with 1 when the set-up fails."""
    word, *rest = sys.argv[1:] or [""]
    if word not in WORDS:
        sys.exit(f"usage: do.py {'|'.join(WORDS)} [arguments]")
    kind, command = WORDS[word]
    if subprocess.run([sys.executable, str(SETUP), kind], check=False).returncode:  # noqa: S603 - our own command
        sys.exit(1)
    os.chdir(environment.ROOT)
    os.execv(command[0], [*map(str, command), *rest])  # noqa: S606 - our own command


if __name__ == "__main__":
    main()
