"""What the deterministic checks of the latest precheck found; students do not get the reference with it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select

from picrete_gql.call import Call, query
from picrete_gql.models import ProviderRun, RunKind, Submission
from picrete_gql.rules.evidence import for_students
from picrete_gql.rules.submissions import HUMAN
from picrete_gql.scopes import ANY, RELEASED


@query(teacher=ANY)
async def of_submissions(call: Call, ids: Sequence[UUID]) -> list[list[dict[str, Any]]]:
    """What the deterministic checks of the latest precheck found, with what they expected; for teachers."""
    return await _evidence(call, ids, await call.all(call.select(Submission).where(col(Submission.id).in_(ids))))


@query(student=RELEASED, teacher=ANY)
async def released_of_submissions(call: Call, ids: Sequence[UUID]) -> list[list[dict[str, Any]]]:
    """The same as the student reads it beside a released mark: nothing of the reference answer is told."""
    rows = await call.all(call.select(Submission).where(col(Submission.id).in_(ids)))
    found = await _evidence(call, ids, [row for row in rows if row.status in HUMAN])
    return [for_students(evidence) for evidence in found]


async def _evidence(call: Call, ids: Sequence[UUID], open_ones: Sequence[Submission]) -> list[list[dict[str, Any]]]:
    attempts = {row.attempt_id: row.id for row in open_ones}
    latest = (
        select(ProviderRun)
        .where(col(ProviderRun.attempt_id).in_(attempts), ProviderRun.kind == RunKind.PRECHECK)
        .ext(distinct_on(col(ProviderRun.attempt_id)))
        .order_by(col(ProviderRun.attempt_id), col(ProviderRun.id).desc())
    )
    found = {attempts[run.attempt_id]: run.evidence for run in await call.all(latest)}
    return [found.get(id, []) for id in ids]
