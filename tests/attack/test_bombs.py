"""Small files that would become large or slow: each is refused or taken by a process that may use only so much."""

import multiprocessing
import resource
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from picrete_gql.problems import Problem
from picrete_gql.rules import images, materials
from picrete_gql.rules.bank_pack import contents
from picrete_gql.settings import Bank, Materials, Photos
from tests import images as pictures
from tests.attack.files import BANK, archive, bomb_png

# Beyond what the process has when it starts; and of the processor, however busy the machine is.
MEGABYTES, SECONDS = 900, 20


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(*more: bytes) -> bytes:
    """A good PNG with something more in it."""
    good = pictures.png(pictures.page(1, (60, 80)))
    return good[:33] + b"".join(more) + good[33:]


def jpeg_side(side: int) -> bytes:
    """A JPEG that says it is so large."""
    body = bytearray(pictures.jpeg(pictures.page(1, (60, 80))))
    at = body.index(b"\xff\xc0") + 5
    body[at : at + 4] = struct.pack(">HH", side, side)
    return bytes(body)


def webp_side() -> bytes:
    """A WebP with a canvas of 2^24 by 2^24."""
    frame = pictures.webp(pictures.page(1, (60, 80)))[12:]
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff" * 6
    return b"RIFF" + struct.pack("<I", len(canvas) + len(frame) + 4) + b"WEBP" + canvas + frame


def heic_side() -> bytes:
    """A HEIC whose picture says it is so large (ispe)."""
    body = bytearray(pictures.heic(pictures.page(1, (64, 64))))
    at = body.index(b"ispe") + 8
    body[at : at + 8] = struct.pack(">II", 60_000, 60_000)
    return bytes(body)


def flat(side: int = 7_000) -> bytes:
    """The largest picture that is allowed, of one colour: nearly no bytes."""
    out = BytesIO()
    Image.new("1", (side, side)).save(out, "PNG", optimize=True)
    return out.getvalue()


def objects(*bodies: bytes, root: int = 1) -> bytes:
    """A PDF by hand, without a table of where its objects are."""
    parts = [b"%d 0 obj %b endobj\n" % (number, body) for number, body in enumerate(bodies, 1)]
    return b"%PDF-1.7\n" + b"".join(parts) + b"trailer<</Root %d 0 R>>\n%%%%EOF" % root


def pdf_tree(deep: int) -> bytes:
    """Pages in pages in pages."""
    nodes = [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 1) for number in range(2, deep)]
    return objects(b"<</Type/Catalog/Pages 2 0 R>>", *nodes, b"<</Type/Page>>")


def pdf_ladder(steps: int) -> bytes:
    """Each node names the next one twice: 2^steps pages."""
    nodes = [b"<</Type/Pages/Count 9/Kids[%d 0 R %d 0 R]>>" % (n + 1, n + 1) for n in range(2, steps)]
    return objects(b"<</Type/Catalog/Pages 2 0 R>>", *nodes, b"<</Type/Page>>")


def pdf_stream(kind: bytes, more: bytes = b"", layers: int = 1) -> bytes:
    """A PDF whose cross-references or objects stand in a stream that unpacks to very much."""
    body = packed()
    for _ in range(layers - 1):
        body = zlib.compress(body)
    filters = b"/FlateDecode" * layers
    head = b"<</Type/%b/Filter[%b]/Length %d/Root 1 0 R%b>>" % (kind, filters, len(body), more)
    first = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 3 0 R>>endobj\n"
    stream = b"2 0 obj" + head + b"stream\n" + body + b"\nendstream endobj\n"
    return first + stream + b"startxref\n%d\n%%%%EOF" % len(first)


def pdf_loop() -> bytes:
    """Tables of references that name each other as the one before."""
    first = b"%PDF-1.4\n"
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF"
    return first + table


ZEROS = bytes(400_000_000)


@cache
def packed() -> bytes:
    """The same in a few hundred kilobytes."""
    return zlib.compress(ZEROS, 6)


XREF = b"/Size 99999999/W[1 4 2]/Index[0 99999999]"
BOMBS: dict[str, tuple[Callable[[bytes], Any], Callable[[], bytes]]] = {}


def photo(body: bytes) -> Any:
    """As a photo."""
    return images.prepare(body, limits=Photos())


def material(body: bytes) -> Any:
    """As a material."""
    return materials.prepare(body, Materials(pdf_seconds=3), Photos())


def bank(body: bytes) -> Any:
    """As an import of the bank."""
    return contents(body, Bank(), 20_000)


def nested(levels: int = 6) -> bytes:
    """A ZIP in a ZIP in a ZIP, with the file outside."""
    inner = archive(a__jpg=bytes(10_000_000))
    for _ in range(levels):
        inner = archive(a__zip=inner, bank__json=BANK.replace(b"a.jpg", b"a.zip"))
    return inner


