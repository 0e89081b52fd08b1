"""The ways in which the stand-in for an OpenAI-compatible server can fail, in the words of the real service."""

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

HTML_502 = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>nginx</body></html>"
HTML_200 = "<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>"
QUOTA = "You exceeded your current quota, please check your plan and billing details."
# kind → status, message, type, code
ERRORS: dict[str, tuple[int, str, str, str | None]] = {
    "400": (400, "Something about your request is wrong.", "invalid_request_error", None),
    "401": (401, "Incorrect API key provided: {key}.", "invalid_request_error", "invalid_api_key"),
    "403": (403, "Country, region, or territory not supported", "request_forbidden", "unsupported_country_region"),
    "404": (404, "The model `{model}` does not exist.", "invalid_request_error", "model_not_found"),
    "408": (408, "Request timed out.", "timeout", None),
    "409": (409, "The resource was locked.", "conflict", None),
    "413": (413, "Request too large.", "invalid_request_error", None),
    "422": (422, "Unprocessable.", "invalid_request_error", None),
    "429": (429, "Rate limit reached for requests.", "requests", "rate_limit_exceeded"),
    "insufficient_quota": (429, QUOTA, "insufficient_quota", "insufficient_quota"),
    "billing": (429, "Billing hard limit has been reached.", "billing_limit_user_error", "billing_hard_limit_reached"),
    "500": (500, "The server had an error while processing your request.", "server_error", None),
    "503": (503, "The engine is currently overloaded, please try again later.", "server_error", "overloaded"),
    "error200": (200, "Provider returned error", "server_error", "502"),
    "no_json_schema": (400, "'response_format' of type 'json_schema' is not supported.", "invalid_request_error", None),
    "no_max_completion_tokens": (
        400, "Unrecognized request argument supplied: max_completion_tokens", "invalid_request_error", None,
    ),
    "no_temperature": (
        400, "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is "
        "supported.", "invalid_request_error", "unsupported_value",
    ),
}  # fmt: skip
PARAM = {
    "no_json_schema": "response_format",
    "no_max_completion_tokens": "max_completion_tokens",
    "no_temperature": "temperature",
}
ENDINGS = {"length": "length", "length_null": "length", "content_filter": "content_filter", "tool_calls": "tool_calls"}
# What answers without a model; None = done in code, or an answer of the model with that one thing changed.
PLAIN: dict[str, Callable[[], Response] | None] = {
    "ok": None,
    "hang": None,
    "slow_body": None,
    "refusal": None,
    "reset": Response,
    "html200": lambda: HTMLResponse(HTML_200),
    "html502": lambda: HTMLResponse(HTML_502, 502),
    "html403": lambda: HTMLResponse("<html><title>Just a moment...</title></html>", 403),
    "text500": lambda: Response("upstream connect error", 500, media_type="text/plain"),
    "redirect": lambda: RedirectResponse("https://elsewhere.example/v1/chat/completions", 307),
    "not_json": lambda: Response('{"choices": [{"mess', media_type="application/json"),
    "no_choices": lambda: JSONResponse({"id": "chatcmpl-0", "object": "chat.completion", "choices": []}),
    "choice_error": lambda: JSONResponse({"choices": [{"error": {"code": 502, "message": "Provider fell over"}}]}),
    "list": lambda: JSONResponse(["not", "an", "object"]),
    "fastapi422": lambda: JSONResponse(
        {
            "detail": [
                {"type": "literal_error", "loc": ["body", "response_format", "type"], "msg": "Input should be 'text'"}
            ]
        },
        422,
    ),
}


@dataclass(frozen=True)
class Fault:
    """One scripted answer: a key of ERRORS, SPOILERS, WRAPPERS or ENDINGS, or ok, reset, hang, slow_body, redirect,
    html200, html502, not_json, no_choices, choice_error, refusal. Seconds are for slow_body."""

    kind: str
    retry_after: str | None = None
    retry_after_ms: str | None = None
    message: str | None = None
    seconds: float = 30

    @classmethod
    def of(cls, fault: "str | dict[str, Any] | Fault") -> "Fault":
        """From a name, a dict of the fields, or itself."""
        return fault if isinstance(fault, Fault) else cls(fault) if isinstance(fault, str) else cls(**fault)

    def headers(self) -> dict[str, str]:
        """The headers that say when to come again."""
        given = {"retry-after": self.retry_after, "retry-after-ms": self.retry_after_ms}
        return {name: value for name, value in given.items() if value is not None}


def reset(request: Request) -> None:
    """Cut the connection with a TCP reset, as a dying proxy does. The transport hangs on uvicorn's request cycle."""
    transport = request.receive.__self__.transport
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
