"""Which media type a client wants (RFC 9110, section 12.5.1, and GraphQL over HTTP)."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

JSON, GRAPHQL, EVENTS, HTML = "application/json", "application/graphql-response+json", "text/event-stream", "text/html"
# When a client wants two of them equally, the earlier one: urql and Apollo name all, and expect JSON.
OFFERED = (JSON, GRAPHQL, EVENTS)
QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")
UTF8 = ("utf-8", "utf8", '"utf-8"')


@lru_cache(256)
def qualities(header: str | None, offered: tuple[str, ...]) -> Mapping[str, float]:
    """How much a client wants each of the offered types, 0 to 1; without a header it takes JSON."""
    if header is None or not header.strip():
        return {kind: 1.0 if kind == JSON else 0.0 for kind in offered}
    ranges = [found for part in header.split(",") if (found := _range(part)) is not None]
    return {kind: _quality(kind, ranges) for kind in offered}


@lru_cache(256)
def best(header: str | None, offered: tuple[str, ...] = OFFERED) -> str | None:
    """The offered type that the client wants most, None when it takes none of them."""
    wanted = qualities(header, offered)
    top = max(wanted.values())
    return None if top == 0 else next(kind for kind in offered if wanted[kind] == top)


def wants_page(header: str | None) -> bool:
    """Whether this is a browser that opens the address: HTML by name, and more than JSON."""
    if "text/html" not in (header or "").lower():
        return False
    wanted = qualities(header, (HTML, *OFFERED))
    return wanted[HTML] > 0 and wanted[HTML] >= max(wanted[JSON], wanted[GRAPHQL])


def _range(part: str) -> tuple[str, float] | None:
    kind, *parameters = (piece.strip() for piece in part.lower().split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = (piece.strip() for piece in parameter.partition("="))
        if name == "q":
            if not QUALITY.fullmatch(value):
                return None
            quality = float(value)
        elif name == "charset" and value not in UTF8:
            return None
    return (kind, quality) if "/" in kind else None


def _quality(kind: str, ranges: Sequence[tuple[str, float]]) -> float:
    # The most specific range decides, however little it wants.
    for pattern in (kind, kind.partition("/")[0] + "/*", "*/*"):
        found = [quality for name, quality in ranges if name == pattern]
        if found:
            return max(found)
    return 0.0
