"""Telegram, as the site sees it: linking, unlinking, notices."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.problems import Locale
from picrete_gql.resolvers import attempts, notices_following, telegram

from ._ids import Node, named, node, parse
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, extends, field, id_input, mutation, row, says, subscription
from .accounts import Account
from .attempts import Attempt
from .works import Work


@row(models.TelegramLink)
class TelegramLink(Node):
    """A Telegram account that is linked to a person."""

    name: str = says("What the person is called in Telegram.")
    locale: Locale = says("The language of the bot for this person.")
    muted: bool = says("Whether the bot only answers and tells nothing by itself.")
    blocked_at: datetime | None = says("When the person blocked the bot; null if they have not.")
    created_at: datetime = says("When it was linked.")

    @field(attempts.of_ids, description="Where photos sent to the bot go; null until one is chosen.")
    async def attempt(self, info: Info) -> Attempt | None:
        return self.attempt_id and await batch(info, attempts.of_ids, self.attempt_id)


@described
class TelegramLinkCode:
    """A one-time code that links whoever shows it to the bot."""

    code: str = says("For `/start <code>`; shown this once.")
    url: str | None = says("Opens the bot with the code; null until the bot has run once.")
    expires_at: datetime = says("When it no longer works.")


@extends(Account)
class _OfAccount:
    @field(telegram.of_accounts)
    async def telegram(self, info: Info) -> TelegramLink | None:
        return await batch(info, telegram.of_accounts, self.id)


@extends(Work)
class _OfWork:
    @field(notices_following.of_works)
    async def followed(self, info: Info) -> bool | None:
        return await batch(info, notices_following.of_works, self.id)


@asked
class TelegramLinkCodeCreateInput:
    """Which Telegram account shall be linked."""

    account_id: strawberry.ID = says("Your own account.")


@asked
class TelegramUpdateInput:
    """What to change."""

    muted: bool | None = strawberry.field(default=None, description="True: the bot only answers.")
    locale: Locale | None = strawberry.field(default=None, description="The language of the bot.")


@asked
class WorkFollowInput:
    """Whether to hear how many have handed in."""

    id: strawberry.ID = says("The work.")
    follow: bool = strawberry.field(default=True, description="False: no longer.")


TelegramUnlinkInput = id_input("TelegramUnlinkInput", "link")


@described
class TelegramLinkCodeCreatePayload(Payload):
    """The answer to `telegramLinkCodeCreate`."""

    link_code: TelegramLinkCode | None = strawberry.field(default=None, description="The code.")


@described
class TelegramUpdatePayload(Payload):
    """The answer to `telegramUpdate`."""

    telegram: TelegramLink | None = strawberry.field(default=None, description="The link after the change.")


@described
class TelegramUnlinkPayload(Payload):
    """The answer to `telegramUnlink`."""

    unlinked_id: strawberry.ID | None = strawberry.field(default=None, description="The link that was.")


@described
class WorkFollowPayload(Payload):
    """The answer to `workFollow`."""

    work: Work | None = strawberry.field(default=None, description="The work.")


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(telegram.make_code)
    async def telegram_link_code_create(
        self, info: Info, input: Annotated[TelegramLinkCodeCreateInput, argument("Who.")]
    ) -> TelegramLinkCodeCreatePayload | None:
        made = await telegram.make_code(info.context, parse("account", input.account_id, "accountId"))
        code = TelegramLinkCode(code=made.code, url=made.url, expires_at=made.expires_at)
        return TelegramLinkCodeCreatePayload(link_code=code)

    @mutation(telegram.update)
    async def telegram_update(
        self, info: Info, input: Annotated[TelegramUpdateInput, argument("What to change.")]
    ) -> TelegramUpdatePayload | None:
        changed = await telegram.update(info.context, muted=input.muted, locale=input.locale)
        return TelegramUpdatePayload(telegram=changed)

    @mutation(telegram.unlink)
    async def telegram_unlink(
        self, info: Info, input: Annotated[TelegramUnlinkInput, argument("The link.")]
    ) -> TelegramUnlinkPayload | None:
        was = await telegram.unlink(info.context, parse("telegram_link", input.id))
        return TelegramUnlinkPayload(unlinked_id=named("telegram_link", was))

    @mutation(notices_following.follow)
    async def work_follow(
        self, info: Info, input: Annotated[WorkFollowInput, argument("Which work.")]
    ) -> WorkFollowPayload | None:
        work = await notices_following.follow(info.context, parse("work", input.id), follow=input.follow)
        return WorkFollowPayload(work=work)


@strawberry.type
class Subscription:
    """Root fields of this room."""

    @subscription(telegram.watch)
    async def telegram_changed(self, info: Info) -> AsyncGenerator[TelegramLink | None]:
        async for link in telegram.watch(info.context):
            yield link


node("telegram_link", telegram.get)
