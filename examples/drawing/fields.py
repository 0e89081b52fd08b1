"""Smooth randomness and bending: what sets a hand and a camera apart from a printer."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Array = NDArray[Any]


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], cell: float, stretch: float = 1) -> Array:
    """A field of -1..1 that changes over about `cell` pixels across and `cell * stretch` down."""
    rows = max(2, round(shape[0] / cell / stretch) + 2)
    columns = max(2, round(shape[1] / cell) + 2)
    coarse = Image.fromarray(rng.uniform(-1, 1, (rows, columns)).astype(np.float32))
    fine = coarse.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(fine, np.float32), -1, 1)


def bend(image: Array, dx: Array, dy: Array) -> Array:
    """Take each pixel from (x + dx, y + dy) of the image, between pixels bilinearly."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = np.clip(x + dx, 0, width - 1.001), np.clip(y + dy, 0, height - 1.001)
    left, top = x.astype(np.int32), y.astype(np.int32)
    fx, fy = x - left, y - top
    if image.ndim == 3:
        fx, fy = fx[..., None], fy[..., None]
    upper = image[top, left] * (1 - fx) + image[top, left + 1] * fx
    lower = image[top + 1, left] * (1 - fx) + image[top + 1, left + 1] * fx
    return (upper * (1 - fy) + lower * fy).astype(np.float32)


def blurred(mask: Array, radius: float) -> Array:
    """Gaussian blur of a field of 0..1."""
    levels = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    return np.asarray(levels.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255
