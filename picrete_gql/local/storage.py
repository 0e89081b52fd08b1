"""The embedded S3 store: `rclone serve s3` over plain files. Contract: https://rclone.org/commands/rclone_serve_s3/."""

import http.client
from collections.abc import Mapping
from pathlib import Path

from picrete_gql.local import binaries, ports
from picrete_gql.local.server import Server

ANSWER_SECONDS = 1.0
UNFINISHED = "**/.rclone_temp_put_*"


class Storage(Server):
    """Buckets are folders, objects are files, every signature is checked."""

    title = "rclone"

    def __init__(
        self, home: Path, port: int | None, access_key: str, secret_key: str, *,
        start_seconds: float = 120, stop_seconds: float = 20,
    ) -> None:  # fmt: skip
        super().__init__(home, port, start_seconds=start_seconds, stop_seconds=stop_seconds)
        self._program = binaries.rclone()
        self._files = home / "files"
        self.access_key = access_key
        self.secret_key = secret_key

    @property
    def url(self) -> str:
        """http://…, the endpoint."""
        return f"http://{ports.HOST}:{self.port}"

    def prepare(self) -> None:
        """Make the folder; remove uploads that a kill cut short (rclone hides them, but never deletes them)."""
        self._files.mkdir(mode=0o700, exist_ok=True)
        for file in self._files.glob(UNFINISHED):
            file.unlink()

    def command(self) -> list[str]:
        """Without a write cache: with one, an upload is on disk only seconds after it was answered."""
        address = f"{ports.HOST}:{self.port}"
        quiet = ["--config", "", "--vfs-cache-mode", "off", "--log-level", "NOTICE"]
        return [str(self._program), "serve", "s3", *quiet, "--addr", address, str(self._files)]

    def environment(self) -> Mapping[str, str]:
        """The one key pair, as CSV in quotes (rclone's way of a list in a variable)."""
        return {"RCLONE_AUTH_KEY": f'"{self.access_key},{self.secret_key}"'}

    def mark(self) -> str:
        """The folder of the files."""
        return str(self._files)

    def ready(self) -> bool:
        """Whether HTTP is answered, be it with a refusal."""
        connection = http.client.HTTPConnection(ports.HOST, self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True
