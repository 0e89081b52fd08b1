"""What an attempt handed in, and how far it has come."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col

from picrete_gql.call import Call, query
from picrete_gql.models import Submission
from picrete_gql.scopes import ANY, OWN


@query(student=OWN, teacher=ANY)
async def get(call: Call, submission_id: UUID) -> Submission:
    """One submission."""
    return await call.get(Submission, submission_id)


@query(student=OWN, teacher=ANY)
async def of_attempts(call: Call, ids: Sequence[UUID]) -> list[Submission | None]:
    """What the attempt handed in; null before its first photo."""
    rows = await call.all(call.select(Submission).where(col(Submission.attempt_id).in_(ids)))
    found = {row.attempt_id: row for row in rows}
    return [found.get(id) for id in ids]


@query(teacher=ANY)
async def flags(call: Call, ids: Sequence[UUID]) -> list[list[dict[str, str]] | None]:
    """Why a human should look, with reasons; null for students."""
    rows = await call.all(call.select(Submission).where(col(Submission.id).in_(ids)))
    found = {row.id: row.flags for row in rows}
    return [found.get(id) for id in ids]
