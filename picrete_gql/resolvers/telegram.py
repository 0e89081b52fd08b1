"""Whose Telegram is whose: linking by password or by a code from the site, choosing an attempt, unlinking."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from picrete_gql import metrics
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import Account, Attempt, TelegramBot, TelegramCode, TelegramLink
from picrete_gql.models.telegram import TelegramChanged, TelegramLinked, TelegramUnlinked
from picrete_gql.problems import Locale, NotFound, RateLimited
from picrete_gql.rules import accounts as people
from picrete_gql.rules import attempts as deadlines
from picrete_gql.rules import telegram as rules
from picrete_gql.rules import tokens
from picrete_gql.scopes import OWN

MINUTE = 60


@dataclass(frozen=True)
class LinkCode:
    """A fresh code, shown this once. `url` opens the bot with it; None until the bot has run once."""

    code: str
    url: str | None
    expires_at: datetime


@dataclass(frozen=True)
class Who:
    """The person behind a chat."""

    link: TelegramLink
    account: Account


@query(user=OWN)
async def get(call: Call, link_id: UUID) -> TelegramLink:
    """A link of your own."""
    return await call.get(TelegramLink, link_id)


@query(user=OWN)
async def mine(call: Call) -> TelegramLink | None:
    """Your own Telegram, if it is linked."""
    found: TelegramLink | None = await call.first(_own(call))
    return found


@query(user=OWN)
async def of_accounts(call: Call, ids: Sequence[UUID]) -> list[TelegramLink | None]:
    """The person's Telegram, told to nobody else; null when none is linked."""
    rows = await call.all(call.select(TelegramLink).where(col(TelegramLink.account_id).in_(ids)))
    found = {row.account_id: row for row in rows}
    return [found.get(id) for id in ids]


@recipe(like=mine)
async def watch(context: Context) -> AsyncGenerator[TelegramLink | None]:
    """Your Telegram now, and again when it is linked, changed or unlinked; null while there is none."""
    before: object = ...
    async for _ in context.gateways.bus.changes(context.actor.account_id):
        link = await mine(context)
        facts = link and link.model_dump()
        if facts != before:
            before = facts
            yield link


@command(user=OWN)
async def store_code(call: Call, account_id: UUID, code: str) -> TelegramBot | None:
    """Keep a new code; the one before no longer works. Returns the bot that will take it."""
    account = await call.get(Account, account_id, lock=True)
    if account.id != call.actor_id:
        # Not even an administrator speaks for somebody else.
        raise NotFound("account")
    if call.context.gateways.telegram is None:
        raise rules.TelegramAbsent
    await call.session.execute(delete(TelegramCode).where(col(TelegramCode.account_id) == call.actor_id))
    ends = call.now + timedelta(minutes=call.settings.telegram.code_minutes)
    hashed = tokens.keyed_hash(call.settings.auth, code)
    call.add(TelegramCode(account_id=call.actor_id, code_hash=hashed, expires_at=ends))
    found: TelegramBot | None = await call.first(select(TelegramBot).order_by(col(TelegramBot.started_at).desc()))
    return found


@recipe(like=store_code)
async def make_code(context: Context, account_id: UUID) -> LinkCode:
    """Make a one-time code that links your Telegram: open the address, or send `/start <code>` to the bot."""
    of = context.runtime.settings.telegram
    await _ensure_rate(context, f"telegram-code:{context.actor.account_id}", of.codes_per_minute)
    code, ends = rules.new_code(), context.runtime.now() + timedelta(minutes=of.code_minutes)
    bot = await store_code(context, account_id, code)
    return LinkCode(code, rules.deep_link(bot.username, code) if bot else None, ends)


@query()
async def who(call: Call, telegram_id: int) -> Who | None:
    """The person behind a chat, also when their account is closed."""
    wanted = select(TelegramLink, Account).join(Account, col(Account.id) == TelegramLink.account_id)
    wanted = wanted.where(call.visible(TelegramLink), TelegramLink.telegram_id == telegram_id)
    found = (await call.session.execute(wanted)).first()
    return Who(found[0], found[1]) if found else None


@query()
async def account_named(call: Call, username: str) -> Account | None:
    """The account of a name, or None."""
    same = call.select(Account).where(func.lower(Account.username) == username.lower())
    found: Account | None = await call.first(same)
    return found


@command()
async def attach(call: Call, account_id: UUID, chat: rules.Chat) -> Who:
    """Link a person whose password or code has been checked. Both sides have one partner at most."""
    account = await call.first(call.select(Account).where(Account.id == account_id, col(Account.is_active)))
    if account is None:
        raise people.WrongCredentials
    return await _attach(call, account, chat)


@command()
async def redeem(call: Call, code: str, chat: rules.Chat) -> Who:
    """Use up a link code. Raises LinkCodeInvalid, and does not say why."""
    hashes = tokens.keyed_hashes(call.settings.auth, code)
    known = call.select(TelegramCode).where(col(TelegramCode.code_hash).in_(hashes)).with_for_update()
    found: TelegramCode | None = await call.first(known)
    if found is None or found.expires_at <= call.now:
        raise rules.LinkCodeInvalid
    account = await call.first(select(Account).where(Account.id == found.account_id, col(Account.is_active)))
    if account is None:
        raise rules.LinkCodeInvalid
    await call.session.delete(found)
    return await _attach(call, account, chat)


