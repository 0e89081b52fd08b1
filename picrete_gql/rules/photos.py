"""How many photos an attempt holds, and what happens while they are read."""

from dataclasses import dataclass

from picrete_gql.problems import Code, Problem


@dataclass(eq=False)
class PhotoLimitReached(Problem):
    """An attempt holds no more photos."""

    limit: int
    ru = "В работе может быть не больше {limit} фото."
    en = "An attempt holds at most {limit} photos."


@dataclass(eq=False)
class PhotoNotArrived(Problem):
    """A presigned upload was confirmed before its object was there."""

    code = Code.CONFLICT
    ru = "Файл ещё не загружен."
    en = "The file has not been uploaded yet."


def ensure_room(taken: int, limit: int) -> None:
    """Raises PhotoLimitReached."""
    if taken >= limit:
        raise PhotoLimitReached(limit)


def filename(value: str | None) -> str:
    """The last part of a client's file name without control characters, at most 200 characters."""
    name = (value or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if c.isprintable()).strip(". ")
    return name[-200:] or "photo"
