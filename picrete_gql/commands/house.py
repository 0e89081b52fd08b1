"""The whole product on this machine: servers where settings name none, migrations, API, worker."""

import errno
import json
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from picrete_gql.commands import environment, migrate, signals
from picrete_gql.commands.children import PYTHON, ChildDied, Children
from picrete_gql.local import CannotStart, Stack
from picrete_gql.settings import Settings

START_SECONDS = 120
PAUSE = 0.1
LOGS = "logs"
Say = Callable[[str], None]


@dataclass(frozen=True)
class House:
    """What runs. `settings` are complete; `children` must be tended; `logs` is the folder of their logs."""

    settings: Settings
    url: str
    stack: Stack
    children: Children
    logs: Path


def commands(settings: Settings) -> dict[str, Sequence[str]]:
    """The processes that such settings ask for, by name."""
    names = ["api", "worker", *(["bot"] if settings.telegram.token.get_secret_value() else [])]
    return {name: (*PYTHON, name) for name in names}


@contextmanager
def opened(settings: Settings, say: Say, doing: Say) -> Iterator[House]:
    """Start everything, wait until it answers, stop everything. For the main thread.

    `doing` hears what is being waited for, `say` what goes wrong meanwhile. Raises CannotStart with a sentence.
    """
    ensure_port_free(settings)
    with signals.as_interrupt(), servers(settings, doing) as stack:
        # Our eyes need the logs in a form that can be read by a program.
        full = stack.apply(settings).model_copy(update={"log_json": True})
        doing("bringing the database up to date")
        migrate.run(full)
        logs = log_folder(full)
        children = Children(commands(full), environment.of_child(full), logs, say)
        house = House(full, address(full), stack, children, logs)
        try:
            doing(f"starting {', '.join(children.names)}")
            children.start()
            wait_ready(house)
            yield house
        finally:
            with signals.deaf():
                children.stop()


@contextmanager
def servers(settings: Settings, doing: Say) -> Iterator[Stack]:
    """The embedded servers that are needed, stopped in peace at the end."""
    doing("starting PostgreSQL, Valkey and the S3 store")
    stack = Stack.start_for(settings)
    try:
        yield stack
    finally:
        with signals.deaf():
            stack.stop()


def wait_ready(house: House, seconds: float = START_SECONDS) -> None:
    """Until /readyz says yes. Raises CannotStart when a process dies, or when it takes too long."""
    deadline, answer = time.monotonic() + seconds, "no answer"
    while time.monotonic() < deadline:
        try:
            house.children.ensure_alive()
        except ChildDied as error:
            raise CannotStart(f"{error}\nAll of it is in {house.logs}.") from error
        try:
            with urlopen(f"{house.url}/readyz", timeout=5):  # noqa: S310 - our own address
                return
        except HTTPError as error:
            answer = _failing(error)
        except (URLError, OSError):
            pass
        time.sleep(PAUSE)
    raise CannotStart(f"Not ready within {seconds:g} s ({answer}). The logs are in {house.logs}.")


def ensure_port_free(settings: Settings) -> None:
    """Raises CannotStart when somebody else listens where the API wants to."""
    http = settings.http
    try:
        with socket.create_server((http.host, http.port), family=family(http.host)):
            return
    except OverflowError as error:
        raise CannotStart(f"PICRETE_HTTP__PORT is {http.port}, but ports are numbers from 0 to 65535.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {http.port} on {http.host} is taken by another program. "
                f"Stop that one, or choose another port: PICRETE_HTTP__PORT={http.port + 1}."
            ) from error
        why = os.strerror(error.errno) if error.errno else str(error)
        raise CannotStart(f"The API cannot listen on {http.host}, port {http.port}: {why}.") from error


def family(host: str) -> socket.AddressFamily:
    """IPv6 for its addresses, else IPv4."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def address(settings: Settings) -> str:
    """Where this machine reaches the API."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.http.host, settings.http.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http.port}"


def log_folder(settings: Settings) -> Path:
    """Where the logs of the processes go, made for its owner only."""
    logs = settings.data_dir.expanduser().resolve() / LOGS
    try:
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"The folder {logs} cannot be made: {error.strerror}.") from error
    return logs


def _failing(error: HTTPError) -> str:
    """Which check fails, from the body of /readyz."""
    try:
        checks = json.loads(error.read())
    except (OSError, ValueError):
        return f"HTTP {error.code}"
    return ", ".join(f"{name}: {state}" for name, state in checks.items() if name != "status" and state != "ok")
