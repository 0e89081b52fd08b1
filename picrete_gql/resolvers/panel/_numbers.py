"""The numbers of the overview, each from an index or an estimate: no big table is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal_column, select, table
from sqlmodel import col

from picrete_gql.call import Call
from picrete_gql.models import Account, Attempt, AttemptStatus, Course, ProviderRun, RunOutcome, Work

from .waiting import DEAD, PENDING

BIG = ("event", "photo", "attempt", "submission", "provider_run")
DONE = (RunOutcome.RUNNING, RunOutcome.DONE)


@dataclass(frozen=True)
class Spend:
    """What was asked of one provider since midnight: runs, how many failed, tokens, and US dollars."""

    kind: str
    engine: str
    runs: int
    failed: int
    tokens: int
    cost: Decimal


@dataclass(frozen=True)
class Numbers:
    """How the platform does. `sizes` of big tables are PostgreSQL's estimates."""

    accounts: int
    courses: int
    works: Mapping[str, int]
    active_attempts: int
    waiting: Mapping[str, int]
    oldest: datetime | None
    dead_leases: int
    spend: Sequence[Spend]
    sizes: Mapping[str, int]
    now: datetime


async def numbers_of(call: Call) -> Numbers:
    """Read them all."""
    waiting = await _pairs(call, select(PENDING.c.kind, func.count()).group_by(PENDING.c.kind))
    works = await _pairs(call, select(col(Work.status), func.count()).group_by(col(Work.status)))
    known: Any = select(literal_column("relname"), literal_column("greatest(reltuples, 0)::bigint"))
    sizes = known.select_from(table("pg_class"))
    return Numbers(
        accounts=await _count(call, Account, col(Account.is_active)),
        courses=await _count(call, Course, col(Course.is_active)),
        works={str(getattr(key, "value", key)): value for key, value in works.items()},
        active_attempts=await _count(call, Attempt, col(Attempt.status) == AttemptStatus.ACTIVE),
        waiting=waiting,
        oldest=(await call.session.execute(select(func.min(PENDING.c.since)))).scalar_one(),
        dead_leases=(await call.session.execute(select(func.count()).select_from(PENDING).where(DEAD))).scalar_one(),
        spend=await _spend(call),
        sizes=await _pairs(call, sizes.where(literal_column("relname").in_(BIG), _ours())),
        now=call.now,
    )


def first_id(moment: datetime) -> UUID:
    """The smallest id (UUIDv7, RFC 9562) of what is born from a moment on: an index of ids finds times, too."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


async def _spend(call: Call) -> list[Spend]:
    local = call.now.astimezone(ZoneInfo(call.settings.admin.time_zone))
    today = first_id(local.replace(hour=0, minute=0, second=0, microsecond=0))
    failed = func.count().filter(col(ProviderRun.outcome).not_in(DONE))
    tokens = func.sum(col(ProviderRun.input_tokens) + col(ProviderRun.output_tokens))
    wanted = (
        select(col(ProviderRun.kind), col(ProviderRun.engine), func.count(), failed, tokens, func.sum(ProviderRun.cost))
        .where(col(ProviderRun.id) >= today)
        .group_by(col(ProviderRun.kind), col(ProviderRun.engine))
        .order_by(col(ProviderRun.kind), col(ProviderRun.engine))
    )
    return [Spend(row[0].value, *row[1:]) for row in (await call.session.execute(wanted)).all()]


async def _count(call: Call, model: Any, *where: Any) -> int:
    counted = select(func.count()).select_from(model).where(*where)
    return int((await call.session.execute(counted)).scalar_one())


async def _pairs(call: Call, statement: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in (await call.session.execute(statement)).all()}


def _ours() -> Any:
    return literal_column("relnamespace = 'public'::regnamespace")
