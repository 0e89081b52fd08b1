"""What a text from a person may look like."""

from datetime import datetime
from typing import Any

import orjson

from picrete_gql.problems import Invalid


def clean(field: str, value: str, *, most: int, least: int = 0) -> str:
    """The text without surrounding space. Raises Invalid for NUL or a length out of bounds."""
    value = value.strip()
    if "\0" in value:
        raise Invalid(field, f"{field}: недопустимый символ.", f"{field}: a character that is not allowed.")
    if not least <= len(value) <= most:
        raise Invalid(
            field,
            f"{field}: длина от {least} до {most} символов.",
            f"{field}: from {least} to {most} characters are needed.",
        )
    return value


def storable(value: Any) -> bytes | None:
    """The text of a JSON object that the database gives back unchanged; None for anything else.

    NaN, infinities, integers beyond 64 bits, half surrogates and NUL are no JSON for a database.
    """
    try:
        raw = orjson.dumps(value)
        same = isinstance(value, dict) and orjson.loads(raw) == value
    except TypeError:
        return None
    return raw if same and b"\\u0000" not in raw.replace(b"\\\\", b"") else None


def moment(value: datetime) -> str:
    """A point in time as RFC 3339 text with its offset, with as few digits of its second as PostgreSQL writes."""
    text, dot, rest = value.isoformat().partition(".")
    return f"{text}.{rest[:6].rstrip('0')}{rest[6:]}" if dot else text
