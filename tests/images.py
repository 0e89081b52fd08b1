"""Pictures for the tests: what phones send, and what phones never would."""

import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageDraw, TiffImagePlugin


def scene(width: int = 320, height: int = 240) -> Image.Image:
    """A picture whose corners tell which way up it is: red, green, blue, yellow clockwise from the top left."""
    image = Image.new("RGB", (width, height), "white")
    draw, w, h = ImageDraw.Draw(image), width // 4, height // 4
    draw.rectangle((0, 0, w, h), "red")
    draw.rectangle((width - w, 0, width, h), "lime")
    draw.rectangle((width - w, height - h, width, height), "blue")
    draw.rectangle((0, height - h, w, height), "yellow")
    draw.line((w, height // 2, width - w, height // 2 + 3), "navy", 4)
    return image


def page(seed: int | str = 0, size: tuple[int, int] = (600, 800)) -> Image.Image:
    """Something like a page of writing: another seed, another text."""
    rng, image = random.Random(seed), Image.new("RGB", size, (238, 236, 228))
    draw = ImageDraw.Draw(image)
    for y in range(40, size[1] - 40, 36):
        x, end = 30, max(31, size[0] - rng.randrange(40, 300))
        while x < end:
            length = rng.randrange(15, 70)
            draw.line((x, y + rng.randrange(-4, 5), x + length, y + rng.randrange(-4, 5)), (40, 50, 140), 7)
            x += length + rng.randrange(8, 25)
    return image


def encode(image: Image.Image, format: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def jpeg(image: Image.Image | None = None, **options: Any) -> bytes:
    return encode(image or scene(), "JPEG", **{"quality": 95, "subsampling": 0} | options)


def png(image: Image.Image | None = None, **options: Any) -> bytes:
    return encode(image or scene(), "PNG", **options)


def webp(image: Image.Image | None = None, **options: Any) -> bytes:
    return encode(image or scene(), "WEBP", **{"quality": 95} | options)


def heic(image: Image.Image | None = None, **options: Any) -> bytes:
    out = BytesIO()
    pillow_heif.from_pillow(image or scene()).save(out, **{"quality": 95} | options)
    return out.getvalue()


def exif(orientation: int = 1, gps: bool = False) -> bytes:
    """A phone's EXIF block: which way it was held, its maker, and where it was."""
    block = Image.Exif()
    block[ExifTags.Base.Orientation] = orientation
    block[ExifTags.Base.Make] = "SecretPhoneMaker"
    if gps:
        ifd = block.get_ifd(ExifTags.IFD.GPSInfo)
        ifd[ExifTags.GPS.GPSLatitudeRef] = "N"
        ifd[ExifTags.GPS.GPSLatitude] = tuple(TiffImagePlugin.IFDRational(v) for v in (59, 57, 27))
    return block.tobytes()


# How the pixels lie in a file whose flag says how to turn them back.
_LAID: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def laid(image: Image.Image, orientation: int) -> Image.Image:
    """The pixels as a camera stores them for this flag; applying the flag gives `image` again."""
    return image.transpose(_LAID[orientation]) if orientation in _LAID else image


def jpeg_turned(orientation: int, gps: bool = True) -> bytes:
    return jpeg(laid(scene(), orientation), exif=exif(orientation, gps))


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """A working profile that calls red blue: the two primaries of sRGB exchanged (ICC.1, 7.3 tag table)."""
    profile = bytearray(srgb_profile())
    tags = {
        bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12)
    }
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


def jpeg_full_of_secrets() -> bytes:
    """GPS, a phone's name, XMP, a comment, a colour profile, a second picture and a ZIP at the end."""
    icc = srgb_profile()
    data = jpeg(scene(), exif=exif(1, gps=True), comment="SecretComment", icc_profile=icc)
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SecretXmp</x:xmpmeta>"
    segment = b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp
    return data[:2] + segment + data[2:] + jpeg(Image.new("RGB", (64, 64), "red")) + b"PK\x03\x04SecretZip"


def mpo() -> bytes:
    """A phone's JPEG with a second picture behind it (multi-picture format)."""
    return encode(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (320, 240), "black")])


