"""Settings as the environment of another process."""

import json
import os
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, SecretStr

from picrete_gql.settings import Settings

PREFIX = "PICRETE_"


def of_child(settings: Settings) -> dict[str, str]:
    """Our own environment, with settings that are exactly these: neither older ones nor `.env` show through."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    programs = {name: value for name, value in os.environ.items() if name.startswith(PREFIX) and name.endswith("_BIN")}
    return {**kept, **programs, **variables(settings)}


def variables(settings: Settings) -> dict[str, str]:
    """Every setting that has a value, as `PICRETE_…`, secrets in clear."""
    return dict(_walk(PREFIX, settings))


def _walk(prefix: str, group: BaseModel) -> Iterator[tuple[str, str]]:
    for name in type(group).model_fields:
        value = getattr(group, name)
        if isinstance(value, BaseModel):
            yield from _walk(f"{prefix}{name.upper()}__", value)
        elif value is not None:
            yield f"{prefix}{name.upper()}", _text(value)


def _text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return json.dumps(value, default=_text) if isinstance(value, list | dict | bool) else str(value)
