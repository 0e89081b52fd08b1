"""Who asks: the token of a request or a socket."""

from picrete_gql.call import Actor, Context
from picrete_gql.problems import Locale
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import Access, read_access

BEARER = "bearer "
AGENT_CHARACTERS = 200


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
