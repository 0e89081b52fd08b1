"""The skeleton of a JPEG file, read without decoding it (ITU-T T.81, annex B)."""

import re
from dataclasses import dataclass

from picrete_gql.rules.images.problems import ImageDamaged

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Inside a scan FF 00 is a stuffed byte, FF D0…D7 are restart marks and FF FF is fill: the scan ends at any other FF.
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])")


@dataclass(frozen=True)
class Skeleton:
    """Size in pixels as the frame header says, and the number of scans."""

    width: int
    height: int
    scans: int


def skeleton(data: bytes, max_parts: int) -> Skeleton:
    """Walk the markers of the first image in the file. Raises ImageDamaged when it has no frame, or too many parts."""
    size: tuple[int, int] | None = None
    scans, at = 0, 2
    for _ in range(max_parts):
        found = _MARKER.search(data, at)
        if found is None or found[1][0] == EOI:
            break
        marker, at = found[1][0], found.end()
        if marker == SOI:
            raise ImageDamaged
        if marker in _FRAMES and size is None:
            size = _size(data[at : at + 7])
        scans += marker == SOS
        at += int.from_bytes(data[at : at + 2], "big")
    else:
        raise ImageDamaged
    if size is None:
        raise ImageDamaged
    return Skeleton(*size, scans=scans)


def _size(frame: bytes) -> tuple[int, int]:
    """Lf(2) P(1) Y(2) X(2): lines come before columns."""
    return int.from_bytes(frame[5:7], "big"), int.from_bytes(frame[3:5], "big")
