"""Our scalars: strict in what they take, described for whoever reads the schema."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import strawberry
from starlette.datastructures import UploadFile
from strawberry.file_uploads import Upload
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from picrete_gql.rules.texts import moment

MOST_DIGITS = 20
DATE_TIME_SPEC = "https://scalars.graphql.org/andimarek/date-time.html"
JSON_SPEC = "https://ecma-international.org/publications-and-standards/standards/ecma-404/"


def read_time(value: Any) -> datetime:
    """A point in time. Raises ValueError for anything but RFC 3339 text with an offset."""
    if not isinstance(value, str):
        raise ValueError("A DateTime is a text such as 2026-09-01T09:00:00+03:00.")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("A DateTime is a text such as 2026-09-01T09:00:00+03:00.") from None
    if found.tzinfo is None:
        raise ValueError("A DateTime needs an offset, such as Z or +03:00.")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("This DateTime is out of range.") from None


def write_time(value: datetime) -> str:
    """RFC 3339 text with the offset."""
    return moment(value)


def read_decimal(value: Any) -> Decimal:
    """An exact number. Raises ValueError for anything but a short finite number as text or JSON number."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or len(str(value)) > MOST_DIGITS:
        raise ValueError("A Decimal is a number with at most 20 characters, best as a text such as “2.50”.")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("A Decimal is a number, best as a text such as “2.50”.") from None
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise ValueError("A Decimal must be finite and not out of all proportion.")
    return number


def read_upload(value: Any) -> UploadFile:
    """A file of a multipart request. Raises ValueError for anything else."""
    if not isinstance(value, UploadFile):
        raise ValueError("An Upload is a file of a multipart request (graphql-multipart-request-spec).")
    return value


def _scalar(name: str, description: str, write: Any, read: Any, url: str | None = None) -> ScalarDefinition:
    return strawberry.scalar(
        name=name, description=description, serialize=write, parse_value=read, specified_by_url=url
    )


SCALARS: dict[object, Any] = {
    datetime: _scalar(
        "DateTime", "A point in time as RFC 3339 text; inputs need an offset.", write_time, read_time, DATE_TIME_SPEC
    ),
    Decimal: _scalar(
        "Decimal", "An exact decimal number, written as text, such as “2.50”.", lambda v: f"{v:f}", read_decimal
    ),
    JSON: _scalar("JSON", "Any JSON value.", lambda value: value, lambda value: value, JSON_SPEC),
    Upload: _scalar(
        "Upload", "A file of a multipart request (graphql-multipart-request-spec).", lambda value: None, read_upload
    ),
}
