"""What the real service refuses with 400 before it asks the model: bad requests, and schemas that are not strict."""

import json
import re
from typing import Any

KNOWN = {
    "model", "messages", "max_completion_tokens", "max_tokens", "temperature", "response_format", "seed", "top_p", "n",
    "stop", "stream", "user", "tools", "tool_choice", "reasoning_effort", "metadata", "store", "service_tier",
    "frequency_penalty", "presence_penalty", "logprobs", "verbosity", "safety_identifier", "prompt_cache_key",
}  # fmt: skip
ROLES = {"system", "developer", "user", "assistant", "tool"}
KEYWORDS = {
    "type", "description", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref",
    "$defs", "title", "pattern", "format", "minimum", "maximum", "multipleOf", "minItems", "maxItems",
    "exclusiveMinimum", "exclusiveMaximum",
}  # fmt: skip
TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
MOST_NESTED, MOST_PROPERTIES = 5, 5000


class Wrong(Exception):
    """A request that is refused: message, the parameter it is about, and a code."""

    def __init__(self, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message, self.param, self.code = message, param, code


def check_request(body: Any) -> None:
    """Raise Wrong for a body that the service would not take."""
    if not isinstance(body, dict):
        raise Wrong("We could not parse the JSON body of your request.")
    if unknown := sorted(set(body) - KNOWN):
        raise Wrong(f"Unrecognized request argument supplied: {unknown[0]}", unknown[0], "unknown_parameter")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise Wrong("you must provide a model parameter", "model")
    _messages(body.get("messages"))
    _budget(body)
    temperature = body.get("temperature", 1)
    if isinstance(temperature, bool) or not isinstance(temperature, int | float) or not 0 <= temperature <= 2:
        raise Wrong("Invalid 'temperature': expected a number from 0 to 2.", "temperature")
    _format(body.get("response_format", {"type": "text"}), body["messages"])


def _messages(messages: Any) -> None:
    if not isinstance(messages, list) or not messages:
        raise Wrong("Invalid 'messages': expected a non-empty array.", "messages")
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise Wrong(f"Invalid value for 'messages[{place}].role'.", f"messages.[{place}].role", "invalid_value")
        content = message.get("content")
        if not isinstance(content, str | list) and message["role"] != "assistant":
            raise Wrong(f"Invalid type for 'messages[{place}].content'.", f"messages.[{place}].content", "invalid_type")


def _budget(body: dict[str, Any]) -> None:
    given = [name for name in ("max_tokens", "max_completion_tokens") if name in body]
    if len(given) > 1:
        raise Wrong("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", given[0])
    for name in given:
        if type(body[name]) is not int or body[name] < 1:
            raise Wrong(f"Invalid '{name}': integer below minimum value.", name, "integer_below_min_value")


def _format(wanted: Any, messages: list[dict[str, Any]]) -> None:
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind not in {"text", "json_object", "json_schema"}:
        raise Wrong("Invalid value for 'response_format.type'.", "response_format.type", "invalid_value")
    if kind == "json_object" and "json" not in json.dumps(messages).lower():
        text = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        raise Wrong(text, "messages")
    if kind == "json_schema":
        named = wanted.get("json_schema")
        if not isinstance(named, dict) or not re.fullmatch(r"[\w-]{1,64}", str(named.get("name", "")), re.ASCII):
            raise Wrong("Missing or invalid 'response_format.json_schema.name'.", "response_format.json_schema.name")
        if named.get("strict"):
            check_strict(named.get("schema"), named["name"])


def check_strict(schema: Any, name: str = "answer") -> None:
    """Raise Wrong for a schema that strict structured output does not take."""

    def no(why: str, at: tuple[str, ...]) -> Wrong:
        return Wrong(f"Invalid schema for response_format '{name}': In context={at}, {why}", "response_format")

    def walk(node: Any, at: tuple[str, ...], nested: int) -> int:
        if not isinstance(node, dict):
            raise no("schema must be an object.", at)
        if unknown := sorted(set(node) - KEYWORDS):
            raise no(f"'{unknown[0]}' is not permitted.", at)
        kinds = node.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if not set(kinds) <= TYPES or not (kinds or set(node) & {"anyOf", "$ref", "enum", "const"}):
            raise no("schema must have a 'type' key.", at)
        count = 0
        if "object" in kinds:
            properties = node.get("properties", {})
            if node.get("additionalProperties") is not False:
                raise no("'additionalProperties' is required to be supplied and to be false.", at)
            if sorted(node.get("required", [])) != sorted(properties):
                raise no("'required' is required to be supplied and to be an array including every key.", at)
            if nested >= MOST_NESTED:
                raise no(f"{nested + 1} levels of nesting exceeds limit of {MOST_NESTED}.", at)
            count += len(properties)
            count += sum(walk(sub, (*at, "properties", key), nested + 1) for key, sub in properties.items())
        if "array" in kinds:
            count += walk(node.get("items"), (*at, "items"), nested)
        return count + sum(walk(sub, (*at, "anyOf", str(i)), nested) for i, sub in enumerate(node.get("anyOf", [])))

    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise no("schema must be a JSON Schema of 'type: \"object\"'.", ())
    if walk(schema, (), 0) > MOST_PROPERTIES:
        raise no("the schema is too large.", ())
