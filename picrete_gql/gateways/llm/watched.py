"""A language model that is watched: calls, seconds, tokens, US dollars."""

from typing import Any
from urllib.parse import urlsplit

from picrete_gql import metrics, settings
from picrete_gql.gateways.watching import paid, question

from . import Completion, Llm


class Watched:
    """Any model, counted. `provider` is the host that is asked."""

    def __init__(self, llm: Llm, provider: str) -> None:
        self.llm, self.provider = llm, provider
        self.model = llm.model

    async def complete(
        self, messages: list[dict[str, str]], schema: dict[str, Any], *, max_tokens: int, idempotency_key: str
    ) -> Completion:
        """Ask once."""
        with question("llm.complete", self.provider, self.model) as span:
            said = await self.llm.complete(messages, schema, max_tokens=max_tokens, idempotency_key=idempotency_key)
            if span is not None:
                span.set_attribute("gen_ai.usage.input_tokens", said.input_tokens)
                span.set_attribute("gen_ai.usage.output_tokens", said.output_tokens)
        metrics.PROVIDER_TOKENS.labels(self.provider, self.model, "in").inc(said.input_tokens)
        metrics.PROVIDER_TOKENS.labels(self.provider, self.model, "out").inc(said.output_tokens)
        paid(self.provider, self.model, said.cost)
        return said

    async def close(self) -> None:
        """Let go of connections."""
        await self.llm.close()


def watched(llm: Llm | None, of: settings.Llm) -> Llm | None:
    """The same model, watched; None stays None."""
    return llm and Watched(llm, urlsplit(of.url).hostname or "llm")
