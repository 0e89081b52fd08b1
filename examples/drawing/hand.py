"""Writing: lines of text as a mask of ink, every word a little different."""

import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from drawing.fields import Array, bend, blurred, smooth_noise
from drawing.paper import CELL, LEFT, SHEET

FONTS = Path(__file__).parent.parent / "fonts"
# Font size in pixels so that the hands look equally large.
SIZES = {"PlaypenSans": 68, "Pangolin": 74, "Neucha": 80}
PITCH = 2 * CELL
# An index is this much of a letter, and this much of a letter lower. A decimal comma gets a little room.
INDEX, DROP, ROOM = 0.82, 0.13, 0.07
# A digit right after a letter or a bracket is an index: H2O, m1.
_PIECES = re.compile(r"(?<=[A-Za-z)])\d+|,|[^,]+?(?=(?<=[A-Za-z)])\d|,|$)")


def write(lines: list[str], hand: str, rng: np.random.Generator) -> Array:
    """Coverage of the sheet with ink, 0..1."""
    mask = Image.new("L", SHEET)
    slope = rng.normal(0, 0.004)
    for number, line in enumerate(lines):
        # The baseline lies a little above a rule of the grid.
        y = (3 + 2 * number) * CELL - 6 + rng.normal(0, 3)
        x = LEFT + rng.normal(0, 8) + (1.5 * CELL if number == 0 else 0)
        for word in line.split(" "):
            x += _word(mask, word, (x, y + slope * x), hand, rng) + SIZES[hand] * rng.normal(0.42, 0.04)
    return _pen(np.asarray(mask, np.float32) / 255, rng)


def _word(mask: Image.Image, word: str, at: tuple[float, float], hand: str, rng: np.random.Generator) -> float:
    """Put one word on its baseline, slightly turned; answers its width."""
    size = SIZES[hand] * rng.normal(1, 0.015)
    full = ImageFont.truetype(FONTS / f"{hand}.ttf", size)
    small = ImageFont.truetype(FONTS / f"{hand}.ttf", size * INDEX)
    pieces = [(piece, small if index else full) for piece, index in _split(word)]
    width = sum(_advance(piece, font, size) for piece, font in pieces)
    tile = Image.new("L", (round(width) + 40, PITCH * 2))
    draw, x = ImageDraw.Draw(tile), 20.0
    for piece, font in pieces:
        drop = size * DROP if font is small else 0
        draw.text((x, PITCH * 1.2 + drop), piece, font=font, fill=255, anchor="ls")
        x += _advance(piece, font, size)
    tile = tile.rotate(rng.normal(0, 0.7), Image.Resampling.BICUBIC, center=(20, PITCH * 1.2))
    spot = (round(at[0]) - 20, round(at[1] + rng.normal(0, 1.5) - PITCH * 1.2))
    mask.paste(255, spot, tile)
    return width


def _split(word: str) -> list[tuple[str, bool]]:
    """The pieces of a word, and which are indices."""
    found = [(piece[0], piece.start()) for piece in _PIECES.finditer(word)]
    return [(text, text.isdigit() and start > 0 and word[start - 1] != ",") for text, start in found]


def _advance(piece: str, font: ImageFont.FreeTypeFont, size: float) -> float:
    return font.getlength(piece) + (ROOM * size if piece == "," else 0)


def _pen(ink: Array, rng: np.random.Generator) -> Array:
    """Letters wobble, the pen presses more and less."""
    shape = ink.shape[0], ink.shape[1]
    ink = bend(ink, 2.6 * smooth_noise(rng, shape, 70), 2.6 * smooth_noise(rng, shape, 70))
    pressure = 0.82 + 0.12 * smooth_noise(rng, shape, 90) + 0.10 * smooth_noise(rng, shape, 5)
    return np.clip(blurred(ink, 0.9) * 1.15, 0, 1) * np.clip(pressure, 0, 1)
