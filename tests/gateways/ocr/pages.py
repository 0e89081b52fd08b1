"""Pages drawn for the tests, and the reader processes that they wake."""

import asyncio
import os
import struct
import subprocess
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from picrete_gql.settings import Ocr
from tests.servers.datalab import DatalabServer

FONT = Path(__file__).parents[3] / "examples" / "fonts" / "Neucha.ttf"
LINES = ["Задача 1. Найти массу соли", "2H2 + O2 = 2H2O", "m(NaCl) = 5,85 г", "Ответ: масса соли 36 г"]


def font(size: int) -> ImageFont.FreeTypeFont:
    """A font with Cyrillic letters."""
    return ImageFont.truetype(FONT, size)


def page(lines: list[str] = LINES, *, size: tuple[int, int] = (1200, 1600), squares: bool = False) -> bytes:
    """A JPEG with lines of print, the first at one eighth of the height; `squares` adds squared paper and a shade."""
    image = Image.new("RGB", size, (250, 249, 246))
    draw = ImageDraw.Draw(image)
    width, height = size
    if squares:
        for x in range(0, width, 40):
            draw.line([(x, 0), (x, height)], fill=(200, 212, 230))
        for y in range(0, height, 40):
            draw.line([(0, y), (width, y)], fill=(200, 212, 230))
    for number, line in enumerate(lines):
        draw.text((width // 10, height // 8 + number * height // 12), line, font=font(height // 32), fill=(30, 40, 120))
    if squares:
        shade = Image.linear_gradient("L").resize(size).point([130 + value * 125 // 255 for value in range(256)])
        image = Image.composite(image, Image.new("RGB", size), shade)
    return jpeg(image)


def jpeg(image: Image.Image) -> bytes:
    """The bytes of an image."""
    out = BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def upright(path: Path) -> bytes:
    """A photo as the upload hands it on: turned by its EXIF, JPEG."""
    with Image.open(path) as photo:
        return jpeg(ImageOps.exif_transpose(photo).convert("RGB"))


def distance(truth: str, found: str) -> int:
    """Letters to add, drop or change (Levenshtein), white space counting as one blank."""
    truth, found = " ".join(truth.split()), " ".join(found.split())
    row = list(range(len(found) + 1))
    for number, letter in enumerate(truth, 1):
        before, row = row, [number]
        for column, other in enumerate(found, 1):
            row.append(min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != other)))
    return row[-1]


def blank(size: tuple[int, int] = (400, 300), colour: str = "white") -> bytes:
    """A JPEG without a stroke."""
    return jpeg(Image.new("RGB", size, colour))


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises more pixels than anyone has memory for."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def settings_of(server: DatalabServer, **changed: object) -> Ocr:
    """Settings of a client of this server, with short waits."""
    given = {"url": server.url, "key": server.key, "poll_seconds": 0.02, "max_polls": 30, "request_timeout": 5}
    return Ocr.model_validate({"provider": "datalab", **given, **changed})


def readers(parent: int | None = None) -> list[int]:
    """Ids of the living reader processes of this process (or of the parent)."""
    return [
        number
        for number, (above, state, command) in processes().items()
        if above == (parent or os.getpid()) and "-m reading" in command and not state.startswith("Z")
    ]


def processes() -> dict[int, tuple[int, str, str]]:
    """Parent, state and command line of every process, from /proc, or from ps where there is none."""
    found: dict[int, tuple[int, str, str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, above = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            found[int(folder.name)] = int(above), state, (folder / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
    if not found:
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
        )
        for pid, above, state, command in (line.split(None, 3) for line in listed.stdout.splitlines()):
            found[int(pid)] = int(above), state, command
    return found


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not become so"
        await asyncio.sleep(0.02)
