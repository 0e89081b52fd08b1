"""One update in the middle of being handled: who speaks, in which language, what is to be answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Concatenate, ParamSpec, TypeVar

from picrete_gql.call import NOBODY, SYSTEM, Actor, Context
from picrete_gql.events import Event
from picrete_gql.models import TelegramLink
from picrete_gql.problems import Locale
from picrete_gql.resolvers import telegram_updates as updates
from picrete_gql.resolvers.telegram import Who
from picrete_gql.resolvers.telegram_updates import Received, Said
from picrete_gql.rules.telegram import TEXT_UNITS, Chat, Keyboard, cut
from picrete_gql.runtime import Runtime
from picrete_gql.words import Words, words

P = ParamSpec("P")
R = TypeVar("R")
DOOR = "telegram"


def system(runtime: Runtime) -> Context:
    """The bot acting for the house: hearing, remembering, linking."""
    return Context(runtime, SYSTEM, door=DOOR)


@dataclass
class Talk:
    """What a handler has in hand. `effect` names the event that an earlier, broken try has already caused."""

    runtime: Runtime
    bot_id: int
    update_id: int
    chat: Chat
    who: Who | None = None
    effect: str | None = None
    answers: list[Said] = field(default_factory=list)
    received: Received | None = None

    @property
    def locale(self) -> Locale:
        """What the person chose, else the language of their Telegram."""
        return self.who.link.locale if self.who else self.chat.locale

    @property
    def words(self) -> Words:
        """The sentences of their language."""
        return words(self.locale)

    @property
    def link(self) -> TelegramLink | None:
        """The link of this chat."""
        return self.who.link if self.who else None

    @property
    def context(self) -> Context:
        """The person, as every resolver sees them through this door."""
        actor = Actor(self.who.account.id) if self.who else NOBODY
        return Context(self.runtime, actor, door=DOOR, locale=self.locale, ip=f"{DOOR}:{self.chat.telegram_id}")

    @property
    def system(self) -> Context:
        """The bot itself."""
        return system(self.runtime)

    async def once(
        self,
        of: type[Event],
        resolver: Callable[Concatenate[Context, P], Awaitable[R]],
        context: Context,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R | None:
        """Call a resolver that causes such an event; None when an earlier try of this update has caused it already."""
        if self.effect == of.name:
            return None
        watched = replace(context, witness=updates.witness(self.bot_id, self.update_id, of))
        return await resolver(watched, *args, **kwargs)

    def say(self, text: str, keyboard: Keyboard | None = None, *, instead_of: int | None = None) -> None:
        """Answer, once the update is finished; `instead_of` is a message of the bot that changes."""
        self.answers.append(Said(cut(text, TEXT_UNITS), keyboard, instead_of))
