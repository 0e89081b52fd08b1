"""What a client may say over graphql-transport-ws, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .asks import Ask, ask_of
from .refusals import Refusal

# A close frame carries at most 123 bytes of reason (RFC 6455, section 5.5).
REASON_BYTES = 123
ID_CHARACTERS = 1_000
TYPES = ("connection_init", "ping", "pong", "subscribe", "complete")


class Malformed(Exception):
    """Not a message of the protocol; says why."""


@dataclass(frozen=True)
class Message:
    """A well-formed message; `id` is empty and `ask` None where the protocol has none."""

    type: str
    id: str = ""
    payload: Mapping[str, Any] | None = None
    ask: Ask | None = None


def message_of(value: object) -> Message:
    """A message of the client. Raises Malformed."""
    if not isinstance(value, dict):
        raise Malformed("A message must be a JSON object")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise Malformed(f"Unknown message type: {kind}")
    payload = value.get("payload")
    if kind == "complete":
        return Message(kind, _id(value))
    if kind == "subscribe":
        return Message(kind, _id(value), ask=_ask(payload))
    if not isinstance(payload, (dict, type(None))):
        raise Malformed(f"The payload of {kind} must be an object or null")
    return Message(kind, payload=payload)


def short(reason: str) -> str:
    """A reason that fits into a close frame."""
    return reason.encode()[:REASON_BYTES].decode(errors="ignore")


def _id(value: Mapping[str, Any]) -> str:
    id = value.get("id")
    if not isinstance(id, str) or not id or len(id) > ID_CHARACTERS:
        raise Malformed(f"The message {value['type']} needs an id, a text of 1 to {ID_CHARACTERS} characters")
    return id


def _ask(payload: object) -> Ask:
    try:
        ask = ask_of(payload, "The payload of subscribe")
    except Refusal as refusal:
        raise Malformed(refusal.message) from None
    if ask.query is None and ask.document_id is None and "persistedQuery" not in (ask.extensions or {}):
        raise Malformed("The query of subscribe must be a string")
    return ask
