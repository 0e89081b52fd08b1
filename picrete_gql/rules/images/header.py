"""What a file is and how large its picture is, from its first bytes: nothing is decoded."""

from dataclasses import dataclass
from typing import Literal

from picrete_gql.rules.images.jpeg import skeleton
from picrete_gql.rules.images.problems import ImageDamaged, ImageNotAnImage, ImageUnsupported

Format = Literal["JPEG", "PNG", "WEBP", "HEIF"]

# A progressive JPEG has about ten scans. Each decodes the whole picture again, so thousands of nearly empty ones
# would keep a processor busy for minutes (T.81 sets no limit).
MAX_SCANS = 64
# Walking millions of empty segments or chunks would hold the interpreter for seconds; a real file has hundreds.
MAX_PARTS = 10_000

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "PostScript"),
    (b"8BPS", "PSD"),
    (b"AT&TFORM", "DjVu"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\1\0", "ICO"),
)


@dataclass(frozen=True)
class Header:
    """`width` and `height` as stored, before any turn. A HEIF names its size only to its own parser: both are 0."""

    format: Format
    width: int = 0
    height: int = 0
    animated: bool = False


def read_header(data: bytes) -> Header:
    """Name the format by its signature. Raises ImageNotAnImage, ImageUnsupported or ImageDamaged."""
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[4:8] == b"ftyp":
        return _iso(data)
    if data[:2] == b"BM" and data[14:18] in (b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0", b"\x0c\0\0\0"):
        raise ImageUnsupported("BMP")
    for signature, name in _FOREIGN:
        if data.startswith(signature):
            raise ImageUnsupported(name)
    raise ImageNotAnImage


def _jpeg(data: bytes) -> Header:
    bones = skeleton(data, MAX_PARTS)
    if bones.scans > MAX_SCANS:
        raise ImageDamaged
    return Header("JPEG", bones.width, bones.height)


def _png(data: bytes) -> Header:
    """The header chunk is always first, an animation says how many frames it has (PNG 3rd edition, 11.2.1, 11.3.6)."""
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise ImageDamaged
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    animated, at = False, 33
    for _ in range(MAX_PARTS):
        name = data[at + 4 : at + 8]
        if name in (b"", b"IEND"):
            return Header("PNG", width, height, animated)
        if name == b"acTL":
            animated = int.from_bytes(data[at + 8 : at + 12], "big") > 1
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    raise ImageDamaged


def _webp(data: bytes) -> Header:
    """RFC 9649: the first chunk is a canvas (VP8X), a key frame (VP8) or a lossless picture (VP8L)."""
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X" and len(body) == 10:
        width, height = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
        return Header("WEBP", width, height, animated=bool(body[0] & 0b10))
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return Header("WEBP", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L" and body[:1] == b"\x2f":
        bits = int.from_bytes(body[1:5], "little")
        return Header("WEBP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    raise ImageDamaged


def _iso(data: bytes) -> Header:
    """An ISO media file is told by its brands (ISO/IEC 14496-12): HEIF, AVIF, or a film."""
    end = min(int.from_bytes(data[:4], "big"), 512)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & {b"avif", b"avis"}:
        raise ImageUnsupported("AVIF")
    if brands & _HEIF_BRANDS or data[8:12] == b"mif1":
        return Header("HEIF")
    raise ImageUnsupported("MP4")
