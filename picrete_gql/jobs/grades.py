"""When submissions are prechecked."""

from datetime import timedelta

from picrete_gql.call import Context
from picrete_gql.models.grades import GradeQueued
from picrete_gql.resolvers import prechecks

from ._registry import every, job


@job("grade.propose", on=GradeQueued, subject="attempt_id", timeout=7200)
async def propose(context: Context, event: GradeQueued) -> timedelta | None:
    """Precheck one submission."""
    assert event.attempt_id is not None
    async with context.runtime.grading_slots:
        return await prechecks.propose(context, event.attempt_id)


@every(10, "grade.wake")
async def wake(context: Context) -> None:
    """Submissions left by a dead worker or forgotten by Redis are asked for again, once a minute each."""
    salt = int(context.runtime.now().timestamp()) // 60
    for submission in await prechecks.stalled(context):
        ids = GradeQueued.about(submission).ids()
        await context.gateways.queue.wake("grade.propose", f"{submission.attempt_id}:{salt}", ids)
