"""From a scene to what a page can hold."""

from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum

from .scene import Scene
from .svg import svg


class PlotFormat(StrEnum):
    """How a picture is written."""

    SVG = "svg"
    PNG = "png"


@dataclass(frozen=True)
class Plot:
    """A picture: `data` is its bytes, `width` and `height` what it should take on a page."""

    format: PlotFormat
    data: bytes
    width: int
    height: int

    @property
    def mime(self) -> str:
        """Its media type."""
        return "image/svg+xml" if self.format is PlotFormat.SVG else "image/png"

    @property
    def uri(self) -> str:
        """The whole picture as an address (RFC 2397)."""
        return f"data:{self.mime};base64,{b64encode(self.data).decode()}"


def draw(scene: Scene, format: PlotFormat) -> Plot:
    """Write a scene down; as PNG it takes some milliseconds of CPU, so call it in a thread."""
    if format is PlotFormat.SVG:
        return Plot(format, svg(scene).encode(), scene.width, scene.height)
    # Pillow is not needed for the other kind.
    from .png import png

    return Plot(format, png(scene), scene.width, scene.height)
