"""Variables that begin like ours and mean nothing: most are slips of the pen."""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from pydantic import BaseModel

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.settings import Settings

from .parts import PREFIX

# Read by the launcher of the embedded servers and by the Makefile, not by the settings.
OTHERS = {"PICRETE_PG_BIN", "PICRETE_VALKEY_BIN", "PICRETE_RCLONE_BIN", "PICRETE_PYTHON", "PICRETE_SETUP_SYSTEM"}
LIKE = 0.75


def names(prefix: str = PREFIX, group: type[BaseModel] = Settings) -> Iterator[str]:
    """Every variable that means something; a whole group may be given as JSON too."""
    for name, field in group.model_fields.items():
        yield f"{prefix}{name.upper()}"
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from names(f"{prefix}{name.upper()}__", kind)


def unknown(environment: Mapping[str, str], file: Path) -> Iterator[Finding]:
    """What of the environment and of `.env` nobody reads."""
    known = {*names(), *OTHERS}
    for where, given in (("the environment", environment), (str(file), dotenv_values(file))):
        for name in sorted(name for name in given if name.upper().startswith(PREFIX) and name.upper() not in known):
            close = get_close_matches(name.upper(), sorted(known), 1, LIKE)
            hint = f"Did you mean {close[0]}?" if close else "`.env.example` has all that there are."
            yield Finding(Level.WARNING, name, f"stands in {where}, but there is no such setting.", hint)


def here() -> Iterator[Finding]:
    """Those of this very process."""
    yield from unknown(os.environ, Path(str(Settings.model_config.get("env_file") or ".env")))
