"""The system's package manager, where we may use it."""

from __future__ import annotations

import os
import shutil
import subprocess

from console import say, show

SECONDS = 600
APT = ["-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=2"]


def install(packages: dict[str, list[str]]) -> bool:
    """Install packages, named per manager; whether it worked. Never asks anything."""
    if os.environ.get("PICRETE_SETUP_SYSTEM", "").lower() in ("no", "0", "false"):
        return False
    if "brew" in packages and shutil.which("brew") and os.geteuid() != 0:
        say("brew install " + " ".join(packages["brew"]))
        return _run(["brew", "install", *packages["brew"]])
    powers = _powers()
    if "apt-get" not in packages or not shutil.which("apt-get") or powers is None:
        return False
    apt = [*powers, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *APT]
    wanted = ["install", "-y", "--no-install-recommends", *packages["apt-get"]]
    say("apt-get install " + " ".join(packages["apt-get"]))
    # On a fresh machine the lists are empty, elsewhere the update can be spared.
    return _run([*apt, *wanted], quiet=True) or (_run([*apt, "update"]) and _run([*apt, *wanted]))


def _powers() -> list[str] | None:
    """What to write before a command that needs root; None if we have no such powers."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603
        return sudo
    return None


def _run(command: list[str], quiet: bool = False) -> bool:
    show("this may take a minute")
    try:
        done = subprocess.run(  # noqa: S603 - our own commands
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        say(f"no end after {SECONDS} s")
        return False
    if done.returncode != 0 and not quiet:
        say((done.stderr.strip().splitlines() or ["it failed without a word"])[-1])
    return done.returncode == 0
