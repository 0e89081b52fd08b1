"""The audit trail: everything that happened, who did it and through which door."""

from sqlalchemy.orm import aliased
from sqlmodel import col

from picrete_gql.models import Account, Course, Happening

from ._sheet import Sheet, by_beginning, by_course, by_id, by_person, by_value

ACTOR, ABOUT = aliased(Account), aliased(Account)

EVENTS = Sheet(
    source=Happening,
    joins=[
        (ACTOR, ACTOR.id == col(Happening.actor_id)),
        (ABOUT, ABOUT.id == col(Happening.account_id)),
        (Course, col(Course.id) == col(Happening.course_id)),
    ],
    id=col(Happening.id),
    columns={
        "at": col(Happening.at),
        "name": col(Happening.name),
        "actor_id": col(Happening.actor_id),
        "actor": ACTOR.username,
        "door": col(Happening.door),
        "course_id": col(Happening.course_id),
        "course": col(Course.slug),
        "account_id": col(Happening.account_id),
        "account": ABOUT.username,
    },
    more={
        "work_id": col(Happening.work_id),
        "attempt_id": col(Happening.attempt_id),
        "photo_id": col(Happening.photo_id),
        "subject_id": col(Happening.subject_id),
        "data": col(Happening.data),
    },
    order=[col(Happening.id).desc()],
    search=[col(Happening.name)],
    ids=[
        col(Happening.actor_id),
        col(Happening.course_id),
        col(Happening.work_id),
        col(Happening.attempt_id),
        col(Happening.photo_id),
        col(Happening.account_id),
        col(Happening.subject_id),
    ],
    filters={
        "name": by_beginning(col(Happening.name)),
        "actor": by_person(col(Happening.actor_id)),
        "about": by_person(col(Happening.account_id)),
        "course": by_course(col(Happening.course_id)),
        "work": by_id(col(Happening.work_id)),
        "door": by_value(col(Happening.door)),
    },
    time=col(Happening.at),
)
