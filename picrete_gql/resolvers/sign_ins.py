"""Signing in and out: short access tokens, and refresh tokens that rotate on every use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select

from picrete_gql.call import Actor, Call, Context, command, query, recipe
from picrete_gql.models import Account, RefreshToken, SignIn
from picrete_gql.models.accounts import SignInEnded, SignInStarted
from picrete_gql.problems import Forbidden, Unauthenticated
from picrete_gql.rules import accounts as rules
from picrete_gql.rules import tokens
from picrete_gql.scopes import ANY, OWN, sign_ins

# How exactly it is known when a sign-in at the panel was last used.
TOUCH = timedelta(seconds=20)


@dataclass(frozen=True)
class Tokens:
    """A fresh pair. The refresh token is shown this once."""

    account: Account
    access_token: str
    access_expires_at: datetime
    refresh_token: str


@dataclass(frozen=True)
class Visit:
    """Somebody at the admin panel. `tired`: it is time to write down that the sign-in is still used."""

    account: Account
    sign_in: SignIn
    tired: bool


@query(guest=ANY)
async def account_named(call: Call, username: str) -> Account | None:
    """The account of a name, or None."""
    await call.admit()
    same = select(Account).where(func.lower(Account.username) == username.lower())
    found: Account | None = await call.first(same)
    return found


@command(guest=ANY)
async def begin(call: Call, account_id: UUID) -> Tokens | None:
    """Open a sign-in for an account whose password has been checked. None when it has been closed."""
    await call.admit()
    account = await call.first(select(Account).where(Account.id == account_id, col(Account.is_active)))
    if account is None:
        return None
    ends = call.now + timedelta(days=call.settings.auth.refresh_days)
    sign_in = call.add(SignIn(account_id=account.id, agent=call.context.agent[:200], used_at=call.now, expires_at=ends))
    await call.flush()
    call.emit(SignInStarted.about(sign_in))
    return _issue(call, account, sign_in)


@recipe(like=begin)
async def sign_in(context: Context, username: str, password: str) -> Tokens:
    """Sign in with username and password."""
    issued = await begin(context, (await _known(context, username, password)).id)
    if issued is None:
        raise rules.WrongCredentials
    return issued


@command(guest=ANY)
async def open_panel(call: Call, account_id: UUID) -> SignIn | None:
    """Open a sign-in at the panel for an admin whose password has been checked. None when they are none any more."""
    await call.admit()
    admins = select(Account).where(col(Account.is_active), col(Account.is_platform_admin))
    account = await call.first(admins.where(Account.id == account_id))
    if account is None:
        return None
    ends = call.now + timedelta(hours=call.settings.admin.session_hours)
    sign_in = call.add(SignIn(account_id=account.id, agent=call.context.agent[:200], used_at=call.now, expires_at=ends))
    await call.flush()
    call.emit(SignInStarted.about(sign_in, panel=True))
    return sign_in


@recipe(like=open_panel)
async def enter_panel(context: Context, username: str, password: str) -> SignIn:
    """Sign in at the admin panel with username and password. Raises Forbidden for who is no platform admin."""
    account = await _known(context, username, password)
    if account.is_active and not account.is_platform_admin:
        raise Forbidden
    opened = await open_panel(context, account.id)
    if opened is None:
        raise rules.WrongCredentials
    return opened


@query(admin=ANY)
async def at_panel(call: Call) -> Visit:
    """Whose sign-in at the panel it is. Raises Unauthenticated once it has ended, Forbidden for who was demoted."""
    account = await call.admit()
    idle = timedelta(minutes=call.settings.admin.idle_minutes)
    living = call.select(SignIn).where(
        SignIn.id == call.context.actor.sign_in_id,
        SignIn.account_id == call.actor_id,
        col(SignIn.revoked_at).is_(None),
        SignIn.expires_at > call.now,
        SignIn.used_at > call.now - idle,
    )
    sign_in = await call.first(living)
    if account is None or sign_in is None:
        raise Unauthenticated
    return Visit(account, sign_in, tired=sign_in.used_at <= call.now - min(TOUCH, idle / 3))


@command(admin=ANY)
async def stay_at_panel(call: Call) -> None:
    """Somebody is at work at the panel: its sign-in has been used."""
    await call.admit()
    mine = update(SignIn).where(col(SignIn.id) == call.context.actor.sign_in_id, col(SignIn.revoked_at).is_(None))
    await call.session.execute(mine.where(col(SignIn.account_id) == call.actor_id).values(used_at=call.now))


async def _known(context: Context, username: str, password: str) -> Account:
    # Cut where no name can be equal any more.
    username = username[: rules.USERNAME_MOST + 1]
    await context.ensure_rate("login", username)
    account = await account_named(context, username)
    auth = context.runtime.settings.auth
    stored = account.password_hash if account else None
    if not await context.runtime.hash(rules.verified, auth, stored, password):
        raise rules.WrongCredentials
    assert account is not None
    return account


@command(guest=ANY)
async def rotate(call: Call, token: str) -> Tokens | None:
    """Use up a refresh token for a fresh pair. None when it does not work; a used one ends its whole sign-in."""
    await call.admit()
    hashes = tokens.keyed_hashes(call.settings.auth, token)
    found = await call.first(select(RefreshToken).where(col(RefreshToken.token_hash).in_(hashes)).with_for_update())
    if found is None:
        return None
    sign_in: SignIn = await call.find(select(SignIn).where(SignIn.id == found.sign_in_id), lock=True)
    account = await call.first(select(Account).where(Account.id == sign_in.account_id, col(Account.is_active)))
    if account is None or sign_in.revoked_at or sign_in.expires_at <= call.now:
        return None
    if found.used_at is not None:
        sign_in.revoked_at = call.now
        call.emit(SignInEnded.about(sign_in, why="refresh token used twice"))
        return None
    found.used_at = sign_in.used_at = call.now
    return _issue(call, account, sign_in)


@recipe(like=rotate)
async def refresh(context: Context, token: str) -> Tokens:
    """Exchange a refresh token for a fresh pair; the old one no longer works."""
    auth = context.runtime.settings.auth
    await context.ensure_rate("refresh", tokens.keyed_hash(auth, token[:200])[:16])
    issued = await rotate(context, token[:200])
    if issued is None:
        raise rules.WrongCredentials
    return issued


@command(user=OWN)
async def sign_out(call: Call) -> bool:
    """End this sign-in at once, on open sockets too."""
    call.visible(SignIn)
    if call.context.actor.sign_in_id is None:
        return False
    sign_in = await call.get(SignIn, call.context.actor.sign_in_id, lock=True)
    if sign_in.revoked_at is None:
        sign_in.revoked_at = call.now
        call.emit(SignInEnded.about(sign_in))
    return True


@command(user=OWN)
async def sign_out_everywhere(call: Call) -> int:
    """End all your sign-ins at once, this one too. Returns how many."""
    living = update(SignIn).where(call.visible(SignIn), col(SignIn.account_id) == call.actor_id)
    living = living.where(col(SignIn.revoked_at).is_(None)).values(revoked_at=call.now).returning(col(SignIn.id))
    ended = (await call.session.execute(living)).all()
    call.emit(SignInEnded(account_id=call.actor_id, data={"all": True}))
    return len(ended)


@query(user=OWN)
async def living(call: Call) -> Sequence[SignIn]:
    """Your sign-ins that have not ended, the latest used first."""
    mine = call.select(SignIn).where(SignIn.account_id == call.actor_id, col(SignIn.revoked_at).is_(None))
    return await call.all(mine.where(SignIn.expires_at > call.now).order_by(col(SignIn.used_at).desc()).limit(100))


@query(user=OWN)
async def get(call: Call, sign_in_id: UUID) -> SignIn:
    """One of your sign-ins that has not ended."""
    living = call.select(SignIn).where(SignIn.id == sign_in_id, col(SignIn.revoked_at).is_(None))
    found: SignIn = await call.find(living.where(SignIn.expires_at > call.now))
    return found


@query(guest=ANY)
async def holding(call: Call, actors: Sequence[Actor]) -> set[tuple[UUID, UUID]]:
    """Who of these (account and sign-in) may still act: the sign-in has not ended and the account is open."""
    await call.admit()
    wanted = sign_ins(call.now).with_only_columns(SignIn.account_id, SignIn.id)
    wanted = wanted.where(col(SignIn.id).in_([actor.sign_in_id for actor in actors]))
    return {(account_id, id) for account_id, id in (await call.session.execute(wanted)).all()}


@recipe(like=holding)
async def holds(context: Context, actor: Actor) -> bool:
    """Whether a person may still act by a sign-in: it has not ended and the account is open."""
    return (actor.account_id, actor.sign_in_id) in await holding(context, [actor])


def _issue(call: Call, account: Account, sign_in: SignIn) -> Tokens:
    auth = call.settings.auth
    token = tokens.new_refresh()
    hashed, key_id = tokens.keyed_hash(auth, token), tokens.present_key(auth)
    call.add(RefreshToken(sign_in_id=sign_in.id, token_hash=hashed, key_id=key_id))
    access, ends = tokens.sign_access(auth, account.id, sign_in.id, call.now)
    return Tokens(account, access, ends, token)
