"""Reading one key of a parsed answer, strictly typed. All raise Inadmissible that names the key."""

from decimal import Decimal
from typing import Any, TypeVar

from .proposal import Inadmissible

T = TypeVar("T")
_SHOWN = 80
_NAMES = {dict: "an object", Decimal: "a number", str: "a string", list: "an array", bool: "true or false"}


def brief(value: object) -> str:
    """A value of the model in one short line, to tell it what was wrong."""
    return " ".join(str(value)[: 2 * _SHOWN].split())[:_SHOWN]


def required(item: dict[str, Any], key: str, kind: type[T]) -> T:
    """The value of a key that must be there and be of this kind."""
    if key not in item:
        raise Inadmissible(f"`{key}` is missing.")
    value = item[key]
    if not isinstance(value, kind):
        raise Inadmissible(f"`{key}` must be {_NAMES[kind]}.")
    return value


def number(item: dict[str, Any], key: str) -> Decimal:
    """A finite number (a number in quotes is none)."""
    value = required(item, key, Decimal)
    if not value.is_finite():
        raise Inadmissible(f"`{key}` must be a finite number.")
    return value


def text(item: dict[str, Any], key: str) -> str:
    """A string, stripped."""
    return required(item, key, str).strip()


def text_or_null(item: dict[str, Any], key: str) -> str | None:
    """A string or null; the key must be there."""
    return None if item.get(key, ...) is None else required(item, key, str)


def texts(item: dict[str, Any], key: str) -> list[str]:
    """An array of strings, stripped, blank ones left out."""
    values = required(item, key, list)
    if not all(isinstance(value, str) for value in values):
        raise Inadmissible(f"`{key}` must be an array of strings.")
    return [value.strip() for value in values if value.strip()]


def flag(item: dict[str, Any], key: str) -> bool:
    """True or false."""
    return required(item, key, bool)