def many_names(count: int = 60_000) -> bytes:
    """A ZIP of very many empty files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(count):
            made.writestr(f"{number}.jpg", b"")
        made.writestr("bank.json", BANK)
    return out.getvalue()


def overlapping(times: int = 500) -> bytes:
    """Entries that all share the same packed bytes (D. Fifield, “A better zip bomb”)."""
    body = archive(a__bin=bytes(20_000_000))
    start, end = body.index(b"PK\x01\x02"), body.index(b"PK\x05\x06")
    entry, tail = body[start:end], bytearray(body[end:])
    tail[8:12], tail[12:16] = struct.pack("<HH", times, times), struct.pack("<I", len(entry) * times)
    return body[:start] + entry * times + bytes(tail)


def lying() -> bytes:
    """A ZIP whose directory says that the file is small."""
    body = bytearray(archive(bank__json=bytes(200_000_000)))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = body.index(mark) + place
        body[at : at + 4] = struct.pack("<I", 10)
    return bytes(body)


def json_of(count: int, images: int) -> bytes:
    """A bank in which very much points at the same picture."""
    task = b'{"number": "%d", "text": "x", "images": [' + b",".join([b'"a.jpg"'] * images) + b"]}"
    tasks = b",".join(task.replace(b"%d", b"%d" % number) for number in range(count))
    return archive(bank__json=b'[{"paragraph": "1", "tasks": [' + tasks + b"]}]", a__jpg=bytes(50_000_000))


for name, how, make in (
    ("png of many pixels", photo, bomb_png),
    ("png with a text that unpacks", photo, lambda: png_with(chunk(b"zTXt", b"a\0\0" + packed()))),
    (
        "png with an iTXt that unpacks",
        photo,
        lambda: png_with(chunk(b"iTXt", b"a\0\1\0\0\0" + packed())),
    ),
    (
        "png with a profile that unpacks",
        photo,
        lambda: png_with(chunk(b"iCCP", b"a\0\0" + packed())),
    ),
    ("png whose pixels unpack to more", photo, lambda: png_with(chunk(b"IDAT", packed()))),
    ("png of many chunks", photo, lambda: png_with(chunk(b"tEXt", b"a\0b") * 300_000)),
    ("jpeg of many pixels", photo, lambda: jpeg_side(65_535)),
    ("jpeg of more than it holds", photo, lambda: jpeg_side(7_000)),
    ("webp of many pixels", photo, webp_side),
    ("heic of many pixels", photo, heic_side),
    ("the largest picture", photo, flat),
    ("pdf in depth", material, lambda: pdf_tree(20_000)),
    ("pdf of endless pages", material, lambda: pdf_ladder(40)),
    ("pdf of references that unpack", material, lambda: pdf_stream(b"XRef", XREF)),
    ("pdf packed twice", material, lambda: pdf_stream(b"XRef", XREF, layers=2)),
    ("pdf of objects that unpack", material, lambda: pdf_stream(b"ObjStm", b"/N 9999999/First 9")),
    ("pdf of tables in a circle", material, pdf_loop),
    ("pdf of open brackets", material, lambda: objects(b"[" * 2_000_000)),
    ("pdf of dictionaries in dictionaries", material, lambda: objects(b"<</A " * 500_000)),
    ("pdf of very many objects", material, lambda: objects(*[b"1"] * 300_000)),
    ("pdf of a magic and nothing", material, lambda: b"%PDF-" + b"obj " * 4_000_000),
    ("pdf that never names its references", material, lambda: b"%PDF-1.4\n" + b"startxref\n" * 1_500_000),
    ("zip that unpacks", bank, lambda: archive(bank__json=ZEROS)),
    ("zip that lies", bank, lying),
    ("zip of zips", bank, nested),
    ("zip of many names", bank, many_names),
    ("zip of one body for many", bank, overlapping),
    ("bank that names one picture often", bank, lambda: json_of(5_000, 10)),
    ("json in depth", bank, lambda: b"[" * 10_000_000),
    ("json of many sections", bank, lambda: b"[" + b"{}," * 3_000_000 + b"{}]"),
):
    BOMBS[name] = (how, make)


def inside(name: str, body: bytes, told: Any) -> None:
    """The child: limits first, then the file."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEGABYTES * 1024 * 1024,) * 2)
    try:
        BOMBS[name][0](body)
        told.send("taken")
    except Problem as problem:
        told.send(type(problem).__name__)
    except BaseException as error:
        told.send(f"FAULT {type(error).__name__}: {error}"[:300])


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_go_off(name: str) -> None:
    body = BOMBS[name][1]()
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=inside, args=(name, body, there))
    child.start()
    there.close()
    try:
        said = here.recv()
    except EOFError:
        child.join()
        said = f"FAULT died with {child.exitcode}"
    child.join()
    assert not said.startswith("FAULT"), said
