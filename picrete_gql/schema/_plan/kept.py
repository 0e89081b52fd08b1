"""Answers that are kept while nothing happens in their course, which the database is asked at each read.

Whatever changes something in a course writes an event of that course in the same transaction. An answer remembers the
oldest transaction that was running when it was read; as long as no event of its course (or of any account) comes from
that transaction or a later one, reading again would give the same. So a kept answer is never older than the database.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, and_, bindparam, case, cast, func
from sqlmodel import col, select

from picrete_gql.models import Course, Happening, ProviderRun
from picrete_gql.models.accounts import AccountCreated, SignInEnded, SignInStarted

from .texts import sql_text

SINCE = bindparam("since", None, type_=BigInteger())
# What happens to accounts and changes nothing that anybody sees of them.
UNSEEN = (AccountCreated.name, SignInStarted.name, SignInEnded.name)
# No JSON begins like this.
SAME = b"="


@dataclass(frozen=True)
class Answer:
    """The text of a root field, and since when something may have happened that is not in it."""

    text: bytes
    since: int
    read_at: float = field(default_factory=time.monotonic)


class Kept:
    """The answers that one process keeps, the least recently used forgotten first; `most` bytes at most.

    After so many `seconds` an answer is read again all the same: what somebody changed by hand wrote no event.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds, self.bytes = most, seconds, 0
        self.answers: OrderedDict[Hashable, Answer] = OrderedDict()

    def get(self, key: Hashable) -> Answer | None:
        """An answer that must still be found good."""
        found = self.answers.get(key)
        if found is None or time.monotonic() > found.read_at + self.seconds:
            return None
        self.answers.move_to_end(key)
        return found

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer instead of the one before."""
        self.drop(key)
        self.bytes += len(answer.text)
        self.answers[key] = answer
        while self.bytes > self.most and self.answers:
            self._forget(self.answers.popitem(last=False)[1])

    def drop(self, key: Hashable) -> None:
        """Forget an answer."""
        if (found := self.answers.pop(key, None)) is not None:
            self._forget(found)

    def _forget(self, answer: Answer) -> None:
        self.bytes -= len(answer.text)


def or_same(row: Any, text: ColumnElement[str]) -> ColumnElement[str]:
    """The text, or a mark in its place if nothing has happened since the answer that is kept."""
    course = row.id if row.__mapper__.class_ is Course else row.course_id
    fresh = select(Happening.id).where(col(Happening.xid) >= SINCE)
    here = fresh.where(col(Happening.course_id) == course).correlate(row)
    people = fresh.where(col(Happening.course_id).is_(None), col(Happening.name).not_in(UNSEEN))
    return case((and_(SINCE.is_not(None), ~here.exists(), ~people.exists()), sql_text(SAME.decode())), else_=text)


def oldest_running() -> ColumnElement[int]:
    """The oldest transaction whose work the statement may not see."""
    return cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)


def tells(model: type[Any]) -> bool:
    """Whether every change of such a row that is seen writes an event. What providers are asked is only noted."""
    return model is not ProviderRun


def can_be_kept(model: type[Any]) -> bool:
    """Whether everything below a row of this model belongs to one course."""
    return model is Course or hasattr(model, "course_id")
