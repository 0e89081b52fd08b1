"""A perceptual hash: alike for alike pictures, whatever their size or compression."""

from math import cos, pi
from statistics import median

from PIL import Image

_BITS = 64
_SIDE = 32
# Frequencies 1 to 8 each way: without the mean brightness, and without what is even along a whole row or column.
_WAVES = [[cos(pi * wave * (2 * at + 1) / (2 * _SIDE)) for at in range(_SIDE)] for wave in range(1, 9)]


def phash(image: Image.Image) -> int:
    """64-bit DCT hash, signed so that it fits PostgreSQL's bigint.

    Each bit says whether one of the 8×8 low frequencies of the picture shrunk to 32×32 greys is above their median
    (Christoph Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2.1). Over
    photographed pages, copies (halved, recompressed, darkened, cut by 2 %, turned by 1°) lay up to 10 bits apart and
    other pages 10 and more; a difference hash put other pages as near as 4.
    """
    grey = image.resize((_SIDE, _SIDE), Image.Resampling.BOX).convert("L").tobytes()
    rows = [grey[at : at + _SIDE] for at in range(0, len(grey), _SIDE)]
    across = [[_sum(row, wave) for row in rows] for wave in _WAVES]
    # Whole numbers, so that an even picture gives zeros and not the noise of rounding.
    levels = [round(_sum(column, wave)) for wave in _WAVES for column in across]
    middle = median(levels)
    bits = int("".join("1" if level > middle else "0" for level in levels), 2)
    return bits - (1 << _BITS) if bits >> (_BITS - 1) else bits


def phash_distance(a: int, b: int) -> int:
    """In how many of the 64 bits two hashes differ: 0 for the same picture, about 30 for strangers."""
    return ((a ^ b) & ((1 << _BITS) - 1)).bit_count()


def _sum(values: bytes | list[float], wave: list[float]) -> float:
    return sum(value * weight for value, weight in zip(values, wave, strict=True))
