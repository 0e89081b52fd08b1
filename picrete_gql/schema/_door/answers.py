"""Answers over HTTP (GraphQL over HTTP, section 6.4): statuses, media types, and no `data` of what never began."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError
from starlette.responses import Response

from picrete_gql.problems import Locale, Problem, RateLimited, Unavailable
from picrete_gql.schema._problems import internal, loud

from .accept import EVENTS, GRAPHQL, JSON
from .faults import is_request_error, told, told_of
from .jsons import write_bytes
from .refusals import Refusal, Unfit

# Whoever keeps answers must not give one person's to another.
HEADERS = {"cache-control": "no-store", "vary": "Accept, Accept-Language, Authorization"}
BUSY, AWAY, BROKEN = 429, 503, 500


def payload(result: Any, locale: Locale, most: int) -> dict[str, Any]:
    """A result as JSON. An operation that did not begin has no `data`."""
    errors = told_of(result, locale, most)
    body: dict[str, Any] = {"errors": errors} if errors else {}
    if not is_request_error(result):
        body["data"] = result.data
    return body | ({"extensions": result.extensions} if result.extensions else {})


def answer(kind: str, body: Mapping[str, Any]) -> Response:
    """The answer to an operation: 200, or 400 when it did not begin and the media type can say so."""
    status = 400 if "data" not in body and kind == GRAPHQL else 200
    return _response(kind, status, body)


def failure(error: Exception, kind: str, locale: Locale, most: int) -> Response:
    """The answer to what could not be run."""
    if isinstance(error, Unfit):
        return answer(kind, {"errors": told(error.errors, locale, most)})
    status, errors, headers = _failure(error, locale)
    return _response(kind, status, {"errors": told(errors, locale, most)}, headers)


def errors_of(error: Exception, locale: Locale) -> Sequence[GraphQLError]:
    """What could not be run, as errors of GraphQL."""
    return error.errors if isinstance(error, Unfit) else _failure(error, locale)[1]


def _failure(error: Exception, locale: Locale) -> tuple[int, Sequence[GraphQLError], Mapping[str, str]]:
    if isinstance(error, Refusal):
        return error.status, error.errors, error.headers
    if isinstance(error, RateLimited):
        return BUSY, [loud(error, locale)], {"retry-after": str(error.retry_after)}
    if isinstance(error, Unavailable):
        return AWAY, [loud(error, locale)], {"retry-after": "5"}
    if isinstance(error, Problem):
        return 400, [loud(error, locale)], {}
    return BROKEN, [internal(error, locale)], {}


def _response(kind: str, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    media = JSON if kind == EVENTS else kind
    return Response(write_bytes(body), status, {**HEADERS, **(headers or {})}, media_type=f"{media}; charset=utf-8")
