"""A perceptual hash: alike for alike pictures, whatever their size or compression."""

from itertools import pairwise

from PIL import Image

_BITS = 64
_SIDE = 8


def phash(image: Image.Image) -> int:
    """64-bit difference hash, signed so that it fits PostgreSQL's bigint.

    Each bit says whether a cell of the picture shrunk to 9×8 grey cells is brighter than its right neighbour (Neal
    Krawetz, "Kind of Like That", hackerfactor.com, 2013).
    """
    cells = image.resize((_SIDE + 1, _SIDE), Image.Resampling.BOX).convert("L").tobytes()
    bits = 0
    for row in range(_SIDE):
        line = cells[row * (_SIDE + 1) : (row + 1) * (_SIDE + 1)]
        for left, right in pairwise(line):
            bits = bits << 1 | (left > right)
    return bits - (1 << _BITS) if bits >> (_BITS - 1) else bits


def phash_distance(a: int, b: int) -> int:
    """In how many of the 64 bits two hashes differ: 0 for the same picture, about 32 for strangers."""
    return ((a ^ b) & ((1 << _BITS) - 1)).bit_count()
