"""What every request to the panel goes through: who asks, whether a form is ours, and what a page may do."""

import secrets

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_admin.i18n import set_locale

from picrete_gql.problems import Locale, Unauthenticated, Unavailable
from picrete_gql.runtime import Runtime

from ._forms import Refused, checked
from ._visitor import GUEST, NONCE, recognised

# Scripts and styles by nonce only; attributes of style cannot run anything, and the library has some.
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
SAFE = ("GET", "HEAD")
FAULT = {Locale.RU: "Что-то пошло не так. Запрос {id}", Locale.EN: "Something went wrong. Request {id}"}
GUEST_SECONDS = 86_400
log = structlog.get_logger(__name__)


class Gate:
    """Stands before the library: nothing of it runs for a request that is not allowed to."""

    def __init__(self, app: ASGIApp, runtime: Runtime) -> None:
        self.app, self.runtime = app, runtime
        self.secure = runtime.settings.http.public_url.startswith("https:")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "state": dict(scope.get("state") or {})}
        if self.secure:
            # A proxy ends TLS; addresses on the pages must not lead back to http.
            scope["scheme"] = "https"
        NONCE.set(secrets.token_urlsafe(16))
        begun = False

        async def tell(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._protect(MutableHeaders(scope=message), scope)
            await send(message)

        refusal = await self._passed(scope, receive, tell)
        if refusal is not None and not begun:
            await refusal(scope, receive, tell)

    async def _passed(self, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """Let a request through to the library; the answer when it is not."""
        request, locale = Request(scope, receive), Locale.RU
        set_locale(locale.value)
        try:
            if _is_static(scope):
                await self.app(scope, receive, send)
                return None
            visitor = scope["state"]["visitor"] = await recognised(request, self.runtime)
            locale = visitor.locale
            set_locale(locale.value)
            if request.method not in SAFE:
                if visitor.account is None and _is_script(scope):
                    return _said(scope, 401, Unauthenticated().say(locale))
                receive = await checked(request, visitor, self.runtime.settings)
            await self.app(scope, receive, send)
        except Refused as refused:
            return _said(scope, refused.status, refused.say(locale))
        except Unavailable as problem:
            log.warning("admin.unavailable", detail=problem.detail)
            return _said(scope, 503, problem.say(locale))
        except Exception:
            log.exception("admin.fault", path=scope["path"])
            id = structlog.contextvars.get_contextvars().get("request_id", "")
            return _said(scope, 500, FAULT[locale].format(id=id))
        return None

    def _protect(self, headers: MutableHeaders, scope: Scope) -> None:
        headers["content-security-policy"] = POLICY.format(nonce=NONCE.get())
        # With `no-referrer` browsers would send `Origin: null` with our own forms.
        headers["referrer-policy"] = "same-origin"
        visitor = scope["state"].get("visitor")
        if not _is_static(scope):
            headers["cache-control"] = "no-store"
        if visitor is not None and visitor.fresh:
            headers.append("set-cookie", f"{GUEST}={visitor.fresh}; HttpOnly; Max-Age={GUEST_SECONDS}")
        self._confine(headers)

    def _confine(self, headers: MutableHeaders) -> None:
        """Every cookie, the library's too, stays at the panel and comes back from its own pages only."""
        cookies = headers.getlist("set-cookie")
        del headers["set-cookie"]
        for cookie in cookies:
            parts = [part.strip() for part in cookie.split(";")]
            kept = [part for part in parts if part.lower().partition("=")[0] not in ("path", "samesite", "secure")]
            kept += ["Path=/admin", "SameSite=Strict", *(["Secure"] if self.secure else [])]
            headers.append("set-cookie", "; ".join(kept))


def _is_static(scope: Scope) -> bool:
    return str(scope["path"]).startswith("/admin/static/")


def _is_script(scope: Scope) -> bool:
    return str(scope["path"]).startswith("/admin/_api/")


def _said(scope: Scope, status: int, sentence: str) -> Response:
    # The library's script shows the `msg` of a 400, and of any other answer only that something went wrong.
    if _is_script(scope):
        return JSONResponse({"msg": sentence}, status_code=400)
    return PlainTextResponse(sentence, status_code=status)
