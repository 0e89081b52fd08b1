"""Which failure may pass by itself and which will not."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from picrete_gql.problems import Problem, Refused, Unavailable

from .retry_after import retry_after
from .said import Said

WHAT = "llm"
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}
_UNPAID = ("insufficient_quota", "billing")


def failure(status: int, said: Said, headers: Mapping[str, str]) -> Problem:
    """Unavailable for 408, 409, 429 (but not an exhausted or unpaid account) and 5xx; Refused for the rest.

    A 2xx that carries an error, an HTML page or no answer counts as Unavailable. The lists are the provider contract's.
    """
    detail = f"HTTP {status}: {said.words}"
    passing = status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.MULTIPLE_CHOICES
    if not passing or any(word in said.code for word in _UNPAID):
        return Refused(WHAT, detail)
    return Unavailable(WHAT, detail, retry_after(headers, datetime.now(UTC)))
