"""What the reader's process hands over: lines, or that a page cannot be read."""

from collections.abc import Iterable
from typing import TypedDict


class Unreadable(Exception):
    """These bytes are not an image that can be read."""


class Line(TypedDict):
    """`polygon` in 0..1 of the photo, clockwise from the top left; `confidence` 0..1."""

    text: str
    polygon: list[tuple[float, float]]
    confidence: float


def line(text: str, points: Iterable[tuple[float, float]], size: tuple[int, int], confidence: float) -> Line:
    """A line from points in pixels of an image of this size."""
    polygon = [(inside(x / size[0]), inside(y / size[1])) for x, y in points]
    return Line(text=text, polygon=polygon, confidence=inside(confidence))


def inside(value: float) -> float:
    """Between 0 and 1, to six digits."""
    return round(min(1.0, max(0.0, float(value))), 6)
