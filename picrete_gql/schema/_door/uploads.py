"""Files in a request (https://github.com/jaydenseric/graphql-multipart-request-spec), kept on disk when large."""

import io
import re
import threading
import unicodedata
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, BinaryIO

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from picrete_gql.settings import Http

from .bodies import chunks
from .jsons import read_json
from .refusals import Refusal

INDEX = re.compile(r"0|[1-9]\d{0,5}")
NAME_CHARACTERS = 200
Item = tuple[str, str | UploadFile]


class Parser(MultiPartParser):
    """Starlette's parser, which also counts the bytes of each file and notices a missing end."""

    def __init__(self, request: Request, of: Http) -> None:
        stream = chunks(request, of.max_body_bytes, of.body_seconds)
        super().__init__(request.headers, stream, max_files=of.max_files, max_fields=2, max_part_size=of.max_json_bytes)
        self.spool_max_size = of.spool_bytes
        self.most, self.size, self.ended = of.max_file_bytes, 0, False

    def on_part_begin(self) -> None:
        """A new part counts from nothing."""
        super().on_part_begin()
        self.size = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Refuse a file as soon as it is too large."""
        self.size += end - start
        if self._current_part.file is not None and self.size > self.most:
            raise Refusal(413, f"A file is larger than {self.most} bytes.", "TOO_LARGE")
        super().on_part_data(data, start, end)

    def on_end(self) -> None:
        """The closing boundary has come."""
        self.ended = True


class Reader(io.RawIOBase):
    """One of many readers of the same file, each at a place of its own."""

    def __init__(self, file: BinaryIO, lock: threading.Lock) -> None:
        self.file, self.lock, self.place = file, lock, 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read again."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes from this reader's place."""
        with self.lock:
            self.file.seek(self.place)
            data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        self.place += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place of the file."""
        with self.lock:
            if whence == io.SEEK_CUR:
                offset += self.place
            self.place = self.file.seek(offset, io.SEEK_SET if whence == io.SEEK_CUR else whence)
        return self.place

    def tell(self) -> int:
        """Where this reader is."""
        return self.place


@asynccontextmanager
async def forms(request: Request, of: Http) -> AsyncGenerator[Any]:
    """`operations` with its files in their places; the files are gone after the block. Raises Refusal."""
    parser = Parser(request, of)
    try:
        items = (await parser.parse()).multi_items()
        if not parser.ended:
            raise Refusal(400, "The multipart body ends too early.")
        yield _placed(items, of)
    except MultiPartException as error:
        raise Refusal(400, f"The multipart body is malformed: {error.message}") from None
    finally:
        for file in parser._files_to_close_on_error:
            file.close()


def _placed(items: Sequence[Item], of: Http) -> Any:
    operations, map_ = _texts(items, of)
    files = _files(items[2:])
    if isinstance(operations, list):
        raise Refusal(400, "Batching is off: send one operation at a time.")
    if not isinstance(operations, dict):
        raise Refusal(400, "operations must be a JSON object.")
    if not isinstance(map_, dict):
        raise Refusal(400, "map must be a JSON object.")
    for name, paths in map_.items():
        if name not in files:
            raise Refusal(400, f"The map names a file that is not there: {name[:50]}.")
        if not isinstance(paths, list) or not paths or not all(isinstance(path, str) for path in paths):
            raise Refusal(400, "The map must give each file a list of paths.")
        lock = threading.Lock()
        for path in paths:
            _put(operations, path, _copy(files[name], lock))
    if files.keys() - map_.keys():
        raise Refusal(400, "There is a file that the map does not name.")
    return operations


def _texts(items: Sequence[Item], of: Http) -> tuple[Any, Any]:
    if [name for name, _ in items[:2]] != ["operations", "map"]:
        raise Refusal(400, "A multipart request has the parts operations, map and files, in this order.")
    values = []
    for name, value in items[:2]:
        if not isinstance(value, str):
            raise Refusal(400, f"{name} must be a text, not a file.")
        values.append(read_json(value, name, of.max_json_depth))
    return values[0], values[1]


def _files(items: Sequence[Item]) -> dict[str, UploadFile]:
    files: dict[str, UploadFile] = {}
    for name, value in items:
        if not isinstance(value, UploadFile):
            raise Refusal(400, f"The part {name[:50]} is not a file.")
        if name in files:
            raise Refusal(400, f"The part {name[:50]} is there twice.")
        files[name] = value
    return files


def _put(operations: Any, path: str, file: UploadFile) -> None:
    *way, last = path.split(".")
    if not way or way[0] != "variables":
        raise Refusal(400, f"A path of the map must begin with “variables.”: {path[:100]}")
    place = operations
    for key in way:
        place = _inner(place, key, path)
    if _inner(place, last, path) is not None:
        raise Refusal(400, f"The place of a file must be null: {path[:100]}")
    place[int(last) if isinstance(place, list) else last] = file


def _inner(place: Any, key: str, path: str) -> Any:
    if isinstance(place, dict) and key in place:
        return place[key]
    if isinstance(place, list) and INDEX.fullmatch(key) and int(key) < len(place):
        return place[int(key)]
    raise Refusal(400, f"The map has a path that leads nowhere: {path[:100]}")


def _copy(file: UploadFile, lock: threading.Lock) -> UploadFile:
    reader = io.BufferedReader(Reader(file.file, lock))
    return UploadFile(file=reader, size=file.size, filename=harmless(file.filename), headers=file.headers)  # type: ignore[arg-type]


def harmless(name: str | None) -> str:
    """A file's name without folders, control and direction characters, cut to a decent length."""
    last = re.split(r"[/\\]", name or "")[-1]
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    return kept[-NAME_CHARACTERS:] or "file"
