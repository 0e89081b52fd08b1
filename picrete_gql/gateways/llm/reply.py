"""A chat completion as it came over the wire, made into a Completion."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import Completion
from .said import Said, brief, read_failure, said_in

PER_MILLION = Decimal(1_000_000)
# What the ledger can hold: a run that cannot be written down would be asked for and paid for again.
MOST_TOKENS, MOST_COST = 2**31 - 1, Decimal(999_999)


@dataclass(frozen=True)
class Prices:
    """US dollars per million tokens."""

    input: Decimal
    output: Decimal

    def cost(self, input_tokens: int, output_tokens: int) -> Decimal:
        """US dollars for one answer. Reasoning tokens are output tokens already; discounts for a cache are not seen."""
        return min((self.input * input_tokens + self.output * output_tokens) / PER_MILLION, MOST_COST)


def read_reply(text: str, secret: str, prices: Prices, *, model: str, latency: float) -> Completion | Said:
    """The answer, or what was said instead of one: an error with status 200, a page, something unfinished."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return read_failure(text, secret)
    if not isinstance(body, dict) or body.get("error"):
        return said_in(body, secret)
    choice = _first(body.get("choices"))
    if choice.get("error"):
        return said_in(choice, secret)
    message = choice.get("message")
    if not isinstance(message, dict):
        return Said(brief(f"an answer without a message: {text}", secret))
    usage = body.get("usage") if isinstance(body.get("usage"), dict) else {}
    spent = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    return Completion(
        content=_text(message.get("content")),
        finish_reason=_text(choice.get("finish_reason")) or "unknown",
        refusal=_text(message.get("refusal")) or None,
        model=_text(body.get("model")) or model,
        input_tokens=spent[0],
        output_tokens=spent[1],
        cost=prices.cost(*spent),
        latency=latency,
    )


def _first(choices: Any) -> dict[str, Any]:
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}


def _text(value: Any) -> str | None:
    if isinstance(value, list):  # some servers send content as parts
        value = "".join(str(part.get("text", "")) for part in value if isinstance(part, dict))
    # JSON can carry half a surrogate pair; neither a database nor the next request can.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _count(usage: Any, key: str) -> int:
    value = usage.get(key)
    return min(value, MOST_TOKENS) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
