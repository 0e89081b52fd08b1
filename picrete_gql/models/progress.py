"""How far a class has come with a work."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from .accounts import Account
from .attempts import Attempt
from .courses import Membership, MemberStatus, Role
from .works import Work


def progress_of(works: Sequence[UUID]) -> Any:
    """Per work: its id, how many of its course's active students have handed in, and how many they are."""
    students = (
        select(Membership.account_id)
        .join(Account, col(Account.id) == Membership.account_id)
        .where(
            Membership.course_id == Work.course_id,
            Membership.status == MemberStatus.ACTIVE,
            col(Membership.roles).contains([Role.STUDENT.value]),
            col(Account.is_active),
        )
        .correlate(Work)
    )
    total = select(func.count()).select_from(students.subquery().lateral()).correlate(Work).scalar_subquery()
    submitted = (
        select(func.count(func.distinct(col(Attempt.student_id))))
        .where(Attempt.work_id == Work.id, col(Attempt.submitted_at).is_not(None))
        .where(col(Attempt.student_id).in_(students))
        .correlate(Work)
        .scalar_subquery()
    )
    return select(Work.id, submitted, total).where(col(Work.id).in_(works))
