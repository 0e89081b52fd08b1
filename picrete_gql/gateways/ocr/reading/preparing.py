"""A photo made ready for reading. Runs in the reader's own process; needs Pillow and NumPy."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter

from .lines import Unreadable

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 50_000_000
# Below this there is no line of writing, and Tesseract complains.
MIN_SIDE = 16
# Wrong letters on examples/pages: 1400 → 7.8 %, 1800 → 5.5 %, 2200 → 4.1 %, 2600 → 5.7 %, 3000 → 6.9 %.
LONG_SIDE = 2200
# The paper is looked for in cells of 8 × 8 pixels, within 5 × 5 of them, and smoothed over 6.
CELL, REACH, SMOOTH = 8, 5, 6
# Below is ink, above is paper; the pale lines of squared paper lie above. Without this step 20.5 % are wrong.
INK, PAPER = 70, 215
LEVELS = [max(0, min(255, (value - INK) * 255 // (PAPER - INK))) for value in range(256)]


def opened(image: bytes) -> Image.Image:
    """The image, not yet decoded, its size checked from the header. Raises Unreadable."""
    try:
        page = Image.open(BytesIO(image), formats=FORMATS)
    except Exception as error:
        raise Unreadable(f"not a JPEG, PNG or WebP image ({type(error).__name__})") from error
    if page.width * page.height > MAX_PIXELS:
        raise Unreadable(f"more than {MAX_PIXELS} pixels")
    if min(page.size) < MIN_SIDE:
        raise Unreadable(f"{page.width} × {page.height} pixels is too small to read")
    return page


def decoded(page: Image.Image, mode: str, factor: float) -> Image.Image:
    """The pixels in the mode, scaled by the factor. Raises Unreadable for a broken file."""
    size = max(1, round(page.width * factor)), max(1, round(page.height * factor))
    page.draft(mode, size)
    try:
        return page.convert(mode).resize(size, Image.Resampling.LANCZOS)
    except Exception as error:
        raise Unreadable(f"a broken image ({type(error).__name__}: {error})") from error


def inked(image: bytes) -> Image.Image:
    """A grey page of sensible size: even white paper, dark writing, no shade and no squares."""
    page = opened(image)
    return flattened(decoded(page, "L", LONG_SIDE / max(page.size))).point(LEVELS)


def coloured(image: bytes) -> Image.Image:
    """The page in colour, made smaller if it is larger than needed."""
    page = opened(image)
    return decoded(page, "RGB", min(1.0, LONG_SIDE / max(page.size)))


def flattened(grey: Image.Image) -> Image.Image:
    """Divide by the paper: the brightest neighbourhood of each place, smoothed."""
    cells = max(1, grey.width // CELL), max(1, grey.height // CELL)
    paper = grey.resize(cells, Image.Resampling.BOX).filter(ImageFilter.MaxFilter(REACH))
    paper = paper.filter(ImageFilter.GaussianBlur(SMOOTH)).resize(grey.size, Image.Resampling.BILINEAR)
    light = np.asarray(grey, dtype=np.float32) / np.maximum(np.asarray(paper, dtype=np.float32), 1)
    return Image.fromarray((light * 255).clip(0, 255).astype(np.uint8))
