"""The measure of it: Pillow alone, one photo after the other in one process; and what each step of ours takes.

Prints milliseconds of CPU per photo as JSON.
"""

import asyncio
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from PIL import Image

from picrete_gql.gateways.storage import Storage
from picrete_gql.rules.images import phash, prepare
from picrete_gql.rules.images.decode import open_image, upright
from picrete_gql.rules.images.header import read_header
from picrete_gql.settings import Photos
from picrete_gql.settings import Storage as Where

from .picture import photo


def spent(times: int, steps: Mapping[str, Callable[[], Any]]) -> dict[str, float]:
    """Milliseconds of CPU of the whole process, the median of so many calls; the steps take turns."""
    found: dict[str, list[float]] = {}
    for turn in range(times + 1):
        for name, work in steps.items():
            before = time.process_time()
            work()
            if turn:
                found.setdefault(name, []).append((time.process_time() - before) * 1000)
    return {name: statistics.median(all_) for name, all_ in found.items()}


def pillow(data: bytes) -> None:
    """Decode, encode: what no server that looks at its pictures can do without."""
    with Image.open(BytesIO(data)) as image:
        image.save(BytesIO(), "JPEG", quality=Photos().jpeg_quality)


def stored(loop: asyncio.AbstractEventLoop, data: bytes) -> Callable[[], Any]:
    """A PUT to the object store."""
    names = ("endpoint", "access_key", "secret_key", "bucket")
    storage = Storage(Where(**{name: os.environ[f"PICRETE_STORAGE__{name.upper()}"] for name in names}))
    return lambda: loop.run_until_complete(storage.put("bare.jpg", data, "image/jpeg"))


def main(times: int) -> dict[str, float]:
    """Each step by itself, on the same photo."""
    data, limits = photo(), Photos()
    opened = open_image(data, "JPEG")
    opened.load()
    lying = opened.copy()
    turned = upright(open_image(data, "JPEG"))
    ready, loop = prepare(data, limits=limits), asyncio.new_event_loop()
    return spent(
        times,
        {
            "bare Pillow": lambda: pillow(data),
            "prepare": lambda: prepare(data, limits=limits),
            "header": lambda: read_header(data),
            "decode": lambda: open_image(data, "JPEG").load(),
            "turn": lambda: lying.transpose(Image.Transpose.ROTATE_270),
            "encode": lambda: turned.save(BytesIO(), "JPEG", quality=limits.jpeg_quality),
            "phash": lambda: phash(turned),
            "sha256": lambda: hashlib.sha256(data).hexdigest(),
            "S3 put": stored(loop, ready.data),
        },
    )


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
