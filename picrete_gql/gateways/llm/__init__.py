"""A language model that answers in a given JSON shape."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class Completion:
    """One answer. `content` is the raw text (may be None), tokens are counts, `cost` in US dollars, `latency` in s."""

    content: str | None
    finish_reason: str
    refusal: str | None
    model: str
    input_tokens: int
    output_tokens: int
    cost: Decimal
    latency: float


class Llm(Protocol):
    """Raises `Unavailable` for what may pass by itself (`retry_after` when the server said so), `Refused` otherwise."""

    model: str

    async def complete(
        self, messages: list[dict[str, str]], schema: dict[str, Any], *, max_tokens: int, idempotency_key: str
    ) -> Completion:
        """Ask once for an answer that follows the JSON schema."""

    async def close(self) -> None:
        """Let go of connections."""
