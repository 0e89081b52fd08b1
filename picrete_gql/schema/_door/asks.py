"""What a client asks, read from a GET or a POST (GraphQL over HTTP, sections 6.2 and 6.3)."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from picrete_gql.settings import Http

from .bodies import media_type, whole
from .jsons import read_json
from .refusals import Refusal
from .uploads import forms

UTF8 = ("", "utf-8", "utf8")
TAKEN = "application/json, multipart/form-data"


@dataclass(frozen=True)
class Ask:
    """One operation: its text or the hash of it, and the values of its variables."""

    query: str | None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    document_id: str | None = None


def ask_of(given: Any, what: str = "The body") -> Ask:
    """The operation of a JSON object. Raises Refusal (400) for anything that is not what the protocol says."""
    if isinstance(given, list):
        raise Refusal(400, "Batching is off: send one operation at a time.")
    if not isinstance(given, dict):
        raise Refusal(400, f"{what} must be a JSON object.")
    _ensure(given, "query", str, "a string")
    _ensure(given, "operationName", str, "a string")
    _ensure(given, "documentId", str, "a string")
    _ensure(given, "variables", dict, "an object")
    _ensure(given, "extensions", dict, "an object")
    return Ask(
        given.get("query"),
        given.get("variables"),
        given.get("operationName") or None,
        given.get("extensions"),
        given.get("documentId"),
    )


@asynccontextmanager
async def asked(request: Request, of: Http) -> AsyncGenerator[Ask]:
    """The operation of a request; its files live as long as the block. Raises Refusal."""
    if request.method == "GET":
        yield ask_of(_parameters(request, of))
        return
    kind, parameters = media_type(request)
    if parameters.get("charset", "").lower() not in UTF8:
        raise Refusal(415, "A body is UTF-8.", "UNSUPPORTED_MEDIA_TYPE", accept=TAKEN)
    if kind == "application/json":
        body = await whole(request, of.max_json_bytes, of.body_seconds)
        yield ask_of(read_json(body, "The body", of.max_json_depth))
    elif kind == "multipart/form-data":
        async with forms(request, of) as operations:
            yield ask_of(operations, "operations")
    else:
        raise Refusal(415, f"A body is one of {TAKEN}.", "UNSUPPORTED_MEDIA_TYPE", accept=TAKEN)


def _parameters(request: Request, of: Http) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in found:
            raise Refusal(400, "A parameter is given twice.")
        if "\0" in value:
            raise Refusal(400, "A parameter holds a NUL character.")
        if name in ("variables", "extensions"):
            found[name] = read_json(value, name, of.max_json_depth) if value else None
        elif name in ("query", "operationName", "documentId"):
            found[name] = value or None
    return found


def _ensure(given: Mapping[str, Any], name: str, kind: type, what: str) -> None:
    if not isinstance(given.get(name), (kind, type(None))):
        raise Refusal(400, f"{name} must be {what} or null.")
