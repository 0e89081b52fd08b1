"""JSONL for programs: one submission per line, names in English, times with their offset, points as numbers."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from .entry import Entry, Head, Line, Points
from .files import ensure_bytes


class JsonlFile:
    """A file of JSON objects in the making."""

    def __init__(self, path: Path, head: Head, most: int) -> None:
        self.path, self.most, self.head = path, most, head
        self.file = path.open("wb")

    def write(self, entries: Sequence[Entry]) -> None:
        """Add submissions."""
        for entry in entries:
            self.file.write(orjson.dumps(_whole(entry, self.head), option=orjson.OPT_APPEND_NEWLINE))
        self.file.flush()
        ensure_bytes([self.path], self.most)

    def close(self) -> None:
        """Nothing more will come."""
        self.file.close()

    abandon = close


def _whole(entry: Entry, head: Head) -> dict[str, Any]:
    submission, attempt = entry.submission, entry.attempt
    return {
        "submissionId": f"submission_{submission.id.hex}",
        "attemptId": f"attempt_{attempt.id.hex}",
        "workId": f"work_{submission.work_id.hex}",
        "work": head.title,
        "student": {
            "id": f"account_{entry.student_id.hex}",
            "fullName": entry.full_name,
            "username": entry.username,
            "identity": entry.identity or None,
        },
        "attempt": attempt.number,
        "status": submission.status,
        "ocrStatus": submission.ocr_status,
        "precheckStatus": submission.precheck_status,
        "flags": submission.flags,
        "startedAt": attempt.started_at,
        "submittedAt": attempt.submitted_at,
        "markedAt": entry.marked_at,
        "markedBy": entry.author or None,
        "releasedAt": submission.released_at,
        "maxPoints": _number(submission.max_points),
        "finalPoints": _number(submission.final_points),
        "aiPoints": _number(submission.ai_points),
        "aiEngine": submission.ai_engine,
        "feedback": submission.feedback,
        "aiFeedback": submission.ai_feedback,
        "criteria": [_line(line) for line in entry.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "task": line.task.number,
        "taskTitle": line.task.title,
        "variant": line.variant,
        "criterion": line.criterion.number,
        "name": line.criterion.name,
        "kind": line.criterion.kind,
        "maxPoints": _number(line.criterion.max_points),
        "source": line.source or None,
        "teacher": _points(line.teacher),
        "ai": _points(line.ai),
    }


def _points(given: Points | None) -> dict[str, Any] | None:
    if given is None:
        return None
    author = {"author": given.author} if given.author else {}
    return {"points": _number(given.points), "comment": given.comment, **author}


def _number(points: Decimal | None) -> float | None:
    # Two decimals come back unchanged from a float.
    return None if points is None else float(points)
