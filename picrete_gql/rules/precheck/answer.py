"""Reading the model's answer: finding the one JSON object in it, whole or not at all."""

import json
import re
from decimal import Decimal
from typing import Any

from .latex import double_backslashes, restore_commands
from .proposal import Inadmissible

_THINKING = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)
_TOP_KEY = "criteria"


def parse(content: str) -> dict[str, Any]:
    """The object an answer consists of; numbers are Decimal, strings have their LaTeX mended.

    A Markdown fence, prose around the object and a leading `<think>` part are set aside. Raises Inadmissible for no
    object, a cut one (never repaired), two different ones, repeated keys, NaN or Infinity.
    """
    found: list[dict[str, Any]] = []
    for raw in _objects(_THINKING.sub("", content)):
        answer = _load(raw)
        if answer is not None and answer not in found:
            found.append(answer)
    whole = [answer for answer in found if _TOP_KEY in answer] or found
    if len(whole) != 1:
        what = "more than one JSON object" if whole else "no complete JSON object"
        raise Inadmissible(f"The answer contains {what}. Answer with exactly one JSON object and nothing else.")
    return whole[0]


def _objects(text: str) -> list[str]:
    """The outermost `{…}` pieces. Raises Inadmissible when one is never closed: what stands in it is a torn part."""
    pieces = []
    start = text.find("{")
    while start >= 0:
        end = _closing(text, start)
        pieces.append(text[start:end])
        start = text.find("{", end)
    return pieces


def _closing(text: str, start: int) -> int:
    depth = 0
    for token in _TOKENS.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if not depth:
            return token.end()
    raise Inadmissible("The JSON object is cut off before its end. Answer with one complete JSON object.")


def _load(raw: str) -> dict[str, Any] | None:
    """None when this piece in braces is no JSON (prose may use braces too)."""
    try:
        value = json.loads(
            double_backslashes(raw),
            strict=False,  # models do put bare line ends into strings
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_not_finite,
            object_pairs_hook=_pairs,
        )
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _not_finite(name: str) -> Decimal:
    raise Inadmissible(f"{name} is not a finite number.")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = {key: _mended(value) for key, value in pairs}
    if len(result) != len(pairs):
        raise Inadmissible("A key occurs twice in one object.")
    return result


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return restore_commands(value)
    return [_mended(item) for item in value] if isinstance(value, list) else value
