"""Who asks: a person, nobody, the system, or whoever sits in a seat that many people may share."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from picrete_gql.events import rights

PERSONAL = ("account_id", "sign_in_id")


@dataclass(frozen=True)
class Actor:
    """Who asks: a signed-in person, nobody, or the system itself. `sign_in_id` is the sign-in it came by, if any."""

    account_id: UUID | None = None
    sign_in_id: UUID | None = None
    is_system: bool = False

    def bells(self, course_id: UUID) -> tuple[str, ...]:
        """What rings when this actor may have lost the right to see a course."""
        return rights(self.account_id, course_id)


SYSTEM = Actor(is_system=True)
NOBODY = Actor()


class Personal(Exception):
    """The answer depends on who asks, so a seat has none."""


class Seat(Actor):
    """Any teacher of one course, nobody in particular: sees what each of them sees, and nothing else.

    Whoever asks a seat for its person is told Personal, and the seat remembers it: what was computed then is nobody's.
    """

    __eq__, __hash__, __repr__ = object.__eq__, object.__hash__, object.__repr__
    course_id: UUID
    is_personal: bool

    def __init__(self, course_id: UUID) -> None:
        vars(self).update(course_id=course_id, is_personal=False)

    def __getattribute__(self, name: str) -> Any:
        if name in PERSONAL:
            raise self.personal()
        return super().__getattribute__(name)

    def personal(self) -> Personal:
        """Note that an answer would depend on the person."""
        vars(self)["is_personal"] = True
        return Personal()

    def bells(self, course_id: UUID) -> tuple[str, ...]:
        """What rings for all who sit here; each hears the bell of their own account besides."""
        return rights(None, course_id)[1:]
