"""From the bytes of a file to an upright picture in plain sRGB."""

from collections.abc import Callable
from io import BytesIO

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from picrete_gql.rules.images.header import Format
from picrete_gql.rules.images.problems import ImageDamaged

# The decoders are called by class, not through Image.open: nothing else can be talked into running, the registry of
# the process stays as it is, and a JPEG with more pictures behind it (MPF) is read as the first of them.
_OPENERS: dict[Format, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "HEIF": pillow_heif.HeifImageFile,
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
_MAX_PROFILE_BYTES = 4 * 1024 * 1024


def open_image(data: bytes, format: Format) -> ImageFile.ImageFile:
    """Parse the header with the decoder of this format. Raises ImageDamaged."""
    try:
        return _OPENERS[format](BytesIO(data))
    except MemoryError:
        raise
    except Exception as error:  # hostile bytes raise whatever the decoder did not foresee
        raise ImageDamaged from error


def upright(image: ImageFile.ImageFile) -> Image.Image:
    """Decode, alpha onto white, colours to sRGB, turned as EXIF says; only pixels are left. Raises ImageDamaged."""
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # as above
        raise ImageDamaged from error
    turn = _TURNS.get(_orientation(image))
    pixels = _srgb(_opaque(image), image.info.get("icc_profile"))
    if turn is not None:
        pixels = pixels.transpose(turn)
    pixels.info = {}
    return pixels


def _orientation(image: ImageFile.ImageFile) -> int:
    """A page with broken EXIF is still a page: it is taken as it lies."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except MemoryError:
        raise
    except Exception:  # the parser meets arbitrary bytes here
        return 1
    return value if isinstance(value, int) else 1


def _opaque(image: Image.Image) -> Image.Image:
    """The picture as RGB, L or CMYK, transparent places white as paper."""
    if image.mode.startswith("I"):  # 16-bit grey: Pillow's own conversion clips instead of scaling
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        layer = image if image.mode == "RGBA" else image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    if image.mode in _SPACES:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Through the embedded colour profile when it can be used, else as if the numbers were sRGB already."""
    if profile and len(profile) <= _MAX_PROFILE_BYTES:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if source.profile.xcolor_space.strip() == _SPACES[image.mode]:
                target = ImageCms.createProfile("sRGB")
                same = image.mode == "RGB"
                # In place it answers None: one copy of a large picture less.
                image = ImageCms.profileToProfile(image, source, target, outputMode="RGB", inPlace=same) or image
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            # A broken profile must not cost a student the page: slightly wrong colours read just as well.
            return image.convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")
