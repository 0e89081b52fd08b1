"""What a picture is made of. Lengths in pixels, y downwards, colours as `#rrggbb`."""

from dataclasses import dataclass, field
from typing import Literal

Anchor = Literal["start", "middle", "end"]
WIDTH, HEIGHT = 720, 440


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True)
class Line:
    """A line, whole or made of dots."""

    x1: float
    y1: float
    x2: float
    y2: float
    color: str
    width: float = 1
    dotted: bool = False


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    fill: str


@dataclass(frozen=True)
class Text:
    """Words on a line: `y` is the line that the letters stand on."""

    x: float
    y: float
    words: str
    size: float = 13
    color: str = "#333333"
    anchor: Anchor = "start"


Part = Box | Line | Dot | Text


@dataclass
class Scene:
    """A picture: what it is called, what it says in words, and its parts, the hindmost first."""

    title: str
    says: str
    parts: list[Part] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT

    def add(self, *parts: Part) -> None:
        """Lay something over what is there."""
        self.parts += parts
