"""A photo as it came in, made into what is stored: an upright JPEG with nothing in it but the picture."""

import hashlib
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, Literal

from PIL import Image

from picrete_gql.rules.images.decode import open_image, upright
from picrete_gql.rules.images.header import read_header
from picrete_gql.rules.images.phash import phash
from picrete_gql.rules.images.problems import (
    ImageAnimated,
    ImageEmpty,
    ImageTooLarge,
    ImageTooLong,
    ImageTooManyPixels,
    ImageTooSmall,
)
from picrete_gql.settings import Photos

MIN_SIDE = 50
# The most that libjpeg writes (JPEG_MAX_DIMENSION).
MAX_SIDE = 65_500


@dataclass(frozen=True)
class Prepared:
    """What is stored. `size` is bytes of `data`, `width` and `height` pixels of the upright picture.

    `sha256` (hex) is of the original bytes, so that the same file sent twice is known. `phash` is signed 64-bit.
    """

    data: bytes
    mime: Literal["image/jpeg"]
    width: int
    height: int
    size: int
    sha256: str
    phash: int


def prepare(body: BinaryIO | bytes, *, limits: Photos, min_side: int = MIN_SIDE) -> Prepared:
    """Check a photo and make it storable; takes seconds at worst, so call it in a thread.

    What it is, is decided by its bytes alone (JPEG, PNG, WebP, HEIC). All of them become JPEG, the one form that every
    reader of pages takes: EXIF orientation applied, alpha on white, colours in sRGB, no metadata. Of a file with more
    pictures behind the first (depth, gain map, burst) only the main one is kept.

    Memory is bounded by `limits.max_pixels`: 8 (JPEG) to 16 (WebP) bytes a pixel while it runs. Refusals, all before
    decoding but the last: ImageEmpty, ImageTooLarge, ImageNotAnImage, ImageUnsupported, ImageAnimated, ImageTooSmall,
    ImageTooLong, ImageTooManyPixels, ImageDamaged.
    """
    data = _read(body, limits.max_bytes)
    pixels = _decode(data, limits.max_pixels, min_side)
    stored = _encode(pixels, limits.jpeg_quality)
    return Prepared(
        data=stored,
        mime="image/jpeg",
        width=pixels.width,
        height=pixels.height,
        size=len(stored),
        sha256=hashlib.sha256(data).hexdigest(),
        phash=phash(pixels),
    )


def _decode(data: bytes, max_pixels: int, min_side: int) -> Image.Image:
    """The upright picture; what the decoder took is free again on return."""
    header = read_header(data)
    if header.animated:
        raise ImageAnimated
    if header.format != "HEIF":
        _fits(header.width, header.height, max_pixels, min_side)
    image = open_image(data, header.format)
    _fits(*image.size, max_pixels, min_side)
    return upright(image)


def _encode(pixels: Image.Image, quality: int) -> bytes:
    """As JPEG, by way of a file: while Pillow writes into memory it holds the interpreter, and all sockets wait."""
    with TemporaryFile() as out:
        pixels.save(out, "JPEG", quality=quality)
        out.seek(0)
        return out.read()


def _read(body: BinaryIO | bytes, limit: int) -> bytes:
    """All bytes, but never more than one beyond the limit (a raw stream may give them in pieces)."""
    if not isinstance(body, bytes):
        pieces, room = [], limit + 1
        while room and (piece := body.read(room)):
            pieces.append(piece)
            room -= len(piece)
        body = b"".join(pieces)
    if not body:
        raise ImageEmpty
    if len(body) > limit:
        raise ImageTooLarge(limit)
    return body


def _fits(width: int, height: int, max_pixels: int, min_side: int) -> None:
    if width * height > max_pixels:
        raise ImageTooManyPixels(max_pixels, width * height)
    if min(width, height) < min_side:
        raise ImageTooSmall(min_side, width, height)
    if max(width, height) > MAX_SIDE:
        raise ImageTooLong(MAX_SIDE, width, height)
