"""What the looks at the settings share."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

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
    """Every secret that is set, by variable."""
    plain = {
        "auth.secret_key": settings.auth.secret_key.get_secret_value(),
        "auth.bootstrap_password": settings.auth.bootstrap_password.get_secret_value(),
        "database.url": password_of(settings.database.url),
        "redis.url": password_of(settings.redis.url),
        "storage.secret_key": settings.storage.secret_key.get_secret_value(),
        "telegram.token": settings.telegram.token.get_secret_value(),
        "ocr.key": settings.ocr.key.get_secret_value(),
        "llm.key": settings.llm.key.get_secret_value(),
    }
    yield from ((variable(path), value) for path, value in plain.items() if value)
    for key in settings.auth.previous_keys:
        yield variable("auth.previous_keys"), key.get_secret_value()
