"""Who asks: the token of a request or a socket, and the end of its sign-in."""

from datetime import datetime

import structlog

from picrete_gql.call import Actor, Context
from picrete_gql.problems import Locale, Unavailable
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import Access, read_access

BEARER = "bearer "
AGENT_CHARACTERS = 200
log = structlog.get_logger(__name__)


def token_of(value: object) -> str | None:
    """The token of an `Authorization` value."""
    if isinstance(value, str) and value[: len(BEARER)].lower() == BEARER:
        return value[len(BEARER) :].strip() or None
    return None


def locale_of(header: str | None) -> Locale:
    """The first language of `Accept-Language` that we speak; Russian otherwise."""
    for part in (header or "").split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in tuple(Locale):
            return Locale(language)
    return Locale.RU


async def access_of(context: Context, token: str | None) -> Access | None:
    """What a token opens, if its sign-in still holds."""
    runtime = context.runtime
    found = token and read_access(runtime.settings.auth, token, runtime.now())
    if found and await sign_ins.holds(context, actor_of(found)):
        return found
    return None


def actor_of(access: Access) -> Actor:
    """The person of a token."""
    return Actor(access.account_id, access.sign_in_id)


async def ended(context: Context, expires_at: datetime) -> None:
    """Until the token is over or its sign-in has ended: by the bell of the account at once, else by looking again."""
    seconds = context.runtime.settings.http.socket_check_seconds
    async with context.gateways.bus.bell(context.actor.account_id) as bell:
        while True:
            left = (expires_at - context.runtime.now()).total_seconds()
            if left <= 0 or not await _holds(context):
                return
            await bell.wait(min(left, seconds))


async def _holds(context: Context) -> bool:
    """Whether the sign-in still holds; while the database is away it is left to stand."""
    try:
        return await sign_ins.holds(context, context.actor)
    except Unavailable:
        return True
