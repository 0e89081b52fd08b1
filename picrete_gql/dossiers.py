"""Everything that is known of a person, as plain values for them to read: what an export of their data holds.

Marks only once they are released, no hash, nothing that is for staff. Read in pieces, so that memory stays bounded.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from picrete_gql.call import Call
from picrete_gql.models import (
    Account,
    Attempt,
    BankItem,
    Course,
    Criterion,
    CriterionScore,
    Erasure,
    Happening,
    Issue,
    Membership,
    Notice,
    Photo,
    Reading,
    Regrade,
    RegradeMessage,
    Review,
    ScoreSource,
    SignIn,
    Submission,
    TelegramLink,
    TrainerAnswer,
    TrainerSet,
    TrainerTask,
    Work,
)

PIECE = 500
Plain = dict[str, Any]


async def person(call: Call, account_id: UUID) -> Plain:
    """The account without its password, what was agreed to, Telegram, requests to be erased."""
    account = await call.find(select(Account).where(Account.id == account_id))
    link = await call.first(select(TelegramLink).where(TelegramLink.account_id == account_id))
    erasures = await call.all(select(Erasure).where(Erasure.account_id == account_id).order_by(col(Erasure.id)))
    agreed = ("consent", "consented"), ("terms", "terms_accepted"), ("privacy", "privacy_accepted")
    return {
        "as_of": call.now,
        **_facts(account, "id username full_name locale is_active is_platform_admin created_at"),
        "agreed": [
            {"to": what, "version": getattr(account, f"{what}_version"), "at": getattr(account, f"{when}_at")}
            for what, when in agreed
        ],
        "telegram": link and _facts(link, "telegram_id name locale muted blocked_at created_at"),
        "erasures": [_facts(row, "created_at erase_at cancelled_at done_at") for row in erasures],
    }


async def sign_ins(call: Call, account_id: UUID) -> list[Plain]:
    """When and on what device the person signed in."""
    rows = await call.all(select(SignIn).where(SignIn.account_id == account_id).order_by(col(SignIn.id)))
    return [_facts(row, "agent created_at used_at expires_at revoked_at") for row in rows]


async def memberships(call: Call, account_id: UUID) -> list[Plain]:
    """The courses, and what was shown when joining."""
    wanted = select(Membership, Course).join(Course, col(Course.id) == Membership.course_id)
    wanted = wanted.where(Membership.account_id == account_id).order_by(col(Membership.id))
    rows = (await call.session.execute(wanted)).all()
    facts = "status roles identity created_at"
    return [{"course": course.title, "slug": course.slug, **_facts(member, facts)} for member, course in rows]


async def attempt(call: Call, attempt_id: UUID) -> tuple[Plain, list[Photo]]:
    """One attempt with its pages, and the mark if it is released."""
    wanted = select(Attempt, Work).join(Work, col(Work.id) == Attempt.work_id).where(Attempt.id == attempt_id)
    tried, work = (await call.session.execute(wanted)).one()
    photos = await call.all(select(Photo).where(Photo.attempt_id == attempt_id).order_by(col(Photo.number)))
    submission = await call.first(select(Submission).where(Submission.attempt_id == attempt_id))
    facts = "id number status started_at expires_at extra_minutes submitted_at draft draft_saved_at"
    made: Plain = {"work": work.title, **_facts(tried, facts)}
    if submission is not None:
        made["review_summary"] = submission.review_summary
        made["mark"] = await _mark(call, submission) if submission.released_at is not None else None
    made["regrades"] = await _regrades(call, attempt_id)
    made["pages"] = await _pages(call, attempt_id, photos)
    return made, photos


async def attempts(call: Call, account_id: UUID) -> list[UUID]:
    """The ids of the person's attempts, the first one first."""
    mine = select(Attempt.id).where(Attempt.student_id == account_id)
    return await call.all(mine.order_by(col(Attempt.started_at), col(Attempt.id)))


