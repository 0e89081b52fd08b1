"""Which words a server understands. OpenAI-compatible servers differ in three; one refusal of a word is enough."""

import json
from dataclasses import dataclass, replace
from typing import Any

Json = dict[str, Any]
Messages = list[dict[str, str]]


@dataclass(frozen=True)
class Dialect:
    """What the server at one base URL takes; everything until it refuses it."""

    json_schema: bool = True
    max_completion_tokens: bool = True
    temperature: bool = True

    def common(self, other: "Dialect") -> "Dialect":
        """Only what both take: two calls at the same time may each have learned something."""
        return Dialect(
            self.json_schema and other.json_schema,
            self.max_completion_tokens and other.max_completion_tokens,
            self.temperature and other.temperature,
        )

    def without(self, complaint: str) -> "Dialect | None":
        """The dialect to try after a refusal in these (lower case) words; None when they are about another matter."""
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.max_completion_tokens and "max_completion_tokens" in complaint:
            return replace(self, max_completion_tokens=False)
        if self.json_schema and any(word in complaint for word in ("response_format", "json_schema", "schema")):
            return replace(self, json_schema=False)
        return None

    def key(self, idempotency_key: str) -> str:
        """The idempotency key for a body in this dialect: the same key must not come with another body."""
        dropped = [name for name, taken in vars(self).items() if not taken]
        return "-no-".join([idempotency_key, *dropped])

    def body(self, messages: Messages, schema: Json, *, max_tokens: int, temperature: float | None) -> Json:
        """The part of the request that depends on the dialect."""
        body: Json = {"max_completion_tokens" if self.max_completion_tokens else "max_tokens": max_tokens}
        if temperature is not None and self.temperature:
            body["temperature"] = temperature
        if self.json_schema:
            strict = {"name": "answer", "schema": schema, "strict": True}
            return {**body, "messages": messages, "response_format": {"type": "json_schema", "json_schema": strict}}
        told = with_schema_told(messages, schema)
        return {**body, "messages": told, "response_format": {"type": "json_object"}}


def with_schema_told(messages: Messages, schema: Json) -> Messages:
    """The messages with the schema written into the system message, for servers that only promise some JSON object."""
    words = f"Answer with one JSON object that follows this JSON schema:\n{json.dumps(schema, ensure_ascii=False)}"
    if messages and messages[0]["role"] == "system":
        first = {**messages[0], "content": f"{messages[0]['content']}\n\n{words}"}
        return [first, *messages[1:]]
    return [{"role": "system", "content": words}, *messages]
