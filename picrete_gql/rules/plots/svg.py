"""A scene as SVG: no script, no style sheet, no link, so that any page may hold it; its words are text."""

from xml.sax.saxutils import escape, quoteattr

from .scene import Box, Dot, Line, Part, Scene

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"


def svg(scene: Scene) -> str:
    """The picture as text, with a title and a description for those who cannot see it."""
    size = f'width="{scene.width}" height="{scene.height}" viewBox="0 0 {scene.width} {scene.height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family={quoteattr(FONT)}>',
            f"<title>{_text(scene.title)}</title>",
            f"<desc>{_text(scene.says)}</desc>",
            f'<rect width="{scene.width}" height="{scene.height}" fill="#ffffff"/>',
            *map(_part, scene.parts),
            "</svg>",
        ]
    )


def _part(part: Part) -> str:
    if isinstance(part, Box):
        place = f'x="{_n(part.x)}" y="{_n(part.y)}" width="{_n(part.width)}" height="{_n(part.height)}"'
        return f'<rect {place} fill="{part.fill}"/>'
    if isinstance(part, Line):
        place = f'x1="{_n(part.x1)}" y1="{_n(part.y1)}" x2="{_n(part.x2)}" y2="{_n(part.y2)}"'
        dots = ' stroke-linecap="round" stroke-dasharray="0 6"' if part.dotted else ""
        return f'<line {place} stroke="{part.color}" stroke-width="{_n(part.width)}"{dots}/>'
    if isinstance(part, Dot):
        return f'<circle cx="{_n(part.x)}" cy="{_n(part.y)}" r="{_n(part.radius)}" fill="{part.fill}"/>'
    place = f'x="{_n(part.x)}" y="{_n(part.y)}" font-size="{_n(part.size)}" text-anchor="{part.anchor}"'
    return f'<text {place} fill="{part.color}">{_text(part.words)}</text>'


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(words: str) -> str:
    return escape("".join(char for char in words if char.isprintable()))