async def trainer(call: Call, account_id: UUID, after: Any) -> tuple[list[Plain], Any]:
    """Answers that were tried in the trainer, with their sets and tasks: a piece, and where the next one begins."""
    wanted = (
        select(TrainerTask, TrainerSet, BankItem.number)
        .join(TrainerSet, col(TrainerSet.id) == TrainerTask.trainer_set_id)
        .join(BankItem, col(BankItem.id) == TrainerTask.item_id)
        .where(TrainerTask.student_id == account_id, *_after(TrainerTask, after))
    )
    rows = (await call.session.execute(wanted.order_by(col(TrainerTask.id)).limit(PIECE))).all()
    ids = [task.id for task, _, _ in rows]
    tried = await call.all(
        select(TrainerAnswer).where(col(TrainerAnswer.trainer_task_id).in_(ids)).order_by(col(TrainerAnswer.number))
    )
    answered = "number text verdict created_at"
    told = [
        {
            "set": owner.title,
            "set_removed_at": owner.deleted_at,
            "task": number,
            **_facts(task, "tries verdict tried_at solved_at box due_at"),
            "answers": [_facts(row, answered) for row in tried if row.trainer_task_id == task.id],
        }
        for task, owner, number in rows
    ]
    return told, ids[-1] if ids else None


async def notices(call: Call, account_id: UUID, after: Any) -> tuple[list[Plain], Any]:
    """What the person was told of in Telegram."""
    facts = "kind about due_at state sent_at"
    return await _piece(call, Notice, facts, Notice.account_id == account_id, after)


async def events(call: Call, account_id: UUID, after: Any) -> tuple[list[Plain], Any]:
    """What the person did."""
    facts = "name at door course_id work_id attempt_id photo_id account_id data"
    return await _piece(call, Happening, facts, Happening.actor_id == account_id, after)


async def _piece(call: Call, model: Any, facts: str, own: Any, after: Any) -> tuple[list[Plain], Any]:
    wanted = select(model).where(own, *_after(model, after)).order_by(col(model.id)).limit(PIECE)
    rows = await call.all(wanted)
    return [_facts(row, facts) for row in rows], rows[-1].id if rows else None


async def _mark(call: Call, submission: Submission) -> Plain:
    wanted = select(CriterionScore, Criterion.name).join(Criterion, col(Criterion.id) == CriterionScore.criterion_id)
    wanted = wanted.where(
        CriterionScore.submission_id == submission.id, CriterionScore.source == ScoreSource.TEACHER
    ).order_by(col(Criterion.task_id), col(Criterion.number))
    rows = (await call.session.execute(wanted)).all()
    return {
        **_facts(submission, "status final_points max_points feedback released_at"),
        "scores": [{"criterion": name, **_facts(score, "points comment quote errors")} for score, name in rows],
    }


async def _regrades(call: Call, attempt_id: UUID) -> list[Plain]:
    wanted = select(Regrade, Submission.released_at).join(Submission, col(Submission.id) == Regrade.submission_id)
    wanted = wanted.where(Regrade.attempt_id == attempt_id).order_by(col(Regrade.id))
    rows = (await call.session.execute(wanted)).all()
    said = await call.all(select(RegradeMessage).where(RegradeMessage.attempt_id == attempt_id))
    facts, answer = "text status created_at closed_at", "answer points_before points_after final_before final_after"
    return [
        {
            # An answer is told as the points are.
            **_facts(regrade, f"{facts} {answer}" if released_at else facts),
            "messages": [
                {"side": row.side, **_facts(row, "text created_at")}
                for row in sorted(said, key=lambda row: row.id)
                if row.regrade_id == regrade.id
            ],
        }
        for regrade, released_at in rows
    ]


async def _pages(call: Call, attempt_id: UUID, photos: Sequence[Photo]) -> list[Plain]:
    said: dict[str, list[Any]] = {}
    models: dict[str, Any] = {"readings": Reading, "reviews": Review, "issues": Issue}
    for name, model in models.items():
        rows = await call.all(select(model).where(model.attempt_id == attempt_id).order_by(model.id))
        said[name] = rows
    facts = {
        "readings": "number markdown text blocks engine model quality created_at",
        "reviews": "verdict created_at",
        "issues": "number block_id polygon original suggestion note severity created_at",
    }
    about = "number filename source status size width height uploaded_at image_removed_at image_removed_why"
    return [
        {
            **_facts(photo, about),
            **{name: [_facts(row, facts[name]) for row in said[name] if row.photo_id == photo.id] for name in said},
        }
        for photo in photos
    ]


def _after(model: Any, after: Any) -> tuple[Any, ...]:
    return () if after is None else (model.id > after,)


def _facts(row: Any, names: str) -> Plain:
    return {name: getattr(row, name) for name in names.split()}
