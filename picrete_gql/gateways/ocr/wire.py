"""One bounded HTTP question to DataLab, and what its answers mean. Contract: https://documentation.datalab.to."""

import asyncio
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import orjson

from picrete_gql.gateways.ocr import plain
from picrete_gql.problems import Refused, Unavailable

WHAT = "DataLab"
OWN_HOST = re.compile(r"(?:[a-z0-9-]+\.)*datalab\.to")
PASSING = frozenset({408, 429})
GONE = frozenset({404, 410})
QUOTA = re.compile(r"rate limit", re.IGNORECASE)
# More than any detail needs, less than a log line minds.
SAID_CHARS = 300
LONGEST_WAIT = 86_400.0


@dataclass(frozen=True)
class Answer:
    """An HTTP answer that has arrived whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """A connection that gives the key only to https on the provider's own host or to the configured base.

    `request_timeout` (seconds) bounds a whole question with its answer, `max_bytes` the answer's size.
    """

    def __init__(self, base: str, key: str, *, connect_timeout: float, request_timeout: float, max_bytes: int) -> None:
        self._base = parsed(base.rstrip("/") + "/")
        self._key = usable(key)
        self._seconds = request_timeout
        self._max_bytes = max_bytes
        # A followed redirect would carry the key along: none is followed.
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(request_timeout, connect=connect_timeout), follow_redirects=False
        )

    def trusted(self, url: str) -> str:
        """The address made absolute, if the key may go there. Raises Refused."""
        try:
            whole = self._base.join(url)
        except (httpx2.InvalidURL, ValueError) as error:
            raise Refused(WHAT, f"an address that cannot be read: {url[:SAID_CHARS]!r}") from error
        own = whole.scheme == "https" and whole.port is None and OWN_HOST.fullmatch(whole.host)
        same = origin(whole) == origin(self._base)
        if whole.userinfo or not (own or same):
            raise Refused(WHAT, f"the key is not sent to {whole.scheme}://{whole.host}"[:SAID_CHARS])
        return str(whole)

    async def ask(self, method: str, url: str, **parts: Any) -> Answer:
        """Ask once. Raises Unavailable for time-outs, resets and the like, Refused for what cannot be asked."""
        request = self._client.build_request(method, self.trusted(url), headers={"X-API-Key": self._key}, **parts)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._whole(request)
        except TimeoutError as error:
            raise Unavailable(WHAT, f"no whole answer within {self._seconds:g} s") from error
        except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL) as error:
            raise Refused(WHAT, self.hush(repr(error))) from error
        except httpx2.HTTPError as error:
            raise Unavailable(WHAT, self.hush(repr(error))) from error

    async def _whole(self, request: httpx2.Request) -> Answer:
        response = await self._client.send(request, stream=True)
        body = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self._max_bytes:
                    raise Refused(WHAT, f"an answer of more than {self._max_bytes} bytes")
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, bytes(body))

    def read(self, answer: Answer) -> dict[str, Any]:
        """The JSON object of a good answer. Raises Unavailable or Refused for the others."""
        if answer.status in PASSING or answer.status >= 500:
            raise Unavailable(WHAT, self.said(answer), retry_after(answer.headers))
        if 300 <= answer.status < 400:
            raise Refused(WHAT, self.hush(f"HTTP {answer.status}: sent on to {answer.headers.get('location')}"))
        if answer.status != 200:
            raise Refused(WHAT, self.said(answer))
        try:
            payload = orjson.loads(answer.body)
        except orjson.JSONDecodeError as error:
            # Not the provider speaks here but a proxy in between.
            raise Unavailable(WHAT, self.said(answer)) from error
        if not isinstance(payload, dict):
            raise Refused(WHAT, self.said(answer))
        return payload

    def said(self, answer: Answer) -> str:
        """What the provider said, short and without the key."""
        return self.hush(f"HTTP {answer.status}: {words(answer.body)}")

    def hush(self, text: str) -> str:
        """Without the key, cut to a sentence or two."""
        return text.replace(self._key, "***")[:SAID_CHARS]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def words(body: bytes) -> str:
    """The message of an error body: `detail` as text or as a list of complaints, `error`, or the text of a page."""
    text = body[:65_536].decode("utf-8", "replace")
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return " ".join(plain.of_html(text).split())
    told = payload.get("detail") or payload.get("error") or payload if isinstance(payload, dict) else payload
    if isinstance(told, list):
        # Only `msg`: a complaint also repeats the input.
        told = "; ".join(str(item.get("msg")) if isinstance(item, dict) else str(item) for item in told)
    return plain.clean(str(told))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `Retry-After` as seconds or as an HTTP date (RFC 9110, 10.2.3); None if not understood."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None


def origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port."""
    return url.scheme, url.host, url.port


def parsed(url: str) -> httpx2.URL:
    """The configured base. Raises Refused if nobody could be asked there."""
    try:
        base = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError) as error:
        raise Refused(WHAT, f"not an address: {url[:SAID_CHARS]!r}") from error
    if base.scheme not in {"http", "https"} or not base.host or base.userinfo:
        raise Refused(WHAT, f"not an http(s) address of a service: {url[:SAID_CHARS]!r}")
    return base


def usable(key: str) -> str:
    """The key, if it can stand in a header. Raises Refused that does not repeat it."""
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise Refused(WHAT, "the key is empty or has characters that a header cannot carry (PICRETE_OCR__KEY)")
    return key
