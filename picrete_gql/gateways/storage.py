"""Objects in an S3 store, through the `minio` client in its own bounded pool of threads, off the event loop."""

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any, BinaryIO, TypeVar
from urllib.parse import quote, urlsplit

import urllib3
from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import InvalidResponseError, MinioException, S3Error

from picrete_gql import settings
from picrete_gql.problems import Unavailable

T = TypeVar("T")
# Every call may be repeated as it is. A 5xx passes: rclone says it to two that put into a new folder at once.
RETRY = urllib3.Retry(
    total=None,
    connect=1,
    read=1,
    other=1,
    redirect=0,
    status=4,
    status_forcelist=(500, 502, 503, 504),
    backoff_factor=0.1,
    raise_on_status=False,
)
PART_BYTES = 1024 * 1024
MISSING = {"NoSuchKey", "NoSuchBucket", "NotFound"}


@dataclass(frozen=True)
class Stored:
    """An object in the store; `size` in bytes. `etag` is another one when the bytes are others."""

    key: str
    size: int
    modified_at: datetime | None
    etag: str = ""


class Missing(Exception):
    """There is no such object."""


class Storage:
    """One bucket. Every call raises Unavailable while the store does not answer."""

    def __init__(self, of: settings.Storage) -> None:
        self.settings = of
        self.threads = ThreadPoolExecutor(of.threads, thread_name_prefix="storage")
        self.client = _client(of, of.endpoint)
        self.public = _client(of, of.public_endpoint or of.endpoint)

    async def _run(self, call: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, call)
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            if _is_missing(error):
                raise Missing from error
            raise Unavailable("storage", detail=f"{type(error).__name__}: {error}"[:300]) from error

    async def prepare(self) -> None:
        """Make the bucket if it is not there."""

        def make() -> None:
            if self.client.bucket_exists(self.settings.bucket):
                return
            try:
                self.client.make_bucket(self.settings.bucket)
            except MinioException:
                # Another process that starts at the same time may have been first.
                if not self.client.bucket_exists(self.settings.bucket):
                    raise

        await self._run(make)

    async def put(self, key: str, body: bytes, mime: str) -> None:
        """Store an object whole."""
        put = self.client.put_object
        await self._run(partial(put, self.settings.bucket, key, io.BytesIO(body), len(body), content_type=mime))

    async def put_file(self, key: str, file: IO[bytes], size: int, mime: str) -> None:
        """Store what is left of a file, in parts if it is long: it is never whole in memory."""
        put = self.client.put_object
        await self._run(partial(put, self.settings.bucket, key, file, size, content_type=mime))  # type: ignore[arg-type]

    async def get(self, key: str, *, limit: int | None = None) -> bytes:
        """The bytes of an object, at most `limit` + 1 of them. Raises Missing."""

        def read() -> bytes:
            # No range is asked for: of an empty object a store would refuse it.
            answer = self.client.get_object(self.settings.bucket, key)
            try:
                return bytes(answer.read(limit + 1 if limit else None))
            finally:
                answer.close()
                answer.release_conn()

        return await self._run(read)

    async def fetch(self, key: str, into: BinaryIO) -> str:
        """Write the bytes of an object to a file, however many; its MIME type. Raises Missing."""

        def read() -> str:
            answer = self.client.get_object(self.settings.bucket, key)
            try:
                for part in answer.stream(PART_BYTES):
                    into.write(part)
                return str(answer.headers.get("content-type") or "application/octet-stream")
            finally:
                answer.close()
                answer.release_conn()

        return await self._run(read)

    async def size(self, key: str) -> int:
        """Bytes of an object. Raises Missing."""
        found = await self._run(partial(self.client.stat_object, self.settings.bucket, key))
        return found.size or 0

    async def remove(self, *keys: str) -> None:
        """Remove objects; one that is not there is no error."""

        def remove() -> None:
            doomed = [DeleteObject(key) for key in keys]
            for error in self.client.remove_objects(self.settings.bucket, doomed):
                raise OSError(f"{error.name}: {error.code}")

        await self._run(remove)

    async def list(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[Stored]:
        """Objects under a prefix in the order of their keys."""

        def look() -> list[Stored]:
            found: Iterator[Any] = self.client.list_objects(
                self.settings.bucket, prefix=prefix, recursive=True, start_after=after or None
            )
            return [_stored(one) for one, _ in zip(found, range(limit))]  # noqa: B905

        return await self._run(look)

    async def view_url(self, key: str, mime: str, filename: str | None = None, *, save: bool = False) -> str:
        """A signed address at which a browser may look at an object, or is to `save` it, for a few minutes."""
        how = _disposition("attachment" if save else "inline", filename)
        headers: dict[str, Any] = {"response-content-type": mime, "response-content-disposition": how}
        ttl = timedelta(seconds=self.settings.view_url_seconds)
        sign = partial(self.public.presigned_get_object, self.settings.bucket, key, ttl, headers)
        return await self._run(sign)

    async def view_urls(self, keys: Sequence[str], mime: str) -> Sequence[str]:
        """Signed addresses of many objects of one kind, made at one go."""
        headers: dict[str, Any] = {
            "response-content-type": mime,
            "response-content-disposition": _disposition("inline", None),
        }
        ttl, bucket = timedelta(seconds=self.settings.view_url_seconds), self.settings.bucket
        sign = self.public.presigned_get_object
        return await self._run(lambda: [sign(bucket, key, ttl, headers) for key in keys])

    async def put_url(self, key: str) -> str:
        """A signed address to which a client may PUT one object."""
        ttl = timedelta(seconds=self.settings.put_url_seconds)
        return await self._run(partial(self.public.presigned_put_object, self.settings.bucket, key, ttl))

    async def ping(self) -> None:
        """Raises Unavailable when the store or the bucket does not answer."""
        if not await self._run(partial(self.client.bucket_exists, self.settings.bucket)):
            raise Unavailable("storage", detail="the bucket is missing")

    async def close(self) -> None:
        """Let go of the threads."""
        self.threads.shutdown(wait=False, cancel_futures=True)


def _stored(one: Any) -> Stored:
    return Stored(one.object_name, one.size or 0, one.last_modified, (one.etag or "").strip('"'))


def _disposition(how: str, filename: str | None) -> str:
    """Content-Disposition of RFC 6266: a name in any script as UTF-8, so that no character of it can end the header."""
    return f"{how}; filename*=UTF-8''{quote(filename, safe='')}" if filename else how


def _is_missing(error: Exception) -> bool:
    # rclone answers with text/xml, which the client reports as an invalid response that still carries the status.
    if isinstance(error, S3Error):
        return error.code in MISSING
    return isinstance(error, InvalidResponseError) and getattr(error, "_code", None) == 404


def _client(of: settings.Storage, endpoint: str) -> Minio:
    address = urlsplit(endpoint)
    pool = urllib3.PoolManager(maxsize=of.threads, timeout=urllib3.Timeout(connect=3, read=30), retries=RETRY)
    # With the region given, signing needs no question to the server.
    return Minio(
        address.netloc,
        access_key=of.access_key,
        secret_key=of.secret_key.get_secret_value(),
        secure=address.scheme == "https",
        region=of.region,
        http_client=pool,
    )
