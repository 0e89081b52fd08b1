"""A scene as PNG, drawn by Pillow at twice its size for sharp screens, with a font of our own for Cyrillic."""

from functools import cache
from importlib.resources import as_file, files
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from .scene import Box, Dot, Line, Part, Scene

SCALE = 2
# Circles are drawn larger and made smaller, because Pillow's have steps.
SMOOTH = 4
DOTS = 6
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def png(scene: Scene) -> bytes:
    """The picture as bytes; some milliseconds of CPU, so call it in a thread."""
    image = Image.new("RGB", (scene.width * SCALE, scene.height * SCALE), "#ffffff")
    draw = ImageDraw.Draw(image)
    for part in scene.parts:
        _draw(image, draw, part)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _draw(image: Image.Image, draw: ImageDraw.ImageDraw, part: Part) -> None:
    if isinstance(part, Box):
        left, top = _px(part.x), _px(part.y)
        right, bottom = _px(part.x + part.width) - 1, _px(part.y + part.height) - 1
        if right >= left and bottom >= top:
            draw.rectangle((left, top, right, bottom), part.fill)
    elif isinstance(part, Line):
        _line(image, draw, part)
    elif isinstance(part, Dot):
        _dot(image, part.x, part.y, part.radius, part.fill)
    else:
        place = (part.x * SCALE, part.y * SCALE)
        draw.text(place, part.words, part.color, _font(part.size), anchor=ANCHORS[part.anchor])


def _line(image: Image.Image, draw: ImageDraw.ImageDraw, line: Line) -> None:
    if not line.dotted:
        ends = (line.x1 * SCALE, line.y1 * SCALE, line.x2 * SCALE, line.y2 * SCALE)
        draw.line(ends, line.color, max(1, _px(line.width)))
        return
    dx, dy = line.x2 - line.x1, line.y2 - line.y1
    length = (dx**2 + dy**2) ** 0.5
    for step in range(int(length / DOTS) + 1):
        share = step * DOTS / length
        _dot(image, line.x1 + dx * share, line.y1 + dy * share, line.width / 2, line.color)


def _dot(image: Image.Image, x: float, y: float, radius: float, fill: str) -> None:
    mask = _disc(_px(radius))
    image.paste(fill, (_px(x) - mask.width // 2, _px(y) - mask.height // 2), mask)


@cache
def _font(size: float) -> ImageFont.FreeTypeFont:
    with as_file(files(__package__) / "DejaVuSans.ttf") as path:
        return ImageFont.truetype(str(path), round(size * SCALE), layout_engine=ImageFont.Layout.BASIC)


@cache
def _disc(radius: int) -> Image.Image:
    large = Image.new("L", (2 * radius * SMOOTH + SMOOTH,) * 2, 0)
    ImageDraw.Draw(large).ellipse((0, 0, large.width - 1, large.height - 1), 255)
    return large.resize((2 * radius + 1,) * 2, Image.Resampling.LANCZOS)


def _px(value: float) -> int:
    return round(value * SCALE)
