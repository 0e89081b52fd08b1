"""The embedded servers together: what settings leave empty is started in the data folder."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from picrete_gql.local import folder, keys, ports
from picrete_gql.local.errors import AlreadyRuns, CannotStart
from picrete_gql.local.filling import filled, wanted
from picrete_gql.local.keys import Keys
from picrete_gql.local.postgres import Postgres
from picrete_gql.local.server import Server
from picrete_gql.local.storage import Storage
from picrete_gql.local.valkey import Valkey
from picrete_gql.settings import Settings

PORTS = "ports.json"


class Stack:
    """Servers of one data folder. Blocking: from async code call `start` and `stop` in a thread.

    `postgres`, `valkey` and `storage` are None when they were not asked for; each has `start()`, `stop()`, `kill()` of
    its own and keeps its port. The folder is this stack's alone until `stop()`; data, passwords and ports stay in it.
    """

    def __init__(self, data_dir: Path, *, database: bool, redis: bool, storage: bool, throwaway: bool = False) -> None:
        self.folder = data_dir.expanduser().resolve()
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self.storage: Storage | None = None
        port = ports.remembered(self.folder / PORTS).get
        if database:
            home = self.folder / "postgres"
            self.postgres = Postgres(home, port(home.name), self.keys.postgres, careless=throwaway)
        if redis:
            home = self.folder / "valkey"
            self.valkey = Valkey(home, port(home.name), self.keys.valkey, careless=throwaway)
        if storage:
            home = self.folder / "storage"
            self.storage = Storage(home, port(home.name), self.keys.storage_access, self.keys.storage_secret)
        self._lock: IO[str] | None = None

    @cached_property
    def keys(self) -> Keys:
        """Passwords and secrets. Made, with the folder, when first needed: never if every address is given."""
        folder.make(self.folder)
        return keys.load(self.folder)

    @classmethod
    def start(
        cls, data_dir: Path, *, database: bool = True, redis: bool = True, storage: bool = True, throwaway: bool = False
    ) -> Self:
        """Start the servers asked for and wait until they answer.

        `throwaway` gives up durability for speed (tests). Raises CannotStart with a sentence for a person; AlreadyRuns
        if another picrete has the folder. Nothing is left running then.
        """
        stack = cls(data_dir, database=database, redis=redis, storage=storage, throwaway=throwaway)
        stack._run()
        return stack

    @classmethod
    def start_for(cls, settings: Settings) -> Self:
        """Start only what the settings give no address for; possibly nothing at all. Raises like `start`."""
        return cls.start(settings.data_dir, **wanted(settings))

    @classmethod
    def join(cls, settings: Settings) -> Self:
        """The servers that another process already runs for such settings. Raises CannotStart if they do not answer."""
        stack = cls(settings.data_dir, **wanted(settings))
        silent = [server.title for server in stack.servers if not server.ready()]
        if silent:
            raise CannotStart(f"The picrete that has {stack.folder} does not run {', '.join(silent)} (yet).")
        return stack

    @property
    def servers(self) -> list[Server]:
        """Those asked for."""
        return [server for server in (self.postgres, self.valkey, self.storage) if server is not None]

    @property
    def database_url(self) -> str:
        """postgresql://… or empty."""
        return self.postgres.url if self.postgres else ""

    @property
    def redis_url(self) -> str:
        """redis://… or empty."""
        return self.valkey.url if self.valkey else ""

    @property
    def storage_endpoint(self) -> str:
        """http://… or empty."""
        return self.storage.url if self.storage else ""

    @property
    def access_key(self) -> str:
        """Of the storage."""
        return self.keys.storage_access

    @property
    def secret_key(self) -> str:
        """Of the storage."""
        return self.keys.storage_secret

    def apply(self, settings: Settings) -> Settings:
        """A copy of the settings where every address that was empty is this stack's."""
        urls = {"database": self.database_url, "redis": self.redis_url, "endpoint": self.storage_endpoint}
        return filled(settings, **urls, keys=lambda: self.keys)

    def stop(self) -> None:
        """Stop what runs and give the folder back. May be called twice."""
        try:
            _each(Server.stop, self.servers)
        finally:
            if self._lock is not None:
                self._lock.close()
                self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        if not self.servers:
            return
        self._lock = folder.claim(self.folder)
        try:
            _each(Server.start, self.servers)
            ports.remember(self.folder / PORTS, {server.home.name: server.port for server in self.servers})
        except BaseException:
            self.stop()
            raise


def _each(do: Callable[[Server], None], servers: list[Server]) -> None:
    """All at the same time; raises the first error when all have ended."""
    with ThreadPoolExecutor(max(1, len(servers))) as pool:
        running = [pool.submit(do, server) for server in servers]
    for one in running:
        one.result()


@contextmanager
def borrow(settings: Settings) -> Iterator[Settings]:
    """Complete settings for a short command: beside a picrete that runs already, or with servers of its own.

    Raises CannotStart.
    """
    try:
        stack = Stack.start_for(settings)
    except AlreadyRuns:
        stack = Stack.join(settings)
    with stack:
        yield stack.apply(settings)
