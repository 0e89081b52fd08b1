"""Settings without gaps: what a person left empty, and the same settings with the embedded servers in it."""

from collections.abc import Callable
from typing import TypedDict

from pydantic import SecretStr

from picrete_gql.local.keys import Keys
from picrete_gql.settings import Settings


class Wanted(TypedDict):
    """Which servers are to be embedded."""

    database: bool
    redis: bool
    storage: bool


def wanted(settings: Settings) -> Wanted:
    """Those that the settings give no address for."""
    return Wanted(
        database=not settings.database.url, redis=not settings.redis.url, storage=not settings.storage.endpoint
    )


def filled(settings: Settings, *, database: str, redis: str, endpoint: str, keys: Callable[[], Keys]) -> Settings:
    """A copy with the addresses in the empty places. What was given stays; `keys` is called only when needed."""
    want = wanted(settings)
    update: dict[str, object] = {}
    if want["database"] and database:
        update["database"] = settings.database.model_copy(update={"url": database})
    if want["redis"] and redis:
        update["redis"] = settings.redis.model_copy(update={"url": redis})
    if want["storage"] and endpoint:
        pair = {"access_key": keys().storage_access, "secret_key": SecretStr(keys().storage_secret)}
        update["storage"] = settings.storage.model_copy(update={"endpoint": endpoint, **pair})
    # In production with a database elsewhere there may be other hosts, and each would make a secret of its own:
    # left empty, so that the start refuses with a clear word.
    if not settings.auth.secret_key.get_secret_value() and (database or settings.environment != "production"):
        update["auth"] = settings.auth.model_copy(update={"secret_key": SecretStr(keys().auth)})
    return settings.model_copy(update=update)
