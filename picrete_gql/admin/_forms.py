"""Whether a form that was sent is one of ours: its origin, its token, its size."""

import asyncio
import hmac
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive

from picrete_gql.problems import Locale
from picrete_gql.settings import Settings

from ._visitor import Visitor

FIELD, HEADER = "csrftoken", "x-csrftoken"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
TEXTS = {
    "origin": ("Запрос пришёл с другого сайта.", "The request comes from another site."),
    "token": ("Страница устарела: откройте её заново.", "The page is stale: open it again."),
    "body": ("Форму не удалось прочитать.", "The form could not be read."),
    "large": ("Форма слишком большая.", "The form is too large."),
    "slow": ("Форма не пришла вовремя.", "The form did not arrive in time."),
}


class Refused(Exception):
    """A form that is not taken."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why

    def say(self, locale: Locale) -> str:
        """The sentence for a person."""
        return TEXTS[self.why][0 if locale is Locale.RU else 1]


async def checked(request: Request, visitor: Visitor, settings: Settings) -> Receive:
    """The body of a form that one of our own pages sent, to be read again. Raises Refused."""
    _ensure_origin(request, settings.http.public_url)
    try:
        async with asyncio.timeout(settings.admin.form_seconds):
            body = await _whole(request, settings.admin.form_bytes)
    except TimeoutError:
        raise Refused(408, "slow") from None
    given = request.headers.get(HEADER) or await _field(request, body)
    if not any(hmac.compare_digest(given.encode(), token.encode()) for token in visitor.tokens):
        raise Refused(403, "token")
    return _replay(body, request.receive)


def _ensure_origin(request: Request, public_url: str) -> None:
    """Browsers say where a form comes from. It is ours at the address that was asked, or at the public one."""
    public = urlsplit(public_url)
    ours = {f"{request.url.scheme}://{request.headers.get('host', '')}", f"{public.scheme}://{public.netloc}"}
    if request.headers.get("origin", "") not in ours:
        raise Refused(403, "origin")
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refused(403, "origin")


async def _whole(request: Request, most: int) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise Refused(413, "large")
    except ClientDisconnect:
        raise Refused(400, "body") from None
    return bytes(body)


async def _field(request: Request, body: bytes) -> str:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in FORMS:
        return ""
    again = Request(dict(request.scope), _replay(body, request.receive))
    try:
        async with again.form(max_files=0, max_fields=200) as form:
            value = form.get(FIELD)
    except (MultiPartException, HTTPException):
        raise Refused(400, "body") from None
    return value if isinstance(value, str) else ""


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again
