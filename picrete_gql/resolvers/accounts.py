"""People: sign-up, administration, and the bootstrap administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import Account, SignIn
from picrete_gql.models.accounts import AccountChanged, AccountCreated, SignInEnded
from picrete_gql.paging import Ask, Page, page
from picrete_gql.problems import Locale, NotFound
from picrete_gql.rules import accounts as rules
from picrete_gql.rules.erasures import AlreadyErased
from picrete_gql.rules.texts import clean
from picrete_gql.scopes import ANY, OWN
from picrete_gql.shapes import One, one, shaped

PERSON = One(model=Account, by="id", required=True)

BOOTSTRAP_LOCK = 7_236_002


@dataclass(frozen=True)
class Person:
    """What a new account is made of."""

    username: str
    password: str
    full_name: str
    locale: Locale


@command(guest=ANY)
async def create(call: Call, person: Person, password_hash: str) -> Account:
    """Store a new account with consent given now."""
    await call.admit()
    account = _account(call, person, password_hash)
    try:
        await call.flush()
    except IntegrityError as error:
        raise rules.UsernameTaken(person.username) from error
    call.emit(AccountCreated.about(account))
    return account


@recipe(like=create)
async def sign_up(context: Context, person: Person, *, consent: bool, terms: bool, privacy: bool) -> Account:
    """Create an account for yourself. Consent to personal-data processing, terms and privacy policy is required."""
    await context.ensure_rate("sign-up", person.username)
    if not (consent and terms and privacy):
        raise rules.ConsentRequired
    return await create(context, person, await _hashed(context, person))


@query(user=OWN)
async def me(call: Call) -> Account:
    """The account that asks."""
    return await call.get(Account, call.actor_id)


@query(user=OWN, admin=ANY)
async def get(call: Call, account_id: UUID) -> Account:
    """One account: your own, or any for an administrator."""
    return await call.get(Account, account_id)


@query(admin=ANY)
async def find(call: Call, search: str | None, ask: Ask) -> Page[Account]:
    """All accounts, by age; `search` looks into usernames and names."""
    await call.admit()
    wanted = call.select(Account)
    if search:
        part = search.strip()[:100]
        inside = [col(column).icontains(part, autoescape=True) for column in (Account.username, Account.full_name)]
        wanted = wanted.where(or_(*inside))
    return await page(call, wanted, [Account.id], ask)


@command(admin=ANY)
async def create_by_admin(call: Call, person: Person, password_hash: str, *, is_platform_admin: bool) -> Account:
    """Store an account made by an administrator."""
    await call.admit()
    account = _account(call, person, password_hash)
    account.is_platform_admin = is_platform_admin
    try:
        await call.flush()
    except IntegrityError as error:
        raise rules.UsernameTaken(person.username) from error
    call.emit(AccountCreated.about(account))
    return account


@recipe(like=create_by_admin)
async def add(context: Context, person: Person, *, is_platform_admin: bool) -> Account:
    """Create an account for somebody else."""
    return await create_by_admin(context, person, await _hashed(context, person), is_platform_admin=is_platform_admin)


@command(user=OWN)
async def update_me(call: Call, full_name: str | None, locale: Locale | None) -> Account:
    """Change your own name or language."""
    account = await call.get(Account, call.actor_id, lock=True)
    if full_name is not None:
        account.full_name = clean("fullName", full_name, least=1, most=200)
    if locale is not None:
        account.locale = locale
    call.emit(AccountChanged.about(account))
    return account


@command(user=OWN)
async def set_password(call: Call, password_hash: str) -> Account:
    """Store a new password of your own and end all other sign-ins."""
    account = await call.get(Account, call.actor_id, lock=True)
    account.password_hash = password_hash
    others = update(SignIn).where(col(SignIn.account_id) == account.id, col(SignIn.revoked_at).is_(None))
    if call.context.actor.sign_in_id:
        others = others.where(col(SignIn.id) != call.context.actor.sign_in_id)
    await call.session.execute(others.values(revoked_at=call.now))
    call.emit(AccountChanged.about(account, what="password"))
    return account


@recipe(like=set_password)
async def change_password(context: Context, current: str, new: str) -> Account:
    """Change your own password; all your other sign-ins end."""
    account = await me(context)
    await context.ensure_rate("password", account.username)
    auth = context.runtime.settings.auth
    if not await context.runtime.hash(rules.verified, auth, account.password_hash, current):
        raise rules.WrongCredentials
    hashed = await context.runtime.hash(rules.hasher(auth).hash, rules.password(new))
    return await set_password(context, hashed)


@command(admin=ANY)
async def administer(
    call: Call,
    account_id: UUID,
    *,
    is_active: bool | None = None,
    is_platform_admin: bool | None = None,
    full_name: str | None = None,
    locale: Locale | None = None,
) -> Account:
    """Close, reopen, promote or demote an account, or change its name or language. A closed one is out at once."""
    await call.admit()
    # The administrators are locked together, so that two demotions at once cannot leave none.
    admins = await call.all(
        select(Account)
        .where(col(Account.is_platform_admin), col(Account.is_active))
        .order_by(col(Account.id))
        .with_for_update()
    )
    account = await call.get(Account, account_id, lock=True)
    if account.erased_at is not None:
        raise AlreadyErased(account.erased_at)
    loses = is_active is False or is_platform_admin is False
    if loses and account.id == call.context.actor.account_id:
        raise rules.NotYourself
    if loses and [admin.id for admin in admins] == [account.id]:
        raise rules.LastAdmin
    if is_active is not None:
        account.is_active = is_active
    if is_platform_admin is not None:
        account.is_platform_admin = is_platform_admin
    if full_name is not None:
        account.full_name = clean("fullName", full_name, least=1, most=200)
    if locale is not None:
        account.locale = locale
    if not account.is_active:
        await _end_sign_ins(call, account)
    call.emit(AccountChanged.about(account, active=account.is_active, admin=account.is_platform_admin))
    return account


@command(admin=ANY)
async def set_password_of(call: Call, account_id: UUID, password_hash: str) -> Account:
    """Store a new password for somebody who has lost theirs, and end all their sign-ins."""
    account = await call.get(Account, account_id, lock=True)
    if account.erased_at is not None:
        raise AlreadyErased(account.erased_at)
    account.password_hash = password_hash
    await _end_sign_ins(call, account)
    call.emit(AccountChanged.about(account, what="password"))
    return account


@recipe(like=set_password_of)
async def reset_password(context: Context, account_id: UUID, password: str) -> Account:
    """Give somebody who has lost theirs a new password. All their sign-ins end at once."""
    await get(context, account_id)
    auth = context.runtime.settings.auth
    hashed = await context.runtime.hash(rules.hasher(auth).hash, rules.password(password))
    return await set_password_of(context, account_id, hashed)


@command(admin=ANY)
async def end_sign_ins(call: Call, account_id: UUID) -> Account:
    """End all sign-ins of somebody at once, on open sockets too."""
    account = await call.get(Account, account_id, lock=True)
    await _end_sign_ins(call, account)
    call.emit(SignInEnded(account_id=account.id, data={"all": True}))
    return account


@command()
async def bootstrap(call: Call, person: Person, password_hash: str) -> bool:
    """Create the first administrator unless an account of that name exists; its password is never reset."""
    await call.admit()
    # All processes of a fresh house start at the same time.
    await call.session.execute(text(f"SELECT pg_advisory_xact_lock({BOOTSTRAP_LOCK})"))
    same = select(func.count()).where(func.lower(Account.username) == person.username.lower())
    if (await call.session.execute(same)).scalar_one():
        return False
    account = _account(call, person, password_hash)
    account.is_platform_admin = True
    call.emit(AccountCreated.about(account))
    return True


@recipe(like=bootstrap)
async def ensure_bootstrap(context: Context) -> bool:
    """At the start of a process: the administrator of the settings exists."""
    auth = context.runtime.settings.auth
    if not auth.bootstrap_username:
        return False
    person = Person(auth.bootstrap_username, auth.bootstrap_password.get_secret_value(), "Администратор", Locale.RU)
    try:
        return await bootstrap(context, person, await _hashed(context, person))
    except IntegrityError:
        # Another process of the same first start was faster.
        return False


@shaped(PERSON)
@query(user=ANY)
async def of_people(call: Call, ids: Sequence[UUID]) -> list[Account]:
    """The people behind rows that the viewer may already see."""
    found = await one(call, PERSON, ids)
    if None in found:
        raise NotFound(f"account {ids[found.index(None)]}")
    return [account for account in found if account is not None]


async def _end_sign_ins(call: Call, account: Account) -> None:
    open_ones = update(SignIn).where(col(SignIn.account_id) == account.id, col(SignIn.revoked_at).is_(None))
    await call.session.execute(open_ones.values(revoked_at=call.now))


async def _hashed(context: Context, person: Person) -> str:
    rules.username(person.username)
    clean("fullName", person.full_name, least=1, most=200)
    check = rules.hasher(context.runtime.settings.auth)
    return await context.runtime.hash(check.hash, rules.password(person.password))


def _account(call: Call, person: Person, password_hash: str) -> Account:
    auth = call.settings.auth
    return call.add(
        Account(
            username=person.username,
            full_name=person.full_name.strip(),
            locale=person.locale,
            password_hash=password_hash,
            consent_version=auth.consent_version,
            consented_at=call.now,
            terms_version=auth.terms_version,
            terms_accepted_at=call.now,
            privacy_version=auth.privacy_version,
            privacy_accepted_at=call.now,
        )
    )
