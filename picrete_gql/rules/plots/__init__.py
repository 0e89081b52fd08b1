"""Pictures of figures: one description of lines, boxes and words, written as SVG or drawn as PNG."""

from .drawing import Plot, PlotFormat, draw
from .histogram import histogram
from .scatter import scatter
from .scene import Scene

__all__ = ["Plot", "PlotFormat", "Scene", "draw", "histogram", "scatter"]
