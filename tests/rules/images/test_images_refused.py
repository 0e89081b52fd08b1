"""What is not taken, and what the student is told."""

import resource
import time
from io import BytesIO

import pytest

from picrete_gql.problems import Code, Locale, Problem
from picrete_gql.rules import images as rules
from picrete_gql.rules.images import (
    ImageAnimated,
    ImageDamaged,
    ImageEmpty,
    ImageNotAnImage,
    ImageTooLarge,
    ImageTooLong,
    ImageTooManyPixels,
    ImageTooSmall,
    ImageUnsupported,
    prepare,
)
from picrete_gql.settings import Photos
from tests import images

LIMITS = Photos()
MB = 1024 * 1024

REFUSED = {
    "nothing": (lambda: b"", ImageEmpty()),
    "an empty stream": (BytesIO, ImageEmpty()),
    "text": (images.text, ImageNotAnImage()),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", ImageNotAnImage()),
    "a jpeg behind junk": (lambda: b"<?php ?>" + images.jpeg(), ImageNotAnImage()),
    "zip": (lambda: b"PK\x03\x04" + bytes(100), ImageNotAnImage()),
    "11 MB": (images.noise, ImageTooLarge(10 * MB)),
    "11 MB of a stream": (lambda: BytesIO(images.noise()), ImageTooLarge(10 * MB)),
    "gif": (lambda: images.encode(images.scene(), "GIF"), ImageUnsupported("GIF")),
    "animated gif": (lambda: images.animation("GIF"), ImageUnsupported("GIF")),
    "pdf": (lambda: b"%PDF-1.7\n" + images.jpeg(), ImageUnsupported("PDF")),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", ImageUnsupported("PostScript")),
    "tiff": (lambda: images.encode(images.scene(), "TIFF"), ImageUnsupported("TIFF")),
    "bmp": (lambda: images.encode(images.scene(), "BMP"), ImageUnsupported("BMP")),
    "avif": (lambda: images.encode(images.scene(), "AVIF"), ImageUnsupported("AVIF")),
    "jpeg 2000": (lambda: images.encode(images.scene(), "JPEG2000"), ImageUnsupported("JPEG 2000")),
    "film": (lambda: b"\0\0\0\x18ftypisom\0\0\0\0isommp42", ImageUnsupported("MP4")),
    "animated webp": (lambda: images.animation("WEBP"), ImageAnimated()),
    "animated png": (lambda: images.animation("PNG"), ImageAnimated()),
    "cut jpeg": (lambda: images.cut(images.jpeg()), ImageDamaged()),
    "jpeg without an end": (lambda: images.jpeg()[:-2], ImageDamaged()),
    "cut progressive jpeg": (lambda: images.cut(images.jpeg(images.page(), progressive=True)), ImageDamaged()),
    "cut png": (lambda: images.cut(images.png(images.page())), ImageDamaged()),
    "cut webp": (lambda: images.cut(images.webp(images.page())), ImageDamaged()),
    "cut heic": (lambda: images.cut(images.heic()), ImageDamaged()),
    "first bytes of a jpeg": (lambda: b"\xff\xd8\xff", ImageDamaged()),
    "first bytes of a png": (lambda: images.png()[:8], ImageDamaged()),
    "first bytes of a webp": (lambda: b"RIFF\0\0\0\0WEBP", ImageDamaged()),
    "first bytes of a heic": (lambda: images.heic()[:28], ImageDamaged()),
    "noise after a jpeg's start": (lambda: images.noise(100_000), ImageDamaged()),
    "40×40": (lambda: images.png(images.scene(40, 40)), ImageTooSmall(50, 40, 40)),
    "tiny heic": (lambda: images.heic(images.scene(64, 40)), ImageTooSmall(50, 64, 40)),
    "one pixel of height": (lambda: images.png_of(2000, 1), ImageTooSmall(50, 2000, 1)),
    "no size": (lambda: images.jpeg_sized(0, 0), ImageTooSmall(50, 0, 0)),
    "70000×60": (lambda: images.png_of(70_000, 60), ImageTooLong(65_500, 70_000, 60)),
    "png bomb": (images.png_bomb, ImageTooManyPixels(50_000_000, 3_600_000_000)),
    "webp bomb": (images.webp_bomb, ImageTooManyPixels(50_000_000, 16_384**2)),
    "jpeg bomb": (lambda: images.jpeg_sized(65_000, 65_000), ImageTooManyPixels(50_000_000, 65_000**2)),
    "heic bomb": (images.heic_bomb, ImageTooManyPixels(50_000_000, 1_200_000_000)),
    "heic that lies": (images.heic_liar, ImageDamaged()),
    "profile bomb": (images.png_chunk_bomb, ImageDamaged()),
    "text bomb": (lambda: images.png_chunk_bomb(b"zTXt"), ImageDamaged()),
    "thousands of scans": (lambda: images.jpeg_of_scans(5000), ImageDamaged()),
    "many chunks": (lambda: images.png_of(320, 240, extra=images.chunk(b"tEXt", b"a\0b") * 600_000), ImageDamaged()),
    "many segments": (lambda: images.jpeg()[:2] + b"\xff\xe5\0\2" * 2_000_000 + images.jpeg()[2:], ImageDamaged()),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    make, expected = REFUSED[name]
    body = make()
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    with pytest.raises(Problem) as refusal:
        prepare(body, limits=LIMITS)
    assert type(refusal.value) is type(expected)
    assert refusal.value.facts() == expected.facts()
    # Nobody can buy much memory or time with a bad file (KiB, seconds; generous for a busy machine).
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert time.perf_counter() - started < 3


def test_every_refusal_is_tried_and_speaks_both_languages() -> None:
    classes = {cls for cls in vars(rules).values() if isinstance(cls, type) and issubclass(cls, Problem)}
    assert {type(expected) for _, expected in REFUSED.values()} == classes
    for _, expected in REFUSED.values():
        assert expected.code is Code.INVALID_INPUT
        russian, english = expected.say(Locale.RU), expected.say(Locale.EN)
        assert russian != english
        assert "{" not in russian + english


def test_the_sentences_have_the_limit_in_them() -> None:
    assert ImageTooLarge(10 * MB).say(Locale.RU) == "Файл больше 10 МБ. Сделайте снимок поменьше."
    assert "50 мегапикселей" in ImageTooManyPixels(50_000_000, 1).say(Locale.RU)
    assert "larger than 2.5 MB" in ImageTooLarge(5 * MB // 2).say(Locale.EN)


def test_one_byte_and_one_pixel_too_much() -> None:
    data = images.jpeg()
    with pytest.raises(ImageTooLarge):
        prepare(data, limits=Photos(max_bytes=len(data) - 1))
    with pytest.raises(ImageTooManyPixels):
        prepare(data, limits=Photos(max_pixels=320 * 240 - 1))


def test_a_stream_is_never_read_far_beyond_the_limit() -> None:
    stream = BytesIO(images.noise())
    with pytest.raises(ImageTooLarge):
        prepare(stream, limits=Photos(max_bytes=1000))
    assert stream.tell() == 1001
