"""The embedded PostgreSQL. Contract: the manual's pages initdb, postgres, and "postmaster.pid" as pg_ctl reads it."""

import re
import shutil
from pathlib import Path
from signal import SIGINT, SIGQUIT
from tempfile import mkdtemp
from urllib.parse import quote

from picrete_gql.local import binaries, identity, leftovers, ports, process
from picrete_gql.local.errors import CannotStart
from picrete_gql.local.identity import Identity
from picrete_gql.local.server import Server

NAME = "picrete"
BUILTIN_LOCALE_SINCE = 17
# What a test run may lose in a crash, and gains in speed.
CARELESS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0")


class Postgres(Server):
    """One cluster with one role and one database, both called picrete. `careless` gives up durability (tests)."""

    title = "PostgreSQL"
    stop_signals = (SIGINT, SIGQUIT)  # "fast", then "immediate"; SIGTERM would wait for every client

    def __init__(
        self, home: Path, port: int | None, password: str, *,
        careless: bool = False, max_connections: int = 200, who: Identity | None = None,
        start_seconds: float = 120, stop_seconds: float = 20,
    ) -> None:  # fmt: skip
        super().__init__(home, port, start_seconds=start_seconds, stop_seconds=stop_seconds)
        self._bin = binaries.postgres_folder()
        self._data = home / "data"
        self._password = password
        self._careless = careless
        self._max_connections = max_connections
        self._who = who

    @property
    def url(self) -> str:
        """postgresql://… with the password."""
        return f"postgresql://{NAME}:{quote(self._password)}@{ports.HOST}:{self.port}/{NAME}"

    def command(self) -> list[str]:
        """TCP on the loopback only: the path of a Unix socket is limited to about 100 bytes."""
        options = [f"port={self.port}", f"listen_addresses={ports.HOST}", "unix_socket_directories=", "timezone=UTC"]
        options += [f"max_connections={self._max_connections}", *(CARELESS if self._careless else ())]
        return [str(self._bin / "postgres"), "-D", str(self._data), *_options(options)]

    def mark(self) -> str:
        """The data folder."""
        return str(self._data)

    def ready(self) -> bool:
        """Whether postmaster.pid says so and is of a living server of this folder."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        return int(lines[0]) == self.pid or (not self.running and self.mark() in leftovers.command_line(int(lines[0])))

    def passing(self, complaint: str) -> bool:
        """The children of a killed postmaster need a moment to notice."""
        return "is still in use" in complaint

    def prepare(self) -> None:
        """Choose the user, remove what a killed run left, make the cluster at the first start."""
        self.who = self._who or identity.unprivileged(self._bin / "postgres")
        if self.who.uid != self.home.stat().st_uid:
            for folder in (self.home.parent, self.home):
                folder.chmod(
                    0o711
                )  # enough to pass through; only `data` is the other user's, so no link can mislead us
            identity.require_reach(self.who, self.home, self._bin / "postgres")
        version = re.search(r"\) (\d+)", self._run("postgres", "--version"))
        major = int(version[1]) if version else 0
        if not self._data.exists():
            self._create(major)
        self._check(major)
        self.who.own(self._data)
        # Nobody else uses this folder (the stack holds its lock), so any such file is stale; PostgreSQL itself would be
        # misled when its number has been given to another process. The shared memory block still guards the data.
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _check(self, major: int) -> None:
        made_by = (self._data / "PG_VERSION").read_text().strip()
        if made_by != str(major):
            raise CannotStart(
                f"The data in {self._data} are of PostgreSQL {made_by}, and {self._bin} is PostgreSQL {major}. "
                f"Set PICRETE_PG_BIN to a PostgreSQL {made_by}, or dump the data there and load them into a new folder."
            )

    def _create(self, major: int) -> None:
        """initdb beside the final place, so that a run killed half-way leaves nothing that looks finished."""
        for old in self.home.glob("new-*"):
            shutil.rmtree(old, ignore_errors=True)  # what resists is in nobody's way
        new, secret = Path(mkdtemp(prefix="new-", dir=self.home)), self.home / "password"
        try:
            secret.touch(mode=0o600)
            secret.write_text(self._password)
            self.who.own(new)
            self.who.own(secret)
            self._run("initdb", "-D", str(new), "-U", NAME, f"--pwfile={secret}", *self._initdb_options(major))
        finally:
            secret.unlink(missing_ok=True)
        single = ("--single", "-D", str(new), *_options(CARELESS[:3] if self._careless else ()), "template1")
        self._run("postgres", *single, stdin=f"CREATE DATABASE {NAME};\n")
        new.rename(self._data)

    def _initdb_options(self, major: int) -> list[str]:
        # The same order and case rules on every system, where PostgreSQL brings them along.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if major >= BUILTIN_LOCALE_SINCE else ["--locale=C.UTF-8"]
        safety = ["--no-sync"] if self._careless else ["--data-checksums"]
        return ["--auth=scram-sha-256", "--encoding=UTF8", *locale, *safety]

    def _run(self, program: str, *arguments: str, stdin: str = "") -> str:
        answer = process.run([str(self._bin / program), *arguments], self.who.word, cwd=self.home, stdin=stdin)
        if not answer.ok:
            raise CannotStart(f"PostgreSQL's {program} failed:\n{answer.text.strip()}")
        return answer.text


def _options(settings: list[str] | tuple[str, ...]) -> list[str]:
    return [part for setting in settings for part in ("-c", setting)]
