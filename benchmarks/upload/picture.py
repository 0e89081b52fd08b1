"""A photo as a phone takes it: 12 megapixels, about 3 MB, lying on its side, with EXIF."""

import random
from functools import cache
from io import BytesIO

from PIL import Image

from benchmarks.site import TREE
from tests import images

PAGE = TREE / "examples" / "pages" / "task1-variant1-correct.jpg"
SIZE = (4000, 3000)


@cache
def photo() -> bytes:
    """A page of the examples, enlarged, with a sensor's noise."""
    noise = Image.effect_noise(SIZE, 30)
    with Image.open(PAGE) as page:
        whole = page.convert("RGB").resize(SIZE, Image.Resampling.BICUBIC)
    out = BytesIO()
    Image.blend(whole, noise.convert("RGB"), 0.2).save(out, "JPEG", quality=87, exif=images.exif(6, gps=True))
    return out.getvalue()


def another(number: int) -> bytes:
    """The same picture as another file: bytes behind the end of a JPEG are no part of it."""
    return photo() + random.Random(number).randbytes(16)
