"""What comes out of a photo that is taken."""

import hashlib
import struct
from io import BytesIO

import pytest
from PIL import Image

from picrete_gql.rules.images import Prepared, prepare
from picrete_gql.settings import Photos
from tests import images

LIMITS = Photos()
RED, LIME, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 40) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def picture(prepared: Prepared) -> Image.Image:
    return Image.open(BytesIO(prepared.data), formats=["JPEG"]).convert("RGB")


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    w, h = image.size
    return [image.getpixel(at) for at in ((20, 20), (w - 20, 20), (w - 20, h - 20), (20, h - 20))]


def segments(data: bytes) -> set[int]:
    """Which markers stand before the scan."""
    seen, at = set(), 2
    while data[at + 1] != 0xDA:
        seen.add(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return seen


@pytest.mark.parametrize("name", images.GOOD)
def test_everything_good_becomes_a_bare_jpeg(name: str) -> None:
    original = images.GOOD[name]()
    prepared = prepare(original, limits=LIMITS)
    assert prepared.mime == "image/jpeg"
    assert prepared.sha256 == hashlib.sha256(original).hexdigest()
    assert prepared.size == len(prepared.data)
    assert (prepared.width, prepared.height) == picture(prepared).size
    # JFIF header, tables, frame: no EXIF, XMP, profile (FFE1, FFE2), Photoshop block (FFED), comment (FFFE).
    assert segments(prepared.data) <= {0xE0, 0xDB, 0xC0, 0xC4}
    assert prepared.data.endswith(b"\xff\xd9")
    assert b"Secret" not in prepared.data


def test_nothing_secret_survives_and_it_was_there_before() -> None:
    original = images.jpeg_full_of_secrets()
    assert original.count(b"Secret") == 4
    assert Image.open(BytesIO(original)).getexif().get_ifd(0x8825)
    kept = prepare(original, limits=LIMITS).data
    assert b"Secret" not in kept
    assert not Image.open(BytesIO(kept)).getexif()
    assert "icc_profile" not in Image.open(BytesIO(kept)).info


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_every_orientation_stands_upright(format: str, orientation: int) -> None:
    laid = images.laid(images.scene(), orientation)
    original = getattr(images, format)(laid, exif=images.exif(orientation))
    image = picture(prepare(original, limits=LIMITS))
    assert image.size == (320, 240)
    for found, wanted in zip(corners(image), (RED, LIME, BLUE, YELLOW), strict=True):
        assert near(found, wanted)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_is_turned_once(orientation: int) -> None:
    """Phones write the turn into the picture's properties and into EXIF."""
    laid = images.laid(images.scene(), orientation)
    image = picture(prepare(images.heic(laid, exif=images.exif(orientation)), limits=LIMITS))
    assert image.size == (320, 240)
    assert near(corners(image)[0], RED) and near(corners(image)[2], BLUE)


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03\xff", b"Exif\0\0garbage"]
)
def test_a_page_with_broken_exif_is_still_a_page(exif: bytes) -> None:
    assert prepare(images.jpeg(exif=exif), limits=LIMITS).width == 320


def test_an_orientation_that_does_not_exist_changes_nothing() -> None:
    assert prepare(images.jpeg(exif=images.exif(99)), limits=LIMITS).width == 320


def test_transparent_paper_is_white() -> None:
    image = picture(prepare(images.png_alpha(), limits=LIMITS))
    assert near(image.getpixel((10, 10)), (255, 255, 255), 6)
    assert near(image.getpixel((150, 120)), (0, 0, 200))


def test_a_transparent_colour_of_a_palette_is_white() -> None:
    indexed = Image.new("P", (100, 100), 0)
    indexed.putpalette([0, 0, 0, 200, 0, 0])
    indexed.paste(1, (50, 0, 100, 100))
    image = picture(prepare(images.png(indexed, transparency=0), limits=LIMITS))
    assert near(image.getpixel((20, 50)), (255, 255, 255), 10)
    assert near(image.getpixel((80, 50)), (200, 0, 0))


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    image = picture(prepare(images.png_16bit(), limits=LIMITS))
    for x in (0, 64, 128, 192, 255):
        assert near(image.getpixel((x, 50)), (x, x, x), 5)


def test_cmyk_keeps_its_colours() -> None:
    for found, wanted in zip(
        corners(picture(prepare(images.cmyk(), limits=LIMITS))), (RED, LIME, BLUE, YELLOW), strict=True
    ):
        assert near(found, wanted, 60)


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_colours_pass_through_the_profile(format: str) -> None:
    """The profile calls red blue; whoever only drops it would keep the wrong colours."""
    original = getattr(images, format)(icc_profile=images.swapped_profile())
    found = corners(picture(prepare(original, limits=LIMITS)))
    assert near(found[0], BLUE) and near(found[2], RED)


@pytest.mark.parametrize("profile", [b"nonsense" * 500, images.srgb_profile()[:200], bytes(5_000_000)])
def test_a_useless_profile_costs_nothing(profile: bytes) -> None:
    assert near(corners(picture(prepare(images.jpeg(icc_profile=profile), limits=LIMITS)))[0], RED)


def test_a_grey_profile_on_a_coloured_picture_is_ignored() -> None:
    profile = bytearray(images.srgb_profile())
    profile[16:20] = b"GRAY"
    found = corners(picture(prepare(images.jpeg(icc_profile=bytes(profile)), limits=LIMITS)))
    assert near(found[0], RED)


def test_of_several_pictures_the_first_is_taken() -> None:
    assert near(corners(picture(prepare(images.mpo(), limits=LIMITS)))[0], RED)


def test_quality_is_the_setting() -> None:
    original = images.png(images.page())
    sizes = [prepare(original, limits=Photos(jpeg_quality=quality)).size for quality in (50, 90)]
    assert sizes[0] * 1.3 < sizes[1]
    tables = Image.open(BytesIO(prepare(original, limits=LIMITS).data)).quantization
    assert tables == Image.open(BytesIO(images.encode(images.page(), "JPEG", quality=90))).quantization


class Trickle(BytesIO):
    """A stream that gives at most 1000 bytes at a time, as a network does, and remembers how many it gave."""

    given = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(min(1000, size if size is not None and size >= 0 else 1000))
        self.given += len(piece)
        return piece


def test_a_stream_is_read_to_its_end() -> None:
    data = images.jpeg(images.page())
    assert prepare(Trickle(data), limits=LIMITS) == prepare(data, limits=LIMITS)


def test_the_smallest_and_the_largest_fit() -> None:
    assert prepare(images.png(images.scene(50, 50)), limits=LIMITS).width == 50
    exactly = images.png_of(1000, 1000)
    assert prepare(exactly, limits=Photos(max_pixels=1_000_000)).height == 1000
    data = images.jpeg()
    assert prepare(data, limits=Photos(max_bytes=len(data))).width == 320
    assert struct.unpack(">q", struct.pack(">q", prepare(data, limits=LIMITS).phash))
