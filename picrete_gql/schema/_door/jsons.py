"""JSON from strangers: nothing that a parser, a database or a stack could choke on."""

from collections.abc import Iterable
from typing import Any

import orjson

from .refusals import Refusal


def read_json(data: str | bytes, what: str, deepest: int) -> Any:
    """The value of a JSON text. Raises Refusal (400) for what is malformed, too deep or holds a NUL."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, f"{what} is not valid JSON: {_reason(error)}.") from None
    ensure_harmless(value, what, deepest)
    return value


def ensure_harmless(value: Any, what: str, deepest: int) -> None:
    """Raises Refusal for nesting beyond `deepest`, and for NUL, which no text of PostgreSQL can hold."""
    level: list[Any] = [value]
    for _ in range(deepest + 1):
        level = [inner for outer in level for inner in _inside(outer, what)]
        if not level:
            return
    raise Refusal(400, f"{what} is nested deeper than {deepest} levels.")


def write_json(value: object) -> str:
    """JSON as text, so that WebSocket frames are text frames."""
    return write_bytes(value).decode()


def write_bytes(value: object) -> bytes:
    """JSON for where nobody asks what it is made of."""
    return orjson.dumps(value, default=str)


def _inside(value: Any, what: str) -> Iterable[Any]:
    if isinstance(value, str):
        _ensure_text(value, what)
        return ()
    if isinstance(value, dict):
        for key in value:
            _ensure_text(key, what)
        return value.values()
    return value if isinstance(value, list) else ()


def _ensure_text(text: str, what: str) -> None:
    if "\0" in text:
        raise Refusal(400, f"{what} holds a NUL character.")


def _reason(error: orjson.JSONDecodeError) -> str:
    return error.msg[:100].rstrip(".")