def cmyk() -> bytes:
    return jpeg(scene().convert("CMYK"))


def png_alpha() -> bytes:
    """Blue ink on nothing: the paper is transparent black."""
    image = Image.new("RGBA", (320, 240), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((100, 100, 200, 140), (0, 0, 200, 255))
    return png(image)


def png_16bit() -> bytes:
    """Grey from 0 on the left to 65535 on the right."""
    row = b"".join(struct.pack("<H", x * 65535 // 255) for x in range(256))
    return png(Image.frombytes("I;16", (256, 100), row * 100))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, *, extra: bytes = b"", body: bytes | None = None) -> bytes:
    """A 1-bit PNG by hand: any size in the header, any chunks after it. Without `body` it has honest rows."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    rows = zlib.compress(bytes(((width + 7) // 8 + 1) * height), 9) if body is None else body
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def png_bomb(side: int = 60_000) -> bytes:
    """Small file, 3.6 gigapixels."""
    return png_of(side, side, body=zlib.compress(bytes(1000)))


def png_chunk_bomb(name: bytes = b"iCCP", megabytes: int = 60) -> bytes:
    """A fitting picture with a compressed chunk that blows up."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()
    return png_of(320, 240, extra=chunk(name, b"x\0\0" + packed))


def webp_bomb() -> bytes:
    """A canvas of 16384×16384 in the header and nothing behind it."""
    body = b"\x10\0\0\0" + (16_383).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", 4 + 8 + len(body)) + b"WEBPVP8X" + struct.pack("<I", len(body)) + body


def jpeg_sized(width: int, height: int) -> bytes:
    """An ordinary JPEG that claims another size in its frame header."""
    data = jpeg()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def jpeg_of_scans(count: int, side: int = 2000) -> bytes:
    """A progressive JPEG with `count` empty scans more than it needs: each decodes every block again."""
    data = jpeg(Image.new("L", (side, side), 128), progressive=True)
    at = data.rindex(b"\xff\xda")
    return data[:at] + data[at:-2] * count + b"\xff\xd9"


def heic_bomb() -> bytes:
    """The header says 40000×30000."""
    return heic().replace(struct.pack(">II", 320, 240), struct.pack(">II", 40_000, 30_000))


def heic_liar() -> bytes:
    """The header says 100×80, the stream holds 12 megapixels."""
    data = heic(Image.new("RGB", (4000, 3000), "green"), quality=20)
    return data.replace(struct.pack(">II", 4000, 3000), struct.pack(">II", 100, 80))


def animation(format: str) -> bytes:
    frames = [scene(), page(1, (320, 240)), page(2, (320, 240))]
    return encode(frames[0], format, save_all=True, append_images=frames[1:], duration=100)


def noise(size: int = 11 * 1024 * 1024) -> bytes:
    """A JPEG's first bytes and then noise up to `size` bytes."""
    return b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(size - 4)


def text() -> bytes:
    """What somebody names photo.jpg."""
    return "Задача 1. Ответ: 5,85 г\n".encode() * 40


def cut(data: bytes, share: float = 0.6) -> bytes:
    """The upload that lost its end."""
    return data[: int(len(data) * share)]


GOOD: dict[str, Callable[[], bytes]] = {
    "jpeg": jpeg,
    "jpeg turned": lambda: jpeg_turned(6),
    "jpeg with everything": jpeg_full_of_secrets,
    "jpeg multi-picture": mpo,
    "jpeg cmyk": cmyk,
    "jpeg grey": lambda: jpeg(scene().convert("L")),
    "jpeg progressive": lambda: jpeg(progressive=True),
    "png": png,
    "png alpha": png_alpha,
    "png palette": lambda: png(scene().quantize(16)),
    "png 1 bit": lambda: png(scene().convert("1")),
    "png 16 bit": png_16bit,
    "png grey alpha": lambda: png(scene().convert("LA")),
    "webp": webp,
    "webp lossless alpha": lambda: webp(scene().convert("RGBA"), lossless=True),
    "heic": heic,
}
