"""Who is at the panel now: asked of the resolvers at every request, never read off the cookie."""

import secrets
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request

from picrete_gql.call import NOBODY, Actor, Context
from picrete_gql.models import Account
from picrete_gql.problems import Forbidden, Locale, Unauthenticated
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import keyed_hashes, read_panel
from picrete_gql.runtime import Runtime

COOKIE = "picrete_admin"
# Whoever has not signed in yet: ties the token of the sign-in form to one browser.
GUEST = "picrete_admin_guest"
NONCE: ContextVar[str] = ContextVar("nonce", default="")
AGENT_CHARACTERS = 200


@dataclass(frozen=True)
class Visitor:
    """Somebody at the panel, or (without an account) at its sign-in form, to be given a `fresh` cookie there.

    `tokens` are those that their forms may carry, by each key that is known: the present one first.
    """

    context: Context
    account: Account | None
    tokens: Sequence[str]
    fresh: str = ""

    @property
    def csrf(self) -> str:
        """The token of the forms that they are shown."""
        return self.tokens[0] if self.tokens else ""

    @property
    def locale(self) -> Locale:
        """The language to speak."""
        return self.context.locale

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that times are shown and understood in."""
        return ZoneInfo(self.context.runtime.settings.admin.time_zone)


def visitor(request: Request) -> Visitor:
    """Who asks."""
    found: Visitor = request.state.visitor
    return found


def context_of(request: Request) -> Context:
    """The context in which resolvers are called for whoever asks."""
    return visitor(request).context


async def recognised(request: Request, runtime: Runtime) -> Visitor:
    """Who asks, if their sign-in still holds and they still are an admin; a guest otherwise. Raises Unavailable."""
    locale = _locale(request.headers.get("accept-language", ""))
    ip = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")[:AGENT_CHARACTERS]
    nobody = Context(runtime, NOBODY, door="admin", locale=locale, ip=ip, agent=agent)
    cookie = request.cookies.get(COOKIE, "")
    access = read_panel(runtime.settings.auth, cookie, runtime.now())
    if access is None:
        return _guest(request, nobody)
    context = nobody.by(Actor(access.account_id, access.sign_in_id))
    try:
        visit = await sign_ins.at_panel(context)
    except (Unauthenticated, Forbidden):
        return _guest(request, nobody)
    if visit.tired:
        await sign_ins.stay_at_panel(context)
    spoken = Context(runtime, context.actor, door="admin", locale=visit.account.locale, ip=ip, agent=agent)
    return Visitor(spoken, visit.account, _tokens(runtime, cookie))


def _guest(request: Request, nobody: Context) -> Visitor:
    known = request.cookies.get(GUEST, "")
    fresh = "" if known or not request.url.path.endswith("/login") else secrets.token_urlsafe(24)
    return Visitor(nobody, None, _tokens(nobody.runtime, known or fresh), fresh)


def at(moment: datetime, zone: ZoneInfo) -> str:
    """A time as the panel writes it."""
    return moment.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S")


def _tokens(runtime: Runtime, tied_to: str) -> list[str]:
    """Of forms: nobody can make one who has not a key of the server's, and they fit one cookie only."""
    return keyed_hashes(runtime.settings.auth, f"csrf:{tied_to}") if tied_to else []


def _locale(header: str) -> Locale:
    for part in header.split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in tuple(Locale):
            return Locale(language)
    return Locale.RU
