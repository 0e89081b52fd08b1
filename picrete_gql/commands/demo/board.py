"""The class as the teacher sees it: one row for each attempt, from the latest state of `workChanged`."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

State = dict[str, Any]
Cells = tuple[str, str, str, str, str, str, str, str]
COLUMNS = ("student", "attempt", "photos", "read", "reviewed", "precheck", "points", "mark")
DONE, BUSY, QUIET, BAD = "green", "yellow", "dim", "red"
NOTHING = "–"
ATTEMPTS = {"ACTIVE": "working", "SUBMITTED": "handed in", "EXPIRED": "time ran out", "GRADED": "graded"}


def number(points: Any) -> str:
    """Points without trailing zeros."""
    return f"{Decimal(str(points)).normalize():f}"


def clock(seconds: float) -> str:
    """Minutes and seconds left."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def cells(attempt: State, now: datetime) -> Cells:
    """One row as plain text."""
    photos, submission = attempt["photos"], attempt["submission"] or {}
    read = [photo for photo in photos if photo["status"] == "READY"]
    reviewed = [photo for photo in photos if photo["review"]]
    status = ATTEMPTS[attempt["status"]]
    if attempt["status"] == "ACTIVE":
        status += f" {clock((datetime.fromisoformat(attempt['expiresAt']) - now).total_seconds())}"
    return (
        attempt["student"]["fullName"],
        status,
        str(len(photos)),
        f"{len(read)}/{len(photos)}" if read or attempt["status"] != "ACTIVE" else NOTHING,
        f"{len(reviewed)}/{len(photos)}" if reviewed else NOTHING,
        _precheck(submission),
        _points(submission.get("proposal"), "points", submission),
        _points(submission.get("grade"), "finalPoints", submission),
    )


def _precheck(submission: State) -> str:
    proposal = submission.get("proposal")
    if proposal and submission["precheckStatus"] == "COMPLETED":
        return f"by {proposal['engine']}"
    status = str(submission.get("precheckStatus", "SKIPPED")).lower()
    return NOTHING if status == "skipped" else status


def _points(of: State | None, key: str, submission: State) -> str:
    return f"{number(of[key])}/{number(submission['maxPoints'])}" if of and of[key] is not None else NOTHING


def colours(attempt: State) -> tuple[str, ...]:
    """How the cells of a row are coloured."""
    submission = attempt["submission"] or {}
    photos = attempt["photos"]
    read = bool(photos) and all(photo["status"] == "READY" for photo in photos)
    reviewed = bool(photos) and all(photo["review"] for photo in photos)
    precheck = submission.get("precheckStatus", "SKIPPED")
    return (
        "bold",
        {"ACTIVE": BUSY, "EXPIRED": BAD}.get(attempt["status"], DONE),
        "",
        DONE if read else BUSY,
        DONE if reviewed else BUSY,
        {"COMPLETED": DONE, "SKIPPED": QUIET, "FAILED": BAD}.get(precheck, BUSY),
        "",
        f"bold {DONE}" if submission.get("grade") else QUIET,
    )


class Board:
    """Holds the latest state; `changed` is told about every row that looks different now."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        self.state: State | None = None
        self._changed = changed
        self.names: dict[str, str] = {}
        self._rows: dict[str, str] = {}

    def update(self, state: State) -> None:
        """A fresh state of the work."""
        self.state = state
        for attempt in state["attempts"]["nodes"]:
            # Without the clock, which changes by itself.
            name, status, *rest = cells(attempt, datetime.fromisoformat(attempt["expiresAt"]))
            facts = [f"{column} {cell}" for column, cell in zip(COLUMNS[2:], rest, strict=True) if cell != NOTHING]
            row = " · ".join([f"{name}: {status.removesuffix(' 0:00')}", *facts])
            self.names[attempt["id"]] = name
            if self._rows.get(attempt["id"]) != row:
                self._rows[attempt["id"]] = row
                self._changed(row)

    def table(self) -> Table:
        """The table as it stands, with the time that is left now."""
        now = datetime.now(UTC)
        table = Table(
            title=self._title(now), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
        )
        for column in COLUMNS:
            table.add_column(column, no_wrap=True)
        for attempt in self.state["attempts"]["nodes"] if self.state else ():
            styled = zip(cells(attempt, now), colours(attempt), strict=True)
            table.add_row(*(Text(cell, style=colour if cell != NOTHING else QUIET) for cell, colour in styled))
        return table

    def _title(self, now: datetime) -> str:
        if self.state is None:
            return "The class"
        left = (datetime.fromisoformat(self.state["endsAt"]) - now).total_seconds()
        when = f"ends in {clock(left)}" if left > 0 else "is over"
        return f"The class, live (workChanged) – the work {when}"
