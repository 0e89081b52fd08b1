"""Who asks: the token of a request or a socket."""

from collections import OrderedDict
from functools import lru_cache

from picrete_gql.call import Actor, Context
from picrete_gql.problems import Locale
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import Access, read_access
from picrete_gql.runtime import Runtime

BEARER = "bearer "
AGENT_CHARACTERS = 200
REMEMBERED = 10_000


def token_of(value: object) -> str | None:
    """The token of an `Authorization` value."""
    if isinstance(value, str) and value[: len(BEARER)].lower() == BEARER:
        return value[len(BEARER) :].strip() or None
    return None


@lru_cache(256)
def locale_of(header: str | None) -> Locale:
    """The first language of `Accept-Language` that we speak; Russian otherwise."""
    for part in (header or "").split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in tuple(Locale):
            return Locale(language)
    return Locale.RU


class Claims:
    """What sound tokens say. Signatures that were found good are remembered: they cost more than the rest of a read."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.known: OrderedDict[str, Access] = OrderedDict()

    def of(self, token: str | None) -> Access | None:
        """What a token says if it is sound and not over; whether its sign-in still holds is another question."""
        if token is None:
            return None
        now, known = self.runtime.now(), self.known.get(token)
        if known is not None:
            return known if now < known.expires_at else None
        found = read_access(self.runtime.settings.auth, token, now)
        if found is not None:
            self.known[token] = found
            # In the order in which they came, which is about that in which they end.
            while len(self.known) > REMEMBERED or next(iter(self.known.values())).expires_at <= now:
                self.known.popitem(last=False)
        return found

    async def held(self, context: Context, token: str | None) -> Access | None:
        """What a token opens, if its sign-in still holds."""
        found = self.of(token)
        return found if found and await sign_ins.holds(context, actor_of(found)) else None


def actor_of(access: Access) -> Actor:
    """The person of a token."""
    return Actor(access.account_id, access.sign_in_id)
