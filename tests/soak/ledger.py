"""What the clients were told is done: the database, the store and the chats must say the same in the end."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass
class Told:
    """What one student was told of one attempt. `photos` are ids by the SHA-256 of what was sent."""

    student: str
    work: str
    attempt: str
    photos: dict[str, str] = field(default_factory=dict)
    chat_photos: set[str] = field(default_factory=set)
    submitted: bool = False
    finalised: bool = False
    mark: Decimal | None = None


@dataclass
class Ledger:
    """Everything promised, how long it took, and what went wrong on the way."""

    begin: float = field(default_factory=time.monotonic)
    accounts: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    attempts: list[Told] = field(default_factory=list)
    marks: dict[str, Decimal] = field(default_factory=dict)
    works: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    again: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    finished: list[tuple[float, str]] = field(default_factory=list)
    watches: list[Any] = field(default_factory=list)

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.begin

    def did(self, what: str, since: float) -> None:
        """Something was done and took so long."""
        self.done[what] += 1
        self.seconds[what].append(time.monotonic() - since)
        self.finished.append((self.now, what))

    def fault(self, what: str, **facts: Any) -> None:
        """A promise that was not kept, or an answer that should not exist."""
        self.wrong.append(f"{self.now:.0f} s: {what} {facts or ''}".strip())

    def quantiles(self) -> dict[str, tuple[int, float, float, float]]:
        """By what was done: how often, and the median, the 95th of a hundred and the worst in seconds."""
        found = {}
        for what, seconds in sorted(self.seconds.items()):
            ordered = sorted(seconds)
            found[what] = (
                len(ordered),
                ordered[len(ordered) // 2],
                ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))],
                ordered[-1],
            )
        return found
