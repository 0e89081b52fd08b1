"""The passwords of the embedded servers and the secret that signs tokens: made once, readable for one user."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from picrete_gql.local.errors import CannotStart

FILE = "keys.json"


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Keys:
    """Only letters, digits, `-` and `_`: they go into addresses, SQL and CSV as they are."""

    postgres: str = field(default_factory=_secret)
    valkey: str = field(default_factory=_secret)
    storage_access: str = field(default_factory=lambda: f"picrete{secrets.token_hex(6)}")
    storage_secret: str = field(default_factory=_secret)
    auth: str = field(default_factory=_secret)


def load(folder: Path) -> Keys:
    """The keys of a data folder, made at the first call. Raises CannotStart if the file cannot be read."""
    path = folder / FILE
    if not path.exists():
        _create(path)
    try:
        path.chmod(0o600)
        return Keys(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise CannotStart(
            f"The keys in {path} cannot be read ({error}). The data beside them needs them: put the file back, "
            f"or delete {folder} to start from nothing."
        ) from error


def _create(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins."""
    new = path.with_name(f"{FILE}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(Keys()), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)
    except FileExistsError:
        return  # another process was first: its keys are read instead
    finally:
        new.unlink()
