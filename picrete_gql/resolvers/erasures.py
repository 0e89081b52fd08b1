"""Being forgotten: a request, a grace in which it can be taken back, and the clock that carries it out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, update
from sqlmodel import col, select

from picrete_gql import forgetting, objects
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.models import (
    Account,
    Attempt,
    AttemptStatus,
    Course,
    Erasure,
    Membership,
    MemberStatus,
    ProviderRun,
    Role,
    RunOutcome,
    SignIn,
    Submission,
    SubmissionStatus,
    TelegramCode,
    TelegramLink,
    Work,
)
from picrete_gql.models.accounts import SignInEnded
from picrete_gql.models.erasures import AccountErased, ErasureCancelled, ErasureRequested
from picrete_gql.models.telegram import TelegramUnlinked
from picrete_gql.rules import accounts as people
from picrete_gql.rules import erasures as rules
from picrete_gql.scopes import ANY, OWN

UNDER_WAY = (SubmissionStatus.UPLOADED, SubmissionStatus.PROCESSING)
# No question to a provider lives longer; what is still open then was left by a dead worker.
LONGEST_RUN = timedelta(hours=2)
# What is written in the name of a person may take a while to end: this many are looked at in one run.
BATCH = 50


@query(user=OWN)
async def me(call: Call) -> Account:
    """The account that asks to be erased."""
    return await call.get(Account, call.actor_id)


@command(user=OWN)
async def file(call: Call) -> Erasure:
    """Store your own request, once the password has been checked."""
    await _lock_admins(call)
    account = await call.get(Account, call.actor_id, lock=True)
    return await _ask(call, account, by_admin=False)


@recipe(like=file)
async def request(context: Context, password: str) -> Erasure:
    """Ask to be erased, with your password. All your sign-ins end and Telegram is unlinked at once.

    Until `eraseAt` you can sign in again and take it back. Open works are to be handed in first.
    """
    account = await me(context)
    await context.ensure_rate("password", account.username)
    auth = context.runtime.settings.auth
    if not await context.runtime.hash(people.verified, auth, account.password_hash, password):
        raise people.WrongCredentials
    return await file(context)


@command(admin=ANY)
async def order(call: Call, account_id: UUID) -> Erasure:
    """Have somebody else erased after the same grace. Their open works first run to their end."""
    await call.admit()
    await _lock_admins(call)
    account = await call.get(Account, account_id, lock=True)
    if account.id == call.context.actor.account_id:
        raise people.NotYourself
    return await _ask(call, account, by_admin=True)


@command(user=OWN, admin=ANY)
async def cancel(call: Call, erasure_id: UUID) -> Erasure:
    """Take a request back while it has not been carried out. What an administrator ordered only one takes back."""
    erasure = await call.get(Erasure, erasure_id, lock=True)
    if erasure.asked_by != erasure.account_id and erasure.account_id == call.context.actor.account_id:
        raise rules.ErasureOrdered
    if erasure.cancelled_at is not None or erasure.done_at is not None:
        raise rules.ErasureOver
    erasure.cancelled_at = call.now
    call.emit(ErasureCancelled.about(erasure))
    return erasure


@query(user=OWN, admin=ANY)
async def get(call: Call, erasure_id: UUID) -> Erasure:
    """One request to be erased."""
    return await call.get(Erasure, erasure_id)


@query(user=OWN, admin=ANY)
async def of_accounts(call: Call, ids: Sequence[UUID]) -> list[Erasure | None]:
    """The person's open request to be erased; null when there is none."""
    open_ones = call.select(Erasure).where(col(Erasure.account_id).in_(ids), *_open())
    found = {row.account_id: row for row in await call.all(open_ones)}
    return [found.get(id) for id in ids]


@query(user=OWN, admin=ANY)
async def waits(call: Call, ids: Sequence[UUID]) -> list[list[rules.Wait]]:
    """What an erasure waits for, now; when nothing is left it is carried out at its time."""
    rows = await call.all(call.select(Erasure).where(col(Erasure.id).in_(ids), *_open()))
    accounts = {row.id: row.account_id for row in rows}
    found = await _waits(call, list(accounts.values()))
    return [found[accounts[id]] if id in accounts else [] for id in ids]


@query()
async def due(call: Call, after: UUID | None = None) -> list[UUID]:
    """The requests whose time has come, so many at a time."""
    ready = select(Erasure.id).where(call.visible(Erasure), *_open(), Erasure.erase_at <= call.now)
    if after is not None:
        ready = ready.where(Erasure.id > after)
    return await call.all(ready.order_by(col(Erasure.id)).limit(BATCH))


@command()
async def carry_out(call: Call, erasure_id: UUID) -> list[str]:
    """Erase one person whole, unless something of theirs is still under way. Returns the objects to remove."""
    await _lock_admins(call)
    wanted = call.select(Erasure).where(Erasure.id == erasure_id, *_open(), Erasure.erase_at <= call.now)
    erasure: Erasure | None = await call.first(wanted.with_for_update(skip_locked=True))
    if erasure is None:
        return []
    account = await call.find(select(Account).where(Account.id == erasure.account_id), lock=True)
    # Whatever could still write about their papers locks one of these first.
    for model in (Attempt, Submission):
        theirs = select(col(model.id)).where(col(model.student_id) == account.id)
        await call.all(theirs.order_by(col(model.id)).with_for_update())
    if (await _waits(call, [account.id]))[account.id]:
        return []
    keys = await forgetting.objects_of(call, account.id)
    erasure.done_at = call.now
    await call.flush()
    await forgetting.forget(call, account.id)
    call.emit(AccountErased(account_id=account.id, data={"objects": len(keys)}))
    return keys


