"""A ZIP archive in a temporary file: one member at a time, so that its size on disk is the only thing that grows."""

import tempfile
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

import orjson


class Archive:
    """A ZIP under construction. Its methods write to disk: call them off the event loop."""

    def __init__(self, now: datetime) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile(prefix="picrete-")  # noqa: SIM115
        self.zip = zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED)
        self.moment = now.timetuple()[:6]

    def text(self, name: str, text: str) -> None:
        """A member of plain text."""
        self._write(name, text.encode())

    def json(self, name: str, value: Any) -> None:
        """A member of JSON: UTF-8, indented, for people and programs."""
        self._write(name, orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2))

    def image(self, name: str, body: bytes) -> None:
        """A member that would not become smaller."""
        self._write(name, body, zipfile.ZIP_STORED)

    def finish(self) -> int:
        """Write the directory at the end and go back to the beginning. Returns the size in bytes."""
        self.zip.close()
        size = self.file.tell()
        self.file.seek(0)
        return size

    def close(self) -> None:
        """Give the disk back."""
        self.zip.close()
        self.file.close()

    def _write(self, name: str, body: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
        member = zipfile.ZipInfo(name, self.moment)
        member.compress_type, member.external_attr = method, 0o600 << 16
        self.zip.writestr(member, body)


def _plain(value: Any) -> Any:
    # The database driver has a UUID of its own.
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    raise TypeError(type(value).__name__)
