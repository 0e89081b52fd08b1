"""Draw every picture that pages.json describes: `python examples/make_pages.py [part of a file name …]`.

Run by developers (needs the extra `ocr` for numpy); the pictures are kept in the repository.
"""

import json
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from drawing.hand import write
from drawing.paper import sheet
from drawing.photo import Camera, photograph
from PIL import ExifTags, Image, ImageFilter, ImageOps, TiffImagePlugin

HERE = Path(__file__).parent
QUALITY = 76
# How the sensor's rows lie for each flag: applying the flag turns them upright again.
LAID = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


def main() -> None:
    described = json.loads((HERE / "pages.json").read_text("utf-8"))
    for page in described["pages"] + described["other_formats"]:
        if all(part in page["file"] for part in sys.argv[1:]):
            path = HERE / page["file"]
            save(page, path)
            print(f"{path.stat().st_size // 1024:5} KB  {page['file']}")


def save(page: dict[str, Any], path: Path) -> None:
    """The name of the file and the take are the seed: the same page comes out each time."""
    rng = np.random.default_rng([zlib.crc32(page["file"].encode()), page["take"]])
    flag = page["exif_orientation"]
    # A phone held upright stores its rows sideways, with flag 6 or 8.
    size = (1500, 2000) if flag in (6, 8) else (2000, 1500)
    paper = sheet(write(page["lines"], page["hand"], rng), rng)
    if page["format"] == "png":
        scan(photograph(paper, rng, Camera(1600, 1200, blur=0.4, noise=0.5, shadow=0))).save(path, optimize=True)
        return
    photo = photograph(paper, rng, Camera(*size))
    laid = photo.transpose(LAID[flag]) if flag in LAID else photo
    if page["format"] == "heic":
        pillow_heif.from_pillow(laid).save(path, quality=44, exif=phone_exif(flag))
    else:
        laid.save(path, quality=QUALITY, exif=phone_exif(flag))


def scan(photo: Image.Image) -> Image.Image:
    """What a scanner app makes of a photo: the paper evened out to white, sixteen greys."""
    grey = photo.convert("L")
    small = grey.resize((grey.width // 10, grey.height // 10)).filter(ImageFilter.MaxFilter(5))
    lit = np.asarray(small.filter(ImageFilter.GaussianBlur(8)).resize(grey.size), np.float32)
    even = np.clip((np.asarray(grey, np.float32) / lit - 0.3) / 0.64, 0, 1)
    return ImageOps.posterize(Image.fromarray((even * 255).astype(np.uint8)), 4)


def phone_exif(orientation: int) -> bytes:
    """The flag, a maker and a place (null island): what must not reach the store."""
    block = Image.Exif()
    block[ExifTags.Base.Make], block[ExifTags.Base.Model] = "Example", "Phone 1"
    block[ExifTags.Base.Orientation] = orientation
    place = block.get_ifd(ExifTags.IFD.GPSInfo)
    zero = tuple(TiffImagePlugin.IFDRational(0) for _ in range(3))
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", zero
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", zero
    return block.tobytes()


if __name__ == "__main__":
    main()
