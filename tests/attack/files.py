"""Files that are sent where a file is wanted: good ones, broken ones, and ones made to hurt."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

from pypdf import PdfWriter

from tests import images

BANK = b'[{"paragraph": "1", "topic": "x", "tasks": [{"number": "1", "text": "2H2", "images": ["a.jpg"]}]}]'


def pdf(pages: int = 1) -> bytes:
    """A PDF of blank pages."""
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


def archive(**members: bytes) -> bytes:
    """A ZIP; the names are given with `__` for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in members.items():
            made.writestr(name.replace("__", "."), body)
    return out.getvalue()


def bomb_png(side: int = 60_000) -> bytes:
    """A few hundred bytes that would be gigabytes of pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(10_000))), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


GOOD: dict[str, Callable[[], bytes]] = {
    "page.jpg": lambda: images.jpeg(images.page(2, (120, 160))),
    "page.png": lambda: images.png(images.page(3, (120, 160))),
    "page.heic": lambda: images.heic(images.page(4, (120, 160))),
    "page.webp": lambda: images.webp(images.page(5, (120, 160))),
    "sheet.pdf": pdf,
    "bank.json": lambda: BANK,
    "bank.zip": lambda: archive(bank__json=BANK, a__jpg=images.jpeg()),
}
BAD: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "bomb.png": bomb_png,
    "bomb.zip": lambda: archive(bank__json=bytes(30_000_000)),
    "words.jpg": lambda: b"\xff\xd8\xff these are only words",
    "script.svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "text.json": lambda: b"[" * 100_000,
}
MADE: dict[str, bytes] = {}


def some(chance: random.Random) -> tuple[str, bytes]:
    """A name and a body: good as often as not."""
    name = chance.choice([*GOOD, *BAD] if chance.random() < 0.5 else list(GOOD))
    if name not in MADE:
        MADE[name] = {**GOOD, **BAD}[name]()
    return name, mutated(MADE[name], chance) if chance.random() < 0.3 else MADE[name]


def mutated(body: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, mostly near the beginning and the end; sometimes cut."""
    changed = bytearray(body)
    for _ in range(chance.choice((1, 3, 20))):
        if not changed:
            break
        reach = min(len(changed), chance.choice((32, 400, len(changed))))
        at = chance.randrange(reach)
        changed[at if chance.random() < 0.7 else len(changed) - 1 - at] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(changed[: chance.randrange(len(changed) + 1)] if chance.random() < 0.2 else changed)