@recipe(like=redeem)
async def log_in_by_code(context: Context, code: str, chat: rules.Chat) -> Who:
    """Link a chat by a code from the site, as often a minute as the settings allow."""
    try:
        await _ensure_tries(context, chat)
        return await redeem(context, code[:200], chat)
    except (rules.LinkCodeInvalid, RateLimited):
        metrics.TELEGRAM_AUTH_FAIL.inc()
        raise


@recipe(like=attach)
async def log_in(context: Context, username: str, password: str, chat: rules.Chat) -> Who:
    """Link a chat by username and password, as often a minute as the settings allow."""
    username = rules.plain(username, 64)
    try:
        await _ensure_tries(context, chat)
        most = context.runtime.settings.telegram.login_tries_per_name
        await _ensure_rate(context, f"telegram-name:{username.lower()}", most)
        return await attach(context, await _checked(context, username, password), chat)
    except (people.WrongCredentials, RateLimited):
        metrics.TELEGRAM_AUTH_FAIL.inc()
        raise


@command(student=OWN)
async def choose(call: Call, attempt_id: UUID) -> Attempt:
    """Say which open attempt the photos of your chat go to."""
    attempt = await call.get(Attempt, attempt_id)
    deadlines.ensure_open(attempt, call.now)
    link = await _linked(call)
    if link.attempt_id != attempt.id:
        link.attempt_id = attempt.id
        call.emit(TelegramChanged(account_id=link.account_id))
    return attempt


@command(user=OWN)
async def update(call: Call, *, muted: bool | None = None, locale: Locale | None = None) -> TelegramLink:
    """Switch notices off or on, or change the bot's language."""
    await call.get(Account, call.actor_id)
    link = await _linked(call)
    link.muted = link.muted if muted is None else muted
    link.locale = locale or link.locale
    call.emit(TelegramChanged(account_id=link.account_id))
    return link


@command(user=OWN)
async def unlink(call: Call, link_id: UUID) -> UUID:
    """Unlink your Telegram; the bot forgets the chat at once. Returns the id of the link that was."""
    link = await call.get(TelegramLink, link_id, lock=True)
    await call.session.delete(link)
    call.emit(TelegramUnlinked(account_id=link.account_id))
    return link.id


@command()
async def set_blocked(call: Call, telegram_id: int, *, is_blocked: bool) -> bool:
    """Remember that a person blocked the bot, or came back. False when nothing changed."""
    wanted = call.select(TelegramLink).where(TelegramLink.telegram_id == telegram_id).with_for_update()
    link = await call.first(wanted)
    if link is None or (link.blocked_at is not None) is is_blocked:
        return False
    link.blocked_at = call.now if is_blocked else None
    call.emit(TelegramChanged(account_id=link.account_id))
    return True


@recipe(like=set_blocked)
async def may_answer(context: Context, group_id: int) -> bool:
    """Whether the bot says its line in a group once more this minute."""
    most = context.runtime.settings.telegram.group_lines
    return await context.gateways.limiter.hit(f"telegram-group:{group_id}", most, MINUTE) is None


def _own(call: Call) -> Any:
    return call.select(TelegramLink).where(TelegramLink.account_id == call.context.actor.account_id)


async def _linked(call: Call) -> TelegramLink:
    wanted = select(TelegramLink).where(TelegramLink.account_id == call.actor_id)
    link: TelegramLink | None = await call.first(wanted.with_for_update())
    if link is None:
        raise rules.TelegramNotLinked
    return link


async def _attach(call: Call, account: Account, chat: rules.Chat) -> Who:
    same = select(TelegramLink).where(
        (TelegramLink.telegram_id == chat.telegram_id) | (TelegramLink.account_id == account.id)
    )
    for link in await call.all(same.with_for_update()):
        if link.telegram_id != chat.telegram_id:
            raise rules.TelegramElsewhere
        if link.account_id != account.id:
            raise rules.TelegramTaken
        return Who(link, account)
    name = rules.plain(chat.name, 64)
    link = TelegramLink(account_id=account.id, telegram_id=chat.telegram_id, name=name, locale=chat.locale)
    call.add(link)
    try:
        await call.flush()
    except IntegrityError as error:
        raise rules.TelegramTaken from error
    call.emit(TelegramLinked(account_id=account.id))
    return Who(link, account)


async def _checked(context: Context, username: str, password: str) -> UUID:
    account = await account_named(context, username)
    auth = context.runtime.settings.auth
    stored = account.password_hash if account else None
    # Half of a surrogate pair has no bytes to hash.
    given = password[: people.PASSWORD_MOST].encode("utf-8", "replace").decode()
    fits = await context.runtime.hash(people.verified, auth, stored, given)
    if not fits or account is None:
        raise people.WrongCredentials
    return account.id


async def _ensure_tries(context: Context, chat: rules.Chat) -> None:
    most = context.runtime.settings.telegram.login_tries
    await _ensure_rate(context, f"telegram-chat:{chat.telegram_id}", most)


async def _ensure_rate(context: Context, key: str, limit: int) -> None:
    wait = await context.gateways.limiter.hit(key, limit, MINUTE)
    if wait is not None:
        raise RateLimited(wait)
