"""`.env.example`, made from the settings themselves, so that none is missing and none is wrong."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from picrete_gql.settings import Settings

HEAD = """\
# Every setting of picrete-gql with its default. Copy this file to `.env` and change what you need.
# For `compose.yaml` at least the lines at the top are needed; for `make up` on one machine none is.

# compose.yaml: passwords of the servers that it starts. Letters, digits, - and _ only: they become parts of addresses.
POSTGRES_PASSWORD=
REDIS_PASSWORD=
S3_ACCESS_KEY=
S3_SECRET_KEY=
# Signs tokens, at least 32 characters: python3 -c "import secrets; print(secrets.token_urlsafe(48))"
PICRETE_AUTH__SECRET_KEY=
# The first administrator, made at the first start.
PICRETE_AUTH__BOOTSTRAP_USERNAME=admin
PICRETE_AUTH__BOOTSTRAP_PASSWORD=
# compose.yaml: ports of the API on this machine, one for each replica, and how browsers reach the object store.
API_PORTS=8000-8009
S3_PORT=8333
S3_PUBLIC_ENDPOINT=http://localhost:8333
# compose.yaml with `--profile observe`: the password of Grafana's admin. It also needs PICRETE_METRICS__TOKEN.
GRAFANA_PASSWORD=
"""


def example() -> str:
    """The whole file."""
    lines = [HEAD, *_lines("PICRETE_", Settings)]
    return "\n".join(lines) + "\n"


def _lines(prefix: str, group: type[BaseModel]) -> Iterator[str]:
    for name, field in group.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield f"\n# --- {name} ---"
            yield from _lines(f"{prefix}{name.upper()}__", kind)
        else:
            yield f"# {_explained(name, field)}"
            yield f"# {prefix}{name.upper()}={plain(field.default)}"


def _explained(name: str, field: FieldInfo) -> str:
    if not field.description:
        raise ValueError(f"the setting {name} has no description")
    return field.description


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, (str, Path, Decimal)):
        return str(value)
    return json.dumps(value)
