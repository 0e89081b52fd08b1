"""What has no value and needs one."""

from collections.abc import Iterator

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.settings import Settings

from .parts import is_production, variable

UP = "(`picrete up` starts everything that is needed by itself.)"
NEEDED = {
    "database.url": "the address of PostgreSQL: postgresql://user:password@host:5432/picrete.",
    "redis.url": "the address of Redis or Valkey: redis://:password@host:6379/0.",
    "storage.endpoint": "the address of the S3 store: https://s3.example.org.",
    "auth.secret_key": "the key that signs tokens: `picrete new-key` makes one.",
}


def missing(settings: Settings, *, alone: bool) -> Iterator[Finding]:
    """What a process needs. What `picrete up` brings by itself is only a hint unless the process is `alone`."""
    given = {
        "database.url": settings.database.url,
        "redis.url": settings.redis.url,
        "storage.endpoint": settings.storage.endpoint,
        "auth.secret_key": settings.auth.secret_key.get_secret_value(),
    }
    level = Level.ERROR if alone or is_production(settings) else Level.HINT
    for path in (path for path, value in given.items() if not value):
        yield Finding(level, variable(path), f"is not set: {NEEDED[path]}", UP)
    yield from _incomplete(settings)


def _incomplete(settings: Settings) -> Iterator[Finding]:
    """Halves of pairs."""
    auth, store = settings.auth, settings.storage
    if auth.bootstrap_username and not auth.bootstrap_password.get_secret_value():
        who = f"is not set, but {variable('auth.bootstrap_username')} is:"
        yield Finding(Level.ERROR, variable("auth.bootstrap_password"), who, "set both, or none after the first start.")
    pair = {"storage.access_key": store.access_key, "storage.secret_key": store.secret_key.get_secret_value()}
    for path in (path for path, value in pair.items() if store.endpoint and not value):
        yield Finding(Level.ERROR, variable(path), "is not set.", "An S3 store gives a pair of keys.")
