"""The embedded Valkey (Redis protocol). Contract: valkey.conf; a config on stdin is asked for by `-`."""

from pathlib import Path

import redis

from picrete_gql.local import binaries, ports
from picrete_gql.local.server import Server

ANSWER_SECONDS = 1.0


class Valkey(Server):
    """Writes go to an append-only file, a crash loses at most a second of them; `careless` keeps nothing (tests)."""

    title = "Valkey"

    def __init__(
        self, home: Path, port: int | None, password: str, *,
        careless: bool = False, databases: int = 64, start_seconds: float = 120, stop_seconds: float = 20,
    ) -> None:  # fmt: skip
        super().__init__(home, port, start_seconds=start_seconds, stop_seconds=stop_seconds)
        self._program = binaries.valkey_server()
        self._password = password
        self._careless = careless
        self._databases = databases

    @property
    def url(self) -> str:
        """redis://… with the password; database 0."""
        return f"redis://:{self._password}@{ports.HOST}:{self.port}/0"

    def command(self) -> list[str]:
        """The port is repeated here so that a leftover process can be told by it."""
        return [str(self._program), "-", "--port", str(self.port)]

    def mark(self) -> str:
        """The port: the server rewrites its title to `valkey-server 127.0.0.1:port`."""
        return str(self.port)

    def stdin(self) -> bytes:
        """The configuration, with the password."""
        lines = [
            f"bind {ports.HOST}",
            f"requirepass {self._password}",
            f"databases {self._databases}",
            "maxmemory-policy noeviction",  # a queue is not a cache
            'save ""',
            f"appendonly {'no' if self._careless else 'yes'}",
        ]
        return "\n".join([*lines, ""]).encode()

    def ready(self) -> bool:
        """Whether it answers PING: not while it still reads its file."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=ANSWER_SECONDS) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
