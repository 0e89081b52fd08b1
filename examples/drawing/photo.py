"""A sheet on a desk, taken with a phone held a little askew under an uneven lamp."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from drawing.fields import Array, bend, smooth_noise

# The outline of a forearm with a phone, from the middle of the near edge to the side, in shares of the picture.
_HAND = ((0.62, 0.46), (0.34, 0.50), (0.22, 0.62), (0.16, 0.85), (0.05, 1.3), (0.70, 1.3))
Corners = list[tuple[float, float]]


@dataclass(frozen=True)
class Camera:
    """Size of the photo, blur in pixels, noise in levels of 255, and how dark the phone's own shadow is."""

    width: int = 2000
    height: int = 1500
    blur: float = 0.8
    noise: float = 4.5
    shadow: float = 0.38


def photograph(sheet: Array, rng: np.random.Generator, camera: Camera) -> Image.Image:
    """The upright photo, without any metadata."""
    size = camera.width, camera.height
    sheet = _curl(sheet, rng)
    corners = _corners(size, rng)
    laid = _project(sheet, corners, size)
    cover = np.asarray(_polygon(corners, size).filter(ImageFilter.GaussianBlur(1)), np.float32)[..., None] / 255
    cast = _polygon([(x + 14, y + 20) for x, y in corners], size).filter(ImageFilter.GaussianBlur(22))
    scene = _desk(size, rng) * (1 - 0.55 * np.asarray(cast, np.float32)[..., None] / 255)
    scene = scene * (1 - cover) + laid * cover
    scene *= _light(size, rng, camera.shadow)
    return _sensor(scene.astype(np.float32), rng, camera)


def _curl(sheet: Array, rng: np.random.Generator) -> Array:
    """Paper never lies flat: rows sag by a few millimetres and the light follows."""
    height, width = sheet.shape[:2]
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :].repeat(height, 0)
    depth = rng.uniform(6, 16)
    sag = depth * np.sin(np.pi * x * rng.uniform(0.9, 1.3) + rng.uniform(-0.3, 0.3))
    bent = bend(sheet, 4 * smooth_noise(rng, (height, width), 900), sag.astype(np.float32))
    gutter = 1 - 0.28 * np.exp(-x / 0.035)
    fold = 1 + 0.025 * np.cos(2 * np.pi * x * rng.uniform(0.7, 1.1) + rng.uniform(0, 3))
    return (bent * (gutter * fold)[..., None]).astype(np.float32)


def _corners(size: tuple[int, int], rng: np.random.Generator) -> Corners:
    """Where the sheet's corners fall: turned a little, the far edge shorter, the near one out of the picture."""
    width, height = size
    tilt, turn = rng.uniform(0.0, 0.02), np.deg2rad(rng.uniform(-1.8, 1.8))
    top, bottom = rng.uniform(-0.02, 0.08), rng.uniform(1.02, 1.08)
    bottom = top + (1.08 + 0.08) * width / height * 205 / 165
    flat = [(tilt - 0.03, top), (1.03 - tilt, top), (1.08, bottom), (-0.08, bottom)]
    cos, sin = np.cos(turn), np.sin(turn)
    corners = []
    for u, v in flat:
        x = (u - 0.5 + rng.normal(0, 0.006)) * width
        y = (v - 0.5 + rng.normal(0, 0.006)) * height
        corners.append((width / 2 + x * cos - y * sin, height / 2 + x * sin + y * cos))
    return corners


def _project(sheet: Array, corners: Corners, size: tuple[int, int]) -> Array:
    """Lay the sheet into the four corners (clockwise from the top left)."""
    height, width = sheet.shape[:2]
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows), np.array(values))
    picture = Image.fromarray(np.clip(sheet, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.5))
    laid = picture.transform(size, Image.Transform.PERSPECTIVE, solved.tolist(), Image.Resampling.BICUBIC)
    return np.asarray(laid, np.float32)


def _polygon(corners: Corners, size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).polygon(corners, fill=255)
    return mask


def _desk(size: tuple[int, int], rng: np.random.Generator) -> Array:
    """Wood: streaks along the grain in two colours."""
    width, height = size
    grain = 0.6 * smooth_noise(rng, (height, width), 26, 14) + 0.4 * smooth_noise(rng, (height, width), 220)
    fine = smooth_noise(rng, (height, width), 5, 40)
    dark, bright = np.array([96, 64, 40], np.float32), np.array([164, 118, 78], np.float32)
    mix = np.clip(0.5 + 0.45 * grain + 0.12 * fine, 0, 1)[..., None]
    return (dark * (1 - mix) + bright * mix).astype(np.float32)


def _light(size: tuple[int, int], rng: np.random.Generator, shadow: float) -> Array:
    """A warm lamp to one side, falling off to the corners, and the shadow of the phone and the hand."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lamp = rng.uniform(0.15, 0.85) * width, rng.uniform(-0.1, 0.25) * height
    away = np.hypot(x - lamp[0], y - lamp[1]) / np.hypot(width, height)
    level = 1.05 - 0.34 * away**1.5 + 0.02 * smooth_noise(rng, (height, width), 500)
    side, lift = rng.choice([-1, 1]), rng.uniform(-0.12, 0.2)
    edge = [(0.5 + side * (a + rng.normal(0, 0.05)), b + lift) for a, b in _HAND]
    soft = ImageFilter.GaussianBlur(rng.uniform(70, 130))
    hand = _polygon([(a * width, b * height) for a, b in edge], size).filter(soft)
    level *= 1 - shadow * rng.uniform(0.5, 1) * np.asarray(hand, np.float32) / 255
    warm = np.array([1.02, 1.0, rng.uniform(0.91, 0.98)], np.float32)
    return (level[..., None] * warm).astype(np.float32)


def _sensor(scene: Array, rng: np.random.Generator, camera: Camera) -> Image.Image:
    """Lens blur, noise of brightness and of colour."""
    picture = Image.fromarray(np.clip(scene, 0, 255).astype(np.uint8))
    sharp = np.asarray(picture.filter(ImageFilter.GaussianBlur(camera.blur)), np.float32)
    height, width = sharp.shape[:2]
    luma = rng.normal(0, camera.noise, (height, width, 1))
    chroma = np.stack([smooth_noise(rng, (height, width), 4) for _ in range(3)], axis=-1) * camera.noise
    return Image.fromarray(np.clip(sharp * 0.97 + luma + chroma, 0, 255).astype(np.uint8))
