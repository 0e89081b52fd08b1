"""Ports on the loopback interface."""

import json
import random
import socket
from collections.abc import Mapping
from pathlib import Path

from picrete_gql.local.errors import CannotStart

HOST = "127.0.0.1"
# Below the ephemeral range of Linux (32768) and macOS (49152): a client that keeps dialling a stopped server's port
# can be given that very port as its own end, connect to itself, and so keep the server from coming back.
FIRST, LAST = 20_000, 29_999
TRIES = 100


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        # As the servers do themselves: a connection in TIME_WAIT is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(wanted: int | None = None) -> int:
    """The wanted port if it is free, else another one; raises CannotStart if nothing is free."""
    if wanted is not None and is_free(wanted):
        return wanted
    for _ in range(TRIES):
        port = random.randint(FIRST, LAST)
        if is_free(port):
            return port
    raise CannotStart(f"No free port between {FIRST} and {LAST} on {HOST}.")


def remembered(file: Path) -> dict[str, int]:
    """The ports of the last run, by server. They are a wish only: a damaged or forbidden file is as good as none."""
    try:
        ports = json.loads(file.read_text())
        return {str(name): int(port) for name, port in ports.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def remember(file: Path, ports: Mapping[str, int]) -> None:
    """Keep the ports for the next run, beside those of servers that did not run this time."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(json.dumps(remembered(file) | dict(ports)))
    new.replace(file)
