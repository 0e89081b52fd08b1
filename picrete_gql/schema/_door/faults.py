"""What of an error may leave: sentences that were written for clients, and never the words of a library."""

import re
from collections.abc import Iterable
from typing import Any

import structlog
from graphql import GraphQLError

from picrete_gql.problems import Locale, Problem
from picrete_gql.schema._problems import internal, loud

log = structlog.get_logger(__name__)
# graphql-core has a switch for validation, but not for the values of variables.
SUGGESTION = re.compile(r"\s*Did you mean .*?\?(?=\s|$)", re.DOTALL)


def told(errors: Iterable[GraphQLError] | None, locale: Locale, most: int) -> list[dict[str, Any]]:
    """Errors as they go out: faults of ours are logged and masked, messages are short and suggest no names."""
    return [_formatted(_harmless(error, locale), most) for error in errors or ()]


def told_of(result: Any, locale: Locale, most: int) -> list[dict[str, Any]]:
    """The errors of a result. One that did not begin after its document was found sound had wrong variables."""
    errors = told(result.errors, locale, most)
    if is_request_error(result):
        for error in errors:
            error.setdefault("extensions", {}).setdefault("code", "BAD_USER_INPUT")
    return errors


def is_request_error(result: Any) -> bool:
    """Whether an operation did not even begin: no data, and no error that happened at a field."""
    return result.data is None and all(error.path is None for error in result.errors or ())


def cause_of(error: GraphQLError) -> BaseException | None:
    """What of ours is behind an error; None when it is only about what the client sent."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    # A ValueError outside of any field is a scalar refusing what a variable holds, in words written for that.
    if isinstance(cause, GraphQLError) or (isinstance(cause, ValueError) and error.path is None):
        return None
    return cause


def _harmless(error: GraphQLError, locale: Locale) -> GraphQLError:
    cause = cause_of(error)
    if cause is None:
        return error
    masked = loud(cause, locale) if isinstance(cause, Problem) else internal(cause, locale)
    if isinstance(cause, Problem) and (error.extensions or {}).get("code"):
        return error
    return GraphQLError(masked.message, nodes=error.nodes, path=error.path, extensions=masked.extensions)


def _formatted(error: GraphQLError, most: int) -> dict[str, Any]:
    formatted: dict[str, Any] = dict(error.formatted)
    message = SUGGESTION.sub("", formatted["message"])
    formatted["message"] = message if len(message) <= most else message[: most - 1] + "…"
    return formatted
