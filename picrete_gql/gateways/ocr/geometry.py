"""From a provider's coordinates to 0..1 of the photo."""

import math
from collections.abc import Iterable
from typing import Any

from picrete_gql.gateways.ocr import Point

Frame = tuple[float, float, float, float]
WHOLE: tuple[Point, ...] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def place(polygon: Any, bbox: Any, frame: Frame | None) -> tuple[Point, ...]:
    """Where a block stands: its polygon, else its box, else the whole page, clockwise from the top left.

    `frame` is the page in the same coordinates; without one nothing can be said of the place.
    """
    if frame is None:
        return WHOLE
    for points in (points_of(polygon), corners(box_of(bbox))):
        scaled = tuple(scale(point, frame) for point in points)
        if area(scaled) > 0:
            return scaled
    return WHOLE


def frame_of(info: Any) -> Frame | None:
    """The coordinate frame of a page: its `bbox`, else the extent of its `polygon`, else None."""
    if not isinstance(info, dict):
        return None
    box = box_of(info.get("bbox")) or extent(points_of(info.get("polygon")))
    return box if box and box[2] > box[0] and box[3] > box[1] else None


def box_of(value: Any) -> Frame | None:
    """Four finite numbers as left, top, right, bottom."""
    numbers = numbers_of(value)
    if len(numbers) != 4:
        return None
    x1, y1, x2, y2 = numbers
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def points_of(value: Any) -> list[Point]:
    """The points of a polygon, or none of them if one cannot be understood."""
    if not isinstance(value, list | tuple):
        return []
    points = [numbers_of(point) for point in value]
    if len(points) < 3 or any(len(point) != 2 for point in points):
        return []
    return [(point[0], point[1]) for point in points]


def numbers_of(value: Any) -> list[float]:
    """A list of finite numbers, or nothing."""
    if not isinstance(value, list | tuple):
        return []
    good = all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
    numbers = [float(item) for item in value] if good else []
    return numbers if all(map(math.isfinite, numbers)) else []


def corners(box: Frame | None) -> list[Point]:
    """A box as a polygon."""
    if box is None:
        return []
    x1, y1, x2, y2 = box
    return [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]


def extent(points: list[Point]) -> Frame | None:
    """The box around some points."""
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def scale(point: Point, frame: Frame) -> Point:
    """A point in 0..1 of its frame, clamped to it."""
    x1, y1, x2, y2 = frame
    return clamp((point[0] - x1) / (x2 - x1)), clamp((point[1] - y1) / (y2 - y1))


def clamp(value: float) -> float:
    """Between 0 and 1, to six digits: a hundredth of a pixel of the largest photo."""
    return round(min(1.0, max(0.0, value)), 6)


def area(points: Iterable[Point]) -> float:
    """Area of the box around the points; 0 for a block that lies outside the page or has no height."""
    box = extent(list(points))
    return 0.0 if box is None else (box[2] - box[0]) * (box[3] - box[1])
