"""What may be a material: a PDF that can be opened, or a picture."""

import hashlib
from dataclasses import dataclass, field
from typing import BinaryIO

from picrete_gql.models.materials import PDF
from picrete_gql.problems import Code, Problem
from picrete_gql.settings import Materials, Photos

from . import images, pdf

MAGIC, HEADER_BYTES = b"%PDF-", 1024


@dataclass(eq=False)
class MaterialTooLarge(Problem):
    """The file has more bytes than the `limit`."""

    limit: int
    megabytes: float = field(init=False)
    code = Code.INVALID_INPUT
    ru = "Файл больше {megabytes:g} МБ."
    en = "The file is larger than {megabytes:g} MB."

    def __post_init__(self) -> None:
        self.megabytes = round(self.limit / 1024 / 1024, 2)


@dataclass(eq=False)
class MaterialUnsupported(Problem):
    """Neither a PDF nor a picture."""

    code = Code.INVALID_INPUT
    ru = "Это не PDF и не картинка (JPEG, PNG, WebP, HEIC)."
    en = "This is neither a PDF nor a picture (JPEG, PNG, WebP, HEIC)."


@dataclass(eq=False)
class PdfDamaged(Problem):
    """The PDF cannot be opened, or has no page."""

    code = Code.INVALID_INPUT
    ru = "PDF повреждён: его не открыть."
    en = "The PDF is damaged: it cannot be opened."


@dataclass(eq=False)
class PdfEncrypted(Problem):
    """The PDF asks for a password."""

    code = Code.INVALID_INPUT
    ru = "PDF защищён паролем. Снимите защиту и загрузите снова."
    en = "The PDF is protected by a password. Take it off and upload it again."


@dataclass(eq=False)
class PdfTooLong(Problem):
    """The PDF has more pages than the `limit`."""

    limit: int
    pages: int
    code = Code.INVALID_INPUT
    ru = "В PDF {pages} страниц, а можно не больше {limit}."
    en = "The PDF has {pages} pages; at most {limit} are allowed."


@dataclass(eq=False)
class MaterialLimitReached(Problem):
    """A course holds no more materials."""

    limit: int
    ru = "В курсе может быть не больше {limit} материалов."
    en = "A course holds at most {limit} materials."


@dataclass(frozen=True)
class File:
    """What is stored: a PDF as it came (`pages`), or an upright JPEG (`width`, `height`); `sha256` of the original."""

    data: bytes
    mime: str
    sha256: str
    pages: int | None = None
    width: int | None = None
    height: int | None = None


def prepare(body: BinaryIO | bytes, limits: Materials, photos: Photos) -> File:
    """Check a file by its bytes alone; takes seconds at worst, so call it in a thread.

    Raises MaterialTooLarge, MaterialUnsupported, PdfDamaged, PdfEncrypted, PdfTooLong and the refusals of pictures.
    """
    data = body if isinstance(body, bytes) else body.read(limits.max_bytes + 1)
    if len(data) > limits.max_bytes:
        raise MaterialTooLarge(limits.max_bytes)
    if MAGIC in data[:HEADER_BYTES]:
        return File(data, PDF, hashlib.sha256(data).hexdigest(), pages=_pages(data, limits))
    try:
        image = images.prepare(data, limits=photos)
    except images.ImageNotAnImage as error:
        raise MaterialUnsupported from error
    return File(image.data, image.mime, image.sha256, width=image.width, height=image.height)


def _pages(data: bytes, limits: Materials) -> int:
    try:
        pages = pdf.pages(data, limits)
    except pdf.Encrypted as error:
        raise PdfEncrypted from error
    except pdf.Unreadable as error:
        raise PdfDamaged from error
    if not pages:
        raise PdfDamaged
    if pages > limits.max_pages:
        raise PdfTooLong(limits.max_pages, pages)
    return pages