@recipe(like=carry_out)
async def run(context: Context, erasure_id: UUID) -> bool:
    """Erase one person; their objects go after the commit, and the sweeper takes what a crash leaves."""
    keys = await carry_out(context, erasure_id)
    await objects.let_go(context, *keys)
    return bool(keys)


async def _ask(call: Call, account: Account, *, by_admin: bool) -> Erasure:
    if account.erased_at is not None:
        raise rules.AlreadyErased(account.erased_at)
    before = await call.first(select(Erasure).where(Erasure.account_id == account.id, *_open()).with_for_update())
    if before is not None:
        return before  # type: ignore[no-any-return]
    await _ensure_not_needed(call, account, by_admin=by_admin)
    ends = call.now + timedelta(days=call.settings.privacy.erasure_days)
    asked_by = call.context.actor.account_id or account.id
    erasure = call.add(Erasure(account_id=account.id, asked_by=asked_by, erase_at=ends))
    call.emit(ErasureRequested.about(erasure, by_admin=by_admin, erase_at=ends.isoformat()))
    await _shut(call, account)
    return erasure


async def _shut(call: Call, account: Account) -> None:
    """Every door that is open now: sockets, tokens, the chat."""
    living = update(SignIn).where(col(SignIn.account_id) == account.id, col(SignIn.revoked_at).is_(None))
    await call.session.execute(living.values(revoked_at=call.now))
    call.emit(SignInEnded(account_id=account.id, data={"all": True}))
    await call.session.execute(delete(TelegramCode).where(col(TelegramCode.account_id) == account.id))
    links = delete(TelegramLink).where(col(TelegramLink.account_id) == account.id).returning(col(TelegramLink.id))
    if (await call.session.execute(links)).all():
        call.emit(TelegramUnlinked(account_id=account.id))


async def _ensure_not_needed(call: Call, account: Account, *, by_admin: bool) -> None:
    if await _last_admin(call) == account.id:
        raise people.LastAdmin
    if course := await _taught_alone(call, account.id):
        raise rules.OnlyTeacher(course)
    opened = select(func.count()).where(Attempt.student_id == account.id, Attempt.status == AttemptStatus.ACTIVE)
    count = (await call.session.execute(opened)).scalar_one()
    if count and not by_admin:
        raise rules.AttemptsOpen(count)


async def _lock_admins(call: Call) -> None:
    # Together, so that two administrators who leave at once cannot leave none.
    call.visible(Erasure)
    admins = select(Account.id).where(col(Account.is_platform_admin), col(Account.is_active))
    await call.all(admins.order_by(col(Account.id)).with_for_update())


async def _last_admin(call: Call) -> UUID | None:
    admins = select(Account.id).where(col(Account.is_platform_admin), col(Account.is_active))
    found = await call.all(admins.limit(2))
    return found[0] if len(found) == 1 else None


async def _taught_alone(call: Call, account_id: UUID) -> str | None:
    def teaching(alias: type[Membership]) -> tuple[Any, ...]:
        return alias.status == MemberStatus.ACTIVE, col(alias.roles).contains([Role.TEACHER.value])

    others = exists(
        select(Membership.id)
        .join(Account, col(Account.id) == Membership.account_id)
        .where(
            Membership.course_id == Course.id,
            Membership.account_id != account_id,
            *teaching(Membership),
            col(Account.is_active),
        )
        .correlate(Course)
    )
    own = select(Membership.course_id).where(Membership.account_id == account_id, *teaching(Membership))
    alone = select(Course.title).where(col(Course.is_active), col(Course.id).in_(own), ~others)
    found: str | None = await call.first(alone.limit(1))
    return found


async def _waits(call: Call, accounts: Sequence[UUID]) -> dict[UUID, list[rules.Wait]]:
    mine = col(Attempt.student_id).in_(accounts)
    paper = select(Attempt.student_id).join(Submission, col(Submission.attempt_id) == Attempt.id)
    runs = select(ProviderRun.student_id).where(
        col(ProviderRun.student_id).in_(accounts),
        ProviderRun.outcome == RunOutcome.RUNNING,
        ProviderRun.created_at > call.now - LONGEST_RUN,
    )
    opened = col(Attempt.status) == AttemptStatus.ACTIVE
    held = select(Attempt.student_id).join(Work, col(Work.id) == Attempt.work_id).where(mine)
    found = {
        rules.Wait.ATTEMPT: await call.all(select(Attempt.student_id).where(mine, opened)),
        rules.Wait.PROCESSING: [
            *await call.all(paper.where(mine, ~opened, col(Submission.status).in_(UNDER_WAY))),
            *await call.all(runs),
        ],
        rules.Wait.HOLD: await call.all(held.where(col(Work.held_at).is_not(None))),
        rules.Wait.LAST_ADMIN: [await _last_admin(call)],
    }
    return {id: [wait for wait, ids in found.items() if id in ids] for id in accounts}


def _open() -> tuple[Any, Any]:
    return col(Erasure.cancelled_at).is_(None), col(Erasure.done_at).is_(None)
