"""Answers that are kept while nothing happens in their courses, which the database is asked at each read (`checks`).

Whatever changes something in a course writes an event of that course in the same transaction. An answer remembers the
oldest transaction that was running when it was read; as long as no event of its courses (or of any account) comes from
that transaction or a later one, reading again would give the same. So a kept answer is never older than the database.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable
from uuid import UUID

from .checks import Checks
from .notes import Answer

REMEMBERED = 10_000


class Teachers:
    """Whoever turned out to teach somewhere, the last ones: their reads are tried as a teacher's first."""

    def __init__(self) -> None:
        self.known: OrderedDict[UUID, None] = OrderedDict()

    def learn(self, account_id: UUID, *, teaches: bool) -> None:
        """Somebody was found to be one, or to be none any more."""
        self.known.pop(account_id, None)
        if teaches:
            self.known[account_id] = None
            while len(self.known) > REMEMBERED:
                self.known.popitem(last=False)


class Kept:
    """The answers that one process keeps, the least recently used forgotten first; `most` bytes at most.

    After so many `seconds` an answer is read again all the same: what somebody changed by hand wrote no event.
    """

    def __init__(self, most: int, seconds: float, checks: Checks) -> None:
        self.most, self.seconds, self.bytes, self.checks = most, seconds, 0, checks
        self.answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self.teachers = Teachers()

    def get(self, key: Hashable, now: float) -> Answer | None:
        """An answer that must still be found good."""
        found = self.answers.get(key)
        if found is None or self._is_old(found):
            return None
        if found.until is not None and now >= found.until:
            return None
        self.answers.move_to_end(key)
        return found

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer instead of the one before, and none of those that are too old by now."""
        self.drop(key)
        self.bytes += len(answer.text)
        self.answers[key] = answer
        while self.answers and (self.bytes > self.most or self._is_old(next(iter(self.answers.values())))):
            self._forget(self.answers.popitem(last=False)[1])

    def drop(self, key: Hashable) -> None:
        """Forget an answer."""
        if (found := self.answers.pop(key, None)) is not None:
            self._forget(found)

    def _is_old(self, answer: Answer) -> bool:
        return time.monotonic() > answer.read_at + self.seconds

    def _forget(self, answer: Answer) -> None:
        self.bytes -= len(answer.text)
