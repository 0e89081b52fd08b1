"""A sheet of a school notebook, 165 × 205 mm, ruled in squares of 5 mm, with ink on it."""

import numpy as np

from drawing.fields import Array, blurred, smooth_noise

PER_MM = 12
CELL = 5 * PER_MM
SHEET = (165 * PER_MM, 205 * PER_MM)
LEFT = 2 * CELL
_MARGIN_MM = 20
_WHITE = np.array([247, 246, 240], np.float32)
_RULE = np.array([150, 172, 205], np.float32)
_RED = np.array([214, 120, 130], np.float32)
_INK = np.array([26, 42, 128], np.float32)


def sheet(ink: Array, rng: np.random.Generator) -> Array:
    """The sheet as colours 0..255, `ink` being its coverage."""
    shape = ink.shape[0], ink.shape[1]
    grain = 2.2 * smooth_noise(rng, shape, 3) + 1.8 * smooth_noise(rng, shape, 160)
    paper = _WHITE + grain[..., None]
    paper = _lay(paper, _rules(shape, CELL) * (0.55 + 0.12 * smooth_noise(rng, shape, 40)), _RULE)
    paper = _lay(paper, _margin(shape) * 0.7, _RED)
    paper = _lay(paper, blurred(ink[:, ::-1], 5) * 0.05, _INK)
    return _lay(paper, ink * 0.94, _INK)


def _lay(under: Array, cover: Array, colour: Array) -> Array:
    return (under * (1 - cover[..., None]) + colour * cover[..., None]).astype(np.float32)


def _rules(shape: tuple[int, int], step: int) -> Array:
    lines = np.zeros(shape, np.float32)
    for offset, strength in ((0, 1.0), (1, 0.75)):
        lines[step // 2 + offset :: step, :] = strength
        lines[:, step // 2 + offset :: step] = strength
    return lines


def _margin(shape: tuple[int, int]) -> Array:
    line = np.zeros(shape, np.float32)
    at = shape[1] - _MARGIN_MM * PER_MM
    line[:, at : at + 3] = 1
    return line
