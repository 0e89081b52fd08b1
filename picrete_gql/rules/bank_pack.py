"""What an import brings along: the JSON, and the pictures that it names, out of a ZIP or of the JSON itself."""

import binascii
import hashlib
import unicodedata
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from picrete_gql.settings import Bank

from .bank_file import MOST_FAULTS, Fault, SectionRow, parse, refused

ZIP = b"PK\x03\x04"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile raises on bytes that somebody made up; an unknown method or a password is a RuntimeError.
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError)
DATA_NAME = "picture"


class NoPicture(Exception):
    """There is no such picture. `ru` and `en` say why."""

    def __init__(self, ru: str, en: str) -> None:
        super().__init__(en)
        self.ru, self.en = ru, en


@dataclass(frozen=True)
class Pack:
    """A JSON file, and how to get the bytes of a picture by the name that it uses (raises NoPicture)."""

    data: bytes
    picture: Callable[[str], bytes]


@dataclass(frozen=True)
class Picture:
    """One picture of the import with the places in the file that name it. `sha256` (hex) is of its bytes."""

    sha256: str
    data: bytes
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """An import that can be used: rows, and by the path of a task its pictures as (sha256, name)."""

    sections: tuple[SectionRow, ...]
    pictures: tuple[Picture, ...]
    names: dict[str, tuple[tuple[str, str], ...]]


def unpack(body: bytes, limits: Bank) -> Pack:
    """A JSON file, or a ZIP with one JSON file and its pictures. Raises BankFileRefused."""
    if len(body) > limits.file_bytes:
        size = limits.file_bytes // 1024 // 1024
        raise refused([Fault("", f"Файл больше {size} МБ.", f"The file is larger than {size} MB.")], 1)
    if not body.startswith(ZIP):
        return Pack(body, _nowhere)
    try:
        archive = _Archive(body, limits.unpacked_bytes)
        return Pack(archive.read(archive.json(), limits.file_bytes), archive.picture)
    except NoPicture as error:
        raise refused([Fault("", error.ru, error.en)], 1) from error
    except BROKEN as error:
        raise refused([Fault("", "Архив ZIP повреждён.", "The ZIP archive is damaged.")], 1) from error


def contents(body: bytes | Pack, limits: Bank, text_chars: int) -> Contents:
    """Everything that an import holds; pure CPU, call it off the event loop. Raises BankFileRefused with all faults."""
    pack = unpack(body, limits) if isinstance(body, bytes) else body
    sections, faults = parse(pack.data, limits, text_chars)
    found: dict[str, tuple[bytes, list[str]]] = {}
    digests: dict[str, str] = {}
    names: dict[str, tuple[tuple[str, str], ...]] = {}
    for task in (task for section in sections for task in section.tasks):
        mine = []
        for at, name in enumerate(task.images):
            path = f"{task.path}.images[{at}]"
            try:
                data = _inline(name) if name.startswith("data:") else pack.picture(safe(name))
            except NoPicture as error:
                faults.append(Fault(path, error.ru, error.en))
                if len(faults) >= MOST_FAULTS:
                    raise refused(faults, limits.faults_named) from error
                continue
            # The same name is the same bytes: a large picture that is named often is looked at once.
            digest = digests[name] = digests.get(name) or hashlib.sha256(data).hexdigest()
            found.setdefault(digest, (data, []))[1].append(path)
            mine.append((digest, DATA_NAME if name.startswith("data:") else name))
        names[task.path] = tuple(mine)
    if len(found) > limits.pictures:
        faults.append(Fault("", f"Больше {limits.pictures} картинок.", f"More than {limits.pictures} pictures."))
    if faults:
        raise refused(faults, limits.faults_named)
    pictures = tuple(Picture(digest, data, tuple(paths)) for digest, (data, paths) in found.items())
    return Contents(tuple(sections), pictures, names)


def safe(name: str) -> str:
    """A relative path that leads nowhere but down. Raises NoPicture."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or any(c in name for c in "\\\0:") or not path.parts:
        raise NoPicture("Нужен относительный путь без «..».", "A relative path without “..” is needed.")
    return unicodedata.normalize("NFC", str(path))


def _nowhere(name: str) -> bytes:
    raise NoPicture(
        "Картинок с именами нет: пришлите ZIP с ними или data URI.",
        "There are no named pictures here: send a ZIP with them, or data URIs.",
    )


def _inline(uri: str) -> bytes:
    head, comma, body = uri.partition(",")
    try:
        if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
            raise ValueError("head")
        return b64decode(body, validate=True)
    except (ValueError, binascii.Error) as error:
        raise NoPicture("Нужен data:image/…;base64,….", "data:image/…;base64,… is needed.") from error


class _Archive:
    """A ZIP from somebody else. Only the files that are asked for are unpacked, and never more than the budget."""

    def __init__(self, body: bytes, budget: int) -> None:
        self.zip = zipfile.ZipFile(BytesIO(body))
        self.left = budget
        self.known: dict[str, bytes] = {}
        self.files = {
            unicodedata.normalize("NFC", one.filename): one for one in self.zip.infolist() if not one.is_dir()
        }
        self.base = ""

    def json(self) -> str:
        """The name of the only JSON file; pictures are looked for from its folder. Raises NoPicture."""
        found: Sequence[str] = [
            name for name in self.files if name.lower().endswith(".json") and not name.startswith(("__MACOSX/", "."))
        ]
        if len(found) != 1:
            raise NoPicture("В архиве нужен ровно один файл JSON.", "The archive needs exactly one JSON file.")
        self.base = found[0].rpartition("/")[0]
        return found[0]

    def picture(self, name: str) -> bytes:
        """The bytes of a picture beside the JSON. Raises NoPicture."""
        path = f"{self.base}/{name}" if self.base else name
        if path not in self.files:
            raise NoPicture("В архиве нет такого файла.", "There is no such file in the archive.")
        try:
            return self.read(path)
        except BROKEN as error:
            raise NoPicture("Файл в архиве повреждён.", "The file in the archive is damaged.") from error

    def read(self, path: str, most: int | None = None) -> bytes:
        """A file, unpacked once. Raises NoPicture beyond `most` bytes or the budget, and what zipfile raises."""
        if path not in self.known:
            info = self.files[path]
            if info.flag_bits & 1 or info.compress_type not in METHODS:
                raise NoPicture("Архив зашифрован или сжат необычно.", "The archive is encrypted or packed unusually.")
            most = self.left if most is None else min(most, self.left)
            with self.zip.open(info) as file:
                data = file.read(most + 1)
            if len(data) > most:
                raise NoPicture("Архив распаковывается во слишком много.", "The archive unpacks to too much.")
            self.left -= len(data)
            self.known[path] = data
        return self.known[path]
