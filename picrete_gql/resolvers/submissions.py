"""What an attempt handed in, and how far it has come."""

from collections.abc import Sequence
from uuid import UUID

from picrete_gql.call import Call, query
from picrete_gql.models import Submission
from picrete_gql.scopes import ANY, OWN
from picrete_gql.shapes import One, Value, one, shaped, value

OF_ATTEMPTS = One(model=Submission, by="attempt_id")
FLAGS = Value(model=Submission, by="id", value=lambda submission: submission.flags)


@query(student=OWN, teacher=ANY)
async def get(call: Call, submission_id: UUID) -> Submission:
    """One submission."""
    return await call.get(Submission, submission_id)


@shaped(OF_ATTEMPTS)
@query(student=OWN, teacher=ANY)
async def of_attempts(call: Call, ids: Sequence[UUID]) -> list[Submission | None]:
    """What the attempt handed in; null before its first photo."""
    return await one(call, OF_ATTEMPTS, ids)


@shaped(FLAGS)
@query(teacher=ANY)
async def flags(call: Call, ids: Sequence[UUID]) -> list[list[dict[str, str]] | None]:
    """Why a human should look, with reasons; null for students."""
    return await value(call, FLAGS, ids)
