"""What a backup says of itself: when, of what, and a checksum of every part."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from picrete_gql.local import CannotStart

FORMAT = 1
MANIFEST, DUMP, INDEX = "manifest.json", "database.dump", "objects.jsonl"
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Item:
    """An object of the store; its bytes lie under their SHA-256. By its `etag` the next backup knows it again."""

    key: str
    size: int
    sha256: str
    mime: str
    etag: str = ""
    modified_at: str = ""


@dataclass(frozen=True)
class Manifest:
    """One backup. `files`: SHA-256 by name; `rows`: by table; `missing`: keys that rows name and the store lacked."""

    made_at: str
    picrete: str
    migration: str
    postgres: str
    pg_dump: str
    key_id: str
    rows: Mapping[str, int]
    files: Mapping[str, str]
    objects: int
    object_bytes: int
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def read_manifest(text: str) -> Manifest:
    """From JSON. Raises CannotStart when it is no backup that this version understands."""
    try:
        given: dict[str, Any] = json.loads(text)
        if given["format"] != FORMAT:
            raise CannotStart(f"This backup has format {given['format']}; this version of picrete knows {FORMAT}.")
        return Manifest(**given)
    except (ValueError, KeyError, TypeError) as error:
        raise CannotStart("This is no manifest of a backup.") from error


def write_index(path: Path, items: list[Item]) -> None:
    """One object to a line."""
    with path.open("w", encoding="utf-8") as file:
        for item in items:
            file.write(json.dumps(asdict(item), ensure_ascii=False) + "\n")


def read_index(text: str) -> list[Item]:
    """The other way round."""
    return [Item(**json.loads(line)) for line in text.splitlines()]


def sha256_of(path: Path) -> str:
    """Of a file, however large."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
