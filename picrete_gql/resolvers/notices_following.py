"""Teachers who want to hear how many have handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from picrete_gql.call import Call, command, query
from picrete_gql.models import Follow, Work, WorkStatus
from picrete_gql.models.progress import progress_of
from picrete_gql.models.telegram import FollowChanged
from picrete_gql.scopes import ANY

OPEN = (WorkStatus.PUBLISHED, WorkStatus.ACTIVE)


@dataclass(frozen=True)
class Progress:
    """How many of how many students have handed in."""

    submitted: int
    total: int


@command(teacher=ANY)
async def follow(call: Call, work_id: UUID, *, follow: bool) -> Work:
    """Hear in Telegram how many have handed in, or no longer."""
    work = await call.get(Work, work_id)
    mine = select(Follow).where(Follow.work_id == work.id, Follow.account_id == call.actor_id)
    found: Follow | None = await call.first(mine.with_for_update())
    if (found is not None) is follow:
        return work
    if found is not None:
        await call.session.delete(found)
    else:
        call.add(Follow(course_id=work.course_id, work_id=work.id, account_id=call.actor_id))
    call.emit(FollowChanged(course_id=work.course_id, work_id=work.id, account_id=call.actor_id))
    return work


@query(teacher=ANY)
async def of_works(call: Call, ids: Sequence[UUID]) -> list[bool | None]:
    """Whether you follow a work in Telegram; null for its students."""
    mine = set(await call.all(select(Work.id).where(col(Work.id).in_(ids), call.visible(Work))))
    wanted = select(Follow.work_id).where(Follow.account_id == call.context.actor.account_id)
    followed = set(await call.all(wanted.where(col(Follow.work_id).in_(ids))))
    return [id in followed if id in mine else None for id in ids]


@query(teacher=ANY)
async def taught(call: Call) -> list[Work]:
    """The open works that you teach, the one that ends first first."""
    most = call.settings.telegram.works_shown
    wanted = call.select(Work).where(col(Work.status).in_(OPEN)).order_by(col(Work.ends_at), col(Work.id))
    return await call.all(wanted.limit(most))


@query(teacher=ANY)
async def progress(call: Call, ids: Sequence[UUID]) -> list[Progress | None]:
    """How many have handed in; null for students."""
    mine = await call.all(select(Work.id).where(col(Work.id).in_(ids), call.visible(Work)))
    counted = (await call.session.execute(progress_of(mine))).all()
    found = {id: Progress(submitted, total) for id, submitted, total in counted}
    return [found.get(id) for id in ids]
