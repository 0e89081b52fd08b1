"""Secrets that are too short, guessable, or used twice."""

import re
from collections import defaultdict
from collections.abc import Iterator

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.rules.accounts import PASSWORD_LEAST
from picrete_gql.settings import Settings

from .parts import grave, is_near, known_secrets, password_of, variable

SECRET_CHARS = 32
VARIETY = 10
# Long enough not to stand in a random key by chance.
PLACEHOLDER = re.compile(
    r"change[-_ ]?me|replace[-_ ]?me|placeholder|insecure|example|password|secret[-_ ]?key|0123456", re.IGNORECASE
)
USUAL = {"postgres", "picrete", "admin", "root", "redis", "minio", "minioadmin", "test", "12345678", "qwertyui"}
NEW_KEY = "`picrete new-key` makes one and says how to change it without logging everybody out."


def findings(settings: Settings) -> Iterator[Finding]:
    """All of it."""
    yield from _key(settings)
    yield from _previous(settings)
    yield from _passwords(settings)
    yield from _twice(settings)
    yield from _hashing(settings)


def is_guessable(secret: str) -> bool:
    """Whether it looks like something a person typed to get on."""
    return len(set(secret)) < min(VARIETY, SECRET_CHARS) or PLACEHOLDER.search(secret) is not None


def _key(settings: Settings) -> Iterator[Finding]:
    key, name = settings.auth.secret_key.get_secret_value(), variable("auth.secret_key")
    if key and len(key) < SECRET_CHARS:
        yield Finding(Level.ERROR, name, f"needs at least {SECRET_CHARS} characters.", NEW_KEY)
    elif key and is_guessable(key):
        yield Finding(grave(settings), name, "can be guessed.", NEW_KEY)


def _previous(settings: Settings) -> Iterator[Finding]:
    name, present = variable("auth.previous_keys"), settings.auth.secret_key.get_secret_value()
    others = [key.get_secret_value() for key in settings.auth.previous_keys]
    if any(len(key) < SECRET_CHARS for key in others):
        yield Finding(Level.ERROR, name, f"has a key of less than {SECRET_CHARS} characters.", "Remove it.")
    elif any(is_guessable(key) for key in others):
        yield Finding(grave(settings), name, "has a key that can be guessed.", "Remove it.")
    if present and present in others:
        yield Finding(
            Level.WARNING, name, "repeats the present key.", "Remove it: `picrete keys` says what hangs on it."
        )


def _passwords(settings: Settings) -> Iterator[Finding]:
    first = settings.auth.bootstrap_password.get_secret_value()
    name = variable("auth.bootstrap_password")
    if first and len(first) < PASSWORD_LEAST:
        yield Finding(Level.ERROR, name, f"needs at least {PASSWORD_LEAST} characters.", "Choose another.")
    elif first and (is_usual(first) or first.lower() == settings.auth.bootstrap_username.lower()):
        yield Finding(grave(settings), name, "can be guessed.", "Choose another.")
    elif first:
        yield Finding(Level.HINT, name, "is only needed until the first start.", "Delete it, with the username.")
    for path, url in (("database.url", settings.database.url), ("redis.url", settings.redis.url)):
        if url and is_usual(password_of(url)):
            what = "has a password that can be guessed." if password_of(url) else "has no password."
            level = Level.WARNING if is_near(url) or not password_of(url) else grave(settings)
            yield Finding(level, variable(path), what, "Whoever reaches the server could use it.")


def is_usual(password: str) -> bool:
    """Whether it is the first that everybody tries."""
    return password.lower() in {"", "password", "changeme", "secret", *USUAL}


def _twice(settings: Settings) -> Iterator[Finding]:
    used = defaultdict[str, list[str]](list)
    for name, secret in known_secrets(settings):
        if name not in used[secret]:
            used[secret].append(name)
    for names in used.values():
        others = [name for name in names if name != variable("auth.previous_keys")]
        if len(others) > 1:
            says = f"has the same secret as {', '.join(others[1:])}."
            yield Finding(grave(settings), others[0], says, "Who learns one learns both: make a secret for each.")


def _hashing(settings: Settings) -> Iterator[Finding]:
    least = 19 * 1024  # OWASP's smallest for two passes
    if settings.auth.argon2_memory_kib < least or settings.auth.argon2_time_cost < 1:
        says = f"is {settings.auth.argon2_memory_kib}: stolen password hashes would be cheap to try."
        yield Finding(grave(settings), variable("auth.argon2_memory_kib"), says, f"Set at least {least}.")
