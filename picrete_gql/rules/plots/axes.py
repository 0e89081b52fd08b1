"""Where things stand between two axes, and the round numbers beside them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .scene import Line, Scene, Text

GRID, AXIS, QUIET = "#e6e8eb", "#8a9099", "#5b6470"
ROUND = (1, 2, 5, 10)


@dataclass(frozen=True)
class Axes:
    """The frame of a plot in pixels, and how far its axes go from zero."""

    left: float
    top: float
    right: float
    bottom: float
    most_x: float
    most_y: float

    def x(self, value: float) -> float:
        """Where a value stands from left to right."""
        return self.left + (self.right - self.left) * value / (self.most_x or 1)

    def y(self, value: float) -> float:
        """Where a value stands from bottom to top."""
        return self.bottom - (self.bottom - self.top) * value / (self.most_y or 1)

    def draw(self, scene: Scene, names: tuple[str, str], comma: bool, *, upright: bool = False) -> None:
        """Grid, numbers and names: the one below in the middle, the other above the upright axis."""
        for value in ticks(self.most_y):
            y = self.y(value)
            scene.add(Line(self.left, y, self.right, y, GRID))
            scene.add(Text(self.left - 8, y + 4.5, number(value, comma), color=QUIET, anchor="end"))
        for value in ticks(self.most_x):
            x = self.x(value)
            if upright:
                scene.add(Line(x, self.top, x, self.bottom, GRID))
            scene.add(Line(x, self.bottom, x, self.bottom + 5, AXIS))
            scene.add(Text(x, self.bottom + 20, number(value, comma), color=QUIET, anchor="middle"))
        scene.add(Text((self.left + self.right) / 2, self.bottom + 42, names[0], anchor="middle"))
        scene.add(Text(self.left - 40, self.top - 14, names[1]))

    def ground(self, scene: Scene) -> None:
        """The line that everything stands on, over what stands there."""
        scene.add(Line(self.left, self.bottom, self.right, self.bottom, AXIS, 1.5))


def ticks(most: float, about: int = 6) -> Sequence[float]:
    """Round numbers from zero to `most`, about so many."""
    if most <= 0:
        return [0]
    rough = most / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * n for n in ROUND if power * n >= rough * 0.999)
    return [round(step * n, 10) for n in range(math.floor(most / step + 1e-9) + 1)]


def number(value: float | None, comma: bool, digits: int = 2) -> str:
    """A number as people write it, without needless zeros; a dash for none."""
    if value is None:
        return "—"
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text == "-0" else text.replace("-", "−")
    return text.replace(".", ",") if comma else text


def fitting(words: str, most: int) -> str:
    """Words cut to so many characters."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
