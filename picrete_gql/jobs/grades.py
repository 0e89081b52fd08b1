"""When submissions are prechecked."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from picrete_gql.call import Context
from picrete_gql.gateways.queue import Alarm
from picrete_gql.models.grades import GradeQueued, GradeRetried
from picrete_gql.resolvers import prechecks

from ._registry import every, job
from ._turns import in_turn
from ._watching import pieces


@job("grade.propose", on=GradeQueued, subject="attempt_id", in_turn=True, timeout=7200, also=[GradeRetried])
async def propose(context: Context, event: GradeQueued) -> None:
    """Precheck one submission, and then what else waits for it."""
    assert event.attempt_id is not None
    places = context.runtime.grading_places
    work = pieces(context, "grade.propose", GradeQueued, "attempt_id", prechecks.propose)
    await in_turn(places, event.attempt_id, work, partial(_waiting, context), partial(_again, context))


@every(10, "grade.wake")
async def wake(context: Context) -> None:
    """Submissions left by a dead worker or forgotten by Redis are asked for again, once a minute each."""
    salt = int(context.runtime.now().timestamp()) // 60
    alarms = [
        Alarm("grade.propose", f"{id}:{salt}", GradeQueued(attempt_id=id).ids())
        for id in await prechecks.stalled(context)
    ]
    if alarms:
        await context.gateways.queue.wake_all(alarms)


async def _waiting(context: Context) -> Sequence[UUID]:
    return await prechecks.stalled(context, quiet=0, limit=50)


async def _again(context: Context, attempt_id: UUID, after: timedelta | None) -> None:
    # The job of this submission may be the very one that asks: another try has another name.
    subject = f"{attempt_id}:{context.runtime.now().timestamp()}"
    ids = GradeQueued(attempt_id=attempt_id).ids()
    await context.gateways.queue.wake("grade.propose", subject, ids, delay=after)
