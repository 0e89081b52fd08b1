"""What a page may save by itself while a student works."""

from typing import Any

from picrete_gql.problems import Invalid

from .texts import storable


def ensure_draft(draft: Any, most: int) -> dict[str, Any]:
    """The draft, if it is a JSON object of at most `most` bytes that the database can keep. Raises Invalid."""
    raw = storable(draft)
    if raw is None:
        raise Invalid("draft", "Черновик — объект JSON.", "The draft must be a JSON object.")
    if len(raw) > most:
        raise Invalid("draft", f"Черновик больше {most} байт.", f"The draft is larger than {most} bytes.")
    return dict(draft)
