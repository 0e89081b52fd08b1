"""What the looks at the settings share."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

from picrete_gql.commands.findings import Level
from picrete_gql.settings import Settings

PREFIX = "PICRETE_"


def variable(path: str) -> str:
    """`auth.secret_key` as it is called in the environment."""
    return PREFIX + path.upper().replace(".", "__")


def is_production(settings: Settings) -> bool:
    """Whether strangers may be at the door."""
    return settings.environment == "production"


def grave(settings: Settings) -> Level:
    """The level of what production refuses and development only mentions."""
    return Level.ERROR if is_production(settings) else Level.WARNING


def is_near(url: str) -> bool:
    """Whether an address is this very machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def password_of(url: str) -> str:
    """The password inside of an address."""
    return urlsplit(url).password or ""


def known_secrets(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every secret that is set, by variable; passwords inside of addresses too."""
    for name, value in _walk(PREFIX, settings):
        values = value if isinstance(value, list) else [value]
        found = [one.get_secret_value() for one in values if isinstance(one, SecretStr)]
        found += [password_of(one) for one in values if isinstance(one, str) and "://" in one]
        yield from ((name, secret) for secret in found if secret)


def _walk(prefix: str, group: BaseModel) -> Iterator[tuple[str, Any]]:
    for name in type(group).model_fields:
        value = getattr(group, name)
        if isinstance(value, BaseModel):
            yield from _walk(f"{prefix}{name.upper()}__", value)
        else:
            yield f"{prefix}{name.upper()}", value
