"""A client that does not give up: what is not answered is asked again until it is, at whichever API answers."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2
import websockets

from picrete_gql.commands.client import Client, Closed, Refused
from tests.soak.ledger import Ledger
from tests.soak.site import Site

R = TypeVar("R")
Known = Callable[[Refused], Any]
# Nobody knows then whether it was done.
UNSURE = (httpx2.HTTPError, websockets.WebSocketException, OSError, TimeoutError, ValueError, Closed)
LATER = {"UNAVAILABLE", "RATE_LIMITED", "TIMEOUT", "CAPACITY"}
PATIENCE = 180.0


class GaveUp(Exception):
    """Something did not come about within any patience; the ledger knows."""


@dataclass
class Human:
    """Somebody with a browser. `known` turns a refusal of what may have been done before into its answer."""

    site: Site
    ledger: Ledger
    name: str
    chance: random.Random
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(self.site.url())

    @property
    def password(self) -> str:
        """Theirs."""
        return f"password-of-{self.name}"

    async def sure(self, what: str, call: Callable[[], Awaitable[R]], known: Known | None = None) -> R:
        """The answer to a call, repeated until there is one. Raises Refused for what is refused for good."""
        begin, tries = time.monotonic(), 0
        while time.monotonic() - begin < PATIENCE:
            tries += 1
            try:
                found = await call()
                self.ledger.did(what, begin)
                return found
            except Refused as refused:
                if refused.code == "INTERNAL":
                    self.ledger.fault(f"{what}: INTERNAL for {self.name}", errors=str(refused.errors)[:300])
                elif refused.code == "UNAUTHENTICATED" and self.client.token and what != "signIn":
                    await self.enter()
                elif tries > 1 and known and (instead := await _maybe(known(refused))) is not None:
                    self.ledger.did(what, begin)
                    return instead  # type: ignore[no-any-return]
                elif refused.code not in LATER:
                    raise
            except UNSURE:
                self.client.url = self.site.url()
            self.ledger.again[what] += 1
            await asyncio.sleep(self.chance.uniform(0.2, 1.0))
        self.ledger.fault(f"{what}: never answered to {self.name}")
        raise GaveUp(what)

    async def do(self, mutation: str, selection: str, known: Known | None = None, **input: Any) -> Any:
        """A mutation."""
        return await self.sure(mutation, lambda: self.client.do(mutation, selection, input), known)

    async def ask(self, query: str, **variables: Any) -> Any:
        """A query."""
        return await self.sure("query", lambda: self.client.run(query, **variables))

    async def enter(self) -> None:
        """Sign in."""
        await self.sure("signIn", lambda: self.client.sign_in(self.name, self.password))

    async def register(self) -> str:
        """Sign up and in; one's own id."""
        person = {"username": self.name, "password": self.password, "fullName": self.name.title()}
        agreed = {"consent": True, "terms": True, "privacy": True}
        # The name is taken: by us, when an earlier try was not answered.
        await self.do("signUp", "account { id }", done_if("CONFLICT"), **person, **agreed)
        self.ledger.accounts.add(self.name)
        await self.enter()
        return str((await self.ask("{ me { id } }"))["me"]["id"])

    async def join(self, code: str) -> None:
        """Become a member."""
        await self.do("courseJoin", "membership { id }", code=code)
        self.ledger.members.add(self.name)

    async def think(self, most: float = 2.0) -> None:
        """People do not act at once."""
        await asyncio.sleep(self.chance.uniform(0.1, most))


def done_if(code: str) -> Known:
    """A refusal by which one sees that an earlier try had happened, though it was never answered."""
    return lambda refused: {} if refused.code == code else None


async def _maybe(value: Any) -> Any:
    return await value if hasattr(value, "__await__") else value
