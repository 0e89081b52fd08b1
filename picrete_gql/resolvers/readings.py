"""The reading of pages: which worker reads which page, what it read, and what becomes of the attempt then."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from picrete_gql import metrics, waiting
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.gateways.ocr import Recognition, Ticket, TicketLost
from picrete_gql.gateways.storage import Missing
from picrete_gql.leases import LeaseLost, end_run, lose_runs, persistently, under_lease
from picrete_gql.models import (
    Photo,
    PhotoStatus,
    ProviderRun,
    Reading,
    RunKind,
    RunOutcome,
    Submission,
    Work,
)
from picrete_gql.models.photos import PhotoFailed, PhotoPostponed, PhotoRead, PhotoStarted
from picrete_gql.problems import NotFound, Refused, Unavailable
from picrete_gql.rules import submissions as machine

WAITING = (PhotoStatus.PENDING, PhotoStatus.PROCESSING)
ENDED = (PhotoStatus.READY, PhotoStatus.FAILED)
MOST_TAKES = 20
QUIET_SECONDS = 5.0
MOST_HANDED_IN = 2
NOWHERE = {"ticket_id": None, "ticket_url": None}
OUR_OWN = ("storage", "database")


@dataclass(frozen=True)
class Taken:
    """A page that a worker may read now, and its place at the provider if it has been handed in before."""

    photo: Photo
    ticket: Ticket | None


@command()
async def begin(call: Call, photo_id: UUID, owner: UUID, engine: str, model: str) -> Taken | None:
    """Take a page to read, for as long as the lease is renewed. None when there is nothing to do for this worker."""
    submission, photo = await _locked(call, photo_id)
    if photo.status not in WAITING or photo.queued_at is None or submission.status in machine.HUMAN:
        return None
    if photo.image_removed_at is not None:
        return None
    if any(moment is not None and moment > call.now for moment in (photo.lease_until, photo.retry_at)):
        return None
    if photo.takes >= MOST_TAKES:
        await _give_up(call, submission, photo, "too many workers died while reading this page")
        return None
    if photo.takes:
        await lose_runs(call, photo.attempt_id, ProviderRun.photo_id == photo.id)
    waited = waiting.waited(call.now, photo.queued_at, photo.retry_at, photo.lease_until)
    _lease(call, photo, owner)
    photo.status, photo.takes = PhotoStatus.PROCESSING, photo.takes + 1
    machine.reading_begins(submission)
    call.add(
        ProviderRun(**_place(photo), kind=RunKind.OCR, engine=engine, model=model, number=photo.takes, owner=owner)
    )
    call.emit(PhotoStarted.about(photo, number=photo.number, waited=waited))
    has_ticket = photo.ticket_id is not None and photo.ticket_url is not None
    return Taken(photo, Ticket(photo.ticket_id or "", photo.ticket_url or "") if has_ticket else None)


@command()
async def renew(call: Call, photo_id: UUID, owner: UUID) -> bool:
    """Keep the lease while the provider works. False when another worker has taken over."""
    photo = await call.get(Photo, photo_id, lock=True)
    if photo.lease_owner != owner:
        return False
    _lease(call, photo, owner)
    return True


@command()
async def keep_ticket(call: Call, photo_id: UUID, owner: UUID, ticket: Ticket | None) -> bool:
    """Remember the place at the provider, so that a restart resumes and does not pay twice; None forgets it."""
    where = {"ticket_id": ticket.request_id, "ticket_url": ticket.check_url} if ticket else NOWHERE
    mine = update(Photo).where(call.visible(Photo), col(Photo.id) == photo_id, col(Photo.lease_owner) == owner)
    return await call.first(mine.values(where).returning(col(Photo.id))) is not None


@command()
async def hand_back(call: Call, photo_id: UUID, owner: UUID) -> None:
    """The process is told to stop: whoever comes next need not wait for the lease to run out."""
    if own := await _own(call, photo_id, owner):
        own[1].takes -= 1
        own[1].lease_owner = own[1].lease_until = None
        await lose_runs(call, own[1].attempt_id, ProviderRun.owner == owner)


@command()
async def finish(call: Call, photo_id: UUID, owner: UUID, found: Recognition, latency: float) -> bool:
    """Keep what was read. False when another worker has taken over."""
    if not (own := await _own(call, photo_id, owner)):
        return False
    submission, photo = own
    counted = select(func.coalesce(func.max(Reading.number), 0)).where(Reading.photo_id == photo.id)
    number = (await call.session.execute(counted)).scalar_one() + 1
    call.add(
        Reading(
            **_place(photo),
            number=number,
            markdown=found.markdown.replace("\0", ""),
            text=found.text.replace("\0", ""),
            blocks=[{**asdict(block), "text": block.text.replace("\0", "")} for block in found.blocks],
            engine=found.engine,
            model=found.model,
            quality=found.quality,
            cost=found.cost,
        )
    )
    await end_run(call, photo.attempt_id, owner, RunOutcome.DONE, "", latency, found.cost or Decimal(0))
    photo.status, photo.failure = PhotoStatus.READY, ""
    _let_go(photo)
    call.emit(PhotoRead.about(photo, number=photo.number, engine=found.engine))
    await _advance(call, submission, photo)
    return True


@command()
async def postpone(call: Call, photo_id: UUID, owner: UUID, why: Unavailable, latency: float) -> timedelta | None:
    """The provider did not answer: try again after the returned time, or (None) give the page up for good."""
    if not (own := await _own(call, photo_id, owner)):
        return None
    submission, photo = own
    ocr = call.settings.ocr
    await end_run(call, photo.attempt_id, owner, RunOutcome.UNAVAILABLE, why.detail, latency)
    if why.what in OUR_OWN:
        # Our own house is to blame, not the page or its provider: it waits for as long as it takes.
        photo.takes -= 1
        seconds = ocr.lease_seconds
    else:
        photo.tries += 1
        seconds = why.retry_after or ocr.backoff_seconds * 2 ** (photo.tries - 1)
    if photo.tries >= ocr.tries:
        await _give_up(call, submission, photo, why.detail or str(why))
        return None
    wait = timedelta(seconds=min(seconds, ocr.retry_after_most))
    photo.status, photo.retry_at = PhotoStatus.PENDING, call.now + wait
    photo.lease_owner = photo.lease_until = None
    call.emit(PhotoPostponed.about(photo, number=photo.number))
    return wait


@command()
async def fail(call: Call, photo_id: UUID, owner: UUID, reason: str, latency: float) -> bool:
    """The provider refused the page for good. False when another worker has taken over."""
    if not (own := await _own(call, photo_id, owner)):
        return False
    submission, photo = own
    await end_run(call, photo.attempt_id, owner, RunOutcome.REFUSED, reason, latency)
    await _give_up(call, submission, photo, reason)
    return True


@recipe(like=begin)
async def read(context: Context, photo_id: UUID) -> timedelta | None:
    """Read one page: take it, hand it in or resume, keep what was read. Returns when to try again, if at all."""
    ocr, owner, began = context.gateways.ocr, uuid7(), context.runtime.now()
    taken = await begin(context, photo_id, owner, ocr.engine, ocr.model)
    if taken is None:
        return None

    def latency() -> float:
        return (context.runtime.now() - began).total_seconds()

    try:
        work = _recognize(context, taken, owner)
        seconds = context.runtime.settings.ocr.lease_seconds
        back = partial(hand_back, context, photo_id, owner)
        found = await under_lease(work, lambda: renew(context, photo_id, owner), seconds, back)
    except LeaseLost:
        return None
    except Unavailable as problem:
        wait = await postpone(context, photo_id, owner, problem, latency())
        if wait is not None:
            metrics.OCR_JOBS.labels("postponed").inc()
        return wait
    except Missing:
        await fail(context, photo_id, owner, "the stored image is gone", latency())
        return None
    except Refused as problem:
        await fail(context, photo_id, owner, problem.detail or str(problem), latency())
        return None
    await persistently(partial(finish, context, photo_id, owner, found, latency()))
    metrics.OCR_SECONDS.observe(latency())
    return None


async def _recognize(context: Context, taken: Taken, owner: UUID) -> Recognition:
    ocr, photo, ticket = context.gateways.ocr, taken.photo, taken.ticket
    image = await context.gateways.storage.get(photo.key)
    for _ in range(MOST_HANDED_IN):
        if ticket is None:
            ticket = await ocr.submit(image)
            # Kept at once: from here on a restart resumes and does not pay twice.
            if ticket is not None and not await persistently(partial(keep_ticket, context, photo.id, owner, ticket)):
                raise LeaseLost
        try:
            return await ocr.collect(ticket, image)
        except TicketLost as lost:
            ticket = None
            await keep_ticket(context, photo.id, owner, None)
            if lost.later:
                raise Unavailable("ocr", detail=str(lost)) from lost
    raise Unavailable("ocr", detail="the provider forgets what it was given")


@query()
async def stalled(call: Call, *, quiet: float = QUIET_SECONDS, limit: int = 100) -> list[UUID]:
    """Pages that nobody reads: never taken, due for another try, or left by a dead worker; since `quiet` seconds."""
    found = select(Photo.id).where(call.visible(Photo), *waiting.pages(call.now, timedelta(seconds=quiet)))
    return await call.all(found.order_by(col(Photo.queued_at)).limit(limit))


async def _locked(call: Call, photo_id: UUID) -> tuple[Submission, Photo]:
    # One statement locks both, the submission first, as everybody does.
    both = select(Submission, Photo).join(Photo, col(Photo.attempt_id) == Submission.attempt_id)
    wanted = both.where(call.visible(Photo), Photo.id == photo_id).with_for_update(of=[Submission, Photo])
    row = (await call.session.execute(wanted.execution_options(populate_existing=True))).first()
    if row is None:
        raise NotFound("photo")
    return row[0], row[1]


async def _own(call: Call, photo_id: UUID, owner: UUID) -> tuple[Submission, Photo] | None:
    submission, photo = await _locked(call, photo_id)
    return (submission, photo) if photo.lease_owner == owner else None


def _place(photo: Photo) -> dict[str, Any]:
    return {**{key: getattr(photo, key) for key in ("course_id", "attempt_id", "student_id")}, "photo_id": photo.id}


def _lease(call: Call, photo: Photo, owner: UUID) -> None:
    photo.lease_owner = owner
    photo.lease_until = call.now + timedelta(seconds=call.settings.ocr.lease_seconds)


def _let_go(photo: Photo) -> None:
    photo.lease_owner = photo.lease_until = photo.retry_at = None
    photo.ticket_id = photo.ticket_url = None


async def _give_up(call: Call, submission: Submission, photo: Photo, reason: str) -> None:
    photo.status, photo.failure = PhotoStatus.FAILED, reason.replace("\0", "")[:1000]
    _let_go(photo)
    call.emit(PhotoFailed.about(photo, number=photo.number))
    await _advance(call, submission, photo)


async def _advance(call: Call, submission: Submission, ended: Photo) -> None:
    others = select(Photo.status).where(Photo.attempt_id == submission.attempt_id, Photo.id != ended.id)
    statuses = [ended.status, *await call.all(others)]
    if all(status in ENDED for status in statuses):
        kind = await call.first(select(Work.kind).where(Work.id == submission.work_id))
        machine.page_ended(submission, kind, statuses, call.settings.review, call.now)
