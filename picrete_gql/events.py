"""What happened, in the past tense. An event carries ids and a little data; whoever cares reads the row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar
from uuid import UUID

E = TypeVar("E", bound="Event")
IDS = ("course_id", "work_id", "attempt_id", "photo_id", "account_id", "subject_id")


def bells(name: str, ids: Mapping[str, str]) -> set[str]:
    """What an event rings: every id in it, and `<name>:<course>` for whoever waits for that news alone.

    What happens in no course happens to the account itself, and rings `account_bell` too.
    """
    course, account = ids.get("course_id"), ids.get("account_id")
    own = {account_bell(account)} if account and not course else set[str]()
    return {*ids.values(), f"{name}:{course or ''}", *own}


def account_bell(account_id: object) -> str:
    """What rings when something happens to an account itself: its password, its sign-ins, whether it is open."""
    return f"account:{account_id}"


def rights(account_id: UUID | None, course_id: UUID) -> tuple[str, str]:
    """What rings when somebody may have lost the right to see a course: they have changed, or the course has."""
    return str(account_id), f"course.changed:{course_id}"


@dataclass(frozen=True)
class Event:
    """One thing that happened. Each id in it is a bell that rings for whoever watches that thing.

    `subject_id` is the row that it is about where no other id is, for the events that declare `has_subject`.
    """

    name: ClassVar[str]
    has_subject: ClassVar[bool] = False
    course_id: UUID | None = None
    work_id: UUID | None = None
    attempt_id: UUID | None = None
    photo_id: UUID | None = None
    account_id: UUID | None = None
    subject_id: UUID | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def ids(self) -> dict[str, str]:
        """The ids that are set, as text."""
        return {key: str(getattr(self, key)) for key in IDS if getattr(self, key) is not None}

    def count(self) -> None:
        """Count it for Prometheus: called once, after the commit, in the process that made it happen."""

    @classmethod
    def of(cls: type[E], ids: Mapping[str, str]) -> E:
        """The event again from its ids, on the other side of a queue."""
        facts: dict[str, Any] = {key: UUID(value) for key, value in ids.items()}
        return cls(**facts)

    @classmethod
    def about(cls: type[E], row: Any, **data: Any) -> E:
        """An event about a stored row: its own id and the ids that it carries."""
        carried = (key for key in IDS if key != "subject_id" and getattr(row, key, None) is not None)
        ids: dict[str, Any] = {key: getattr(row, key) for key in carried}
        if "account_id" not in ids and getattr(row, "student_id", None):
            ids["account_id"] = row.student_id
        own = f"{row.__tablename__}_id"
        if own in IDS or cls.has_subject:
            ids[own if own in IDS else "subject_id"] = row.id
        facts: dict[str, Any] = {**ids, "data": data}
        return cls(**facts)
