"""What one student hands in, and all that is said of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from picrete_gql.models import (
    Assignment,
    Attempt,
    AttemptStatus,
    CriterionScore,
    Issue,
    OcrStatus,
    Photo,
    PhotoStatus,
    PrecheckStatus,
    ProviderRun,
    Reading,
    Regrade,
    RegradeMessage,
    RegradeStatus,
    Review,
    RunKind,
    RunOutcome,
    ScoreChange,
    ScoreSource,
    Submission,
    SubmissionStatus,
    UploadSource,
    Verdict,
)
from tests.schema.shelves import train
from tests.schema.things import AI_POINTS, AI_SCORE, MARK_POINTS, MARK_SCORE, Paper, Person, Room, Rows


def paper(rows: Rows, room: Room, who: Person, *, size: int = 1, **facts: Any) -> Paper:
    """A marked, not yet released attempt with `size` photos, read, reviewed, prechecked; `facts` of the submission."""
    name, student_id = who.account.username, who.account.id
    place: dict[str, Any] = {"course_id": room.course.id, "student_id": student_id}
    start, end = rows.now - timedelta(minutes=30), rows.now + timedelta(minutes=30)
    times = {"started_at": start, "expires_at": end, "submitted_at": rows.now}
    attempt = rows.add(
        Attempt(
            **place,
            work_id=room.work.id,
            number=1,
            seed=1,
            draft={"text": f"PRIVATE-{name}-draft"},
            status=AttemptStatus.GRADED,
            **times,
        )
    )
    submission = rows.add(_submission({**place, "attempt_id": attempt.id, "work_id": room.work.id}, name, facts))
    made = Paper(attempt, submission)
    for task in room.tasks:
        drawn: dict[str, Any] = {"task_id": task.id, "variant_id": room.drawn(task).id, "number": task.number}
        made.assignments.append(rows.add(Assignment(**place, attempt_id=attempt.id, **drawn)))
    for number in range(1, size + 1):
        _photo(rows, made, {**place, "attempt_id": attempt.id}, number, name, size if number == 1 else 1)
    _scores(rows, room, made, {**place, "attempt_id": attempt.id}, size)
    _regrades(rows, room, made, name, size)
    # A classmate has no set, so that whatever they are told of the bank is somebody else's.
    if name != "classmate":
        made.sets, made.trained = train(rows, room, who)
    return made


def _submission(place: dict[str, Any], name: str, facts: dict[str, Any]) -> Submission:
    state: dict[str, Any] = {
        "status": SubmissionStatus.APPROVED,
        "ocr_status": OcrStatus.REPORTED,
        "precheck_status": PrecheckStatus.COMPLETED,
        "max_points": Decimal(999),
        "ai_points": AI_POINTS,
        "ai_engine": "SECRET-AI-engine",
        "ai_feedback": "SECRET-AI-feedback",
        "final_points": MARK_POINTS,
        "feedback": "MARK-feedback",
        "flags": [{"flag": "review_timeout", "reason": "SECRET-FLAG"}],
        "review_summary": f"PRIVATE-{name}-summary",
        **facts,
    }
    return Submission(**place, **state)


def _photo(rows: Rows, paper: Paper, place: dict[str, Any], number: int, name: str, issues: int) -> None:
    facts: dict[str, Any] = {"filename": f"PRIVATE-{name}-page.jpg", "source": UploadSource.WEB, "size": 1}
    state: dict[str, Any] = {"status": PhotoStatus.READY, "failure": "SECRET-FAILURE", "sha256": f"{number}"}
    photo = rows.add(Photo(**place, work_id=paper.attempt.work_id, number=number, **facts, **state))
    paper.photos.append(photo)
    here = {**place, "photo_id": photo.id}
    text, corner = f"PRIVATE-{name}-text", [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
    block = {"id": "/page/0/Text/0", "type": "Text", "text": text, "polygon": corner, "confidence": 0.9}
    engine: dict[str, Any] = {"engine": "datalab", "model": "accurate"}
    rows.add(Reading(**here, number=1, markdown=text, text=text, blocks=[block], **engine))
    said: dict[str, Any] = {**here, "author_id": place["student_id"]}
    rows.add(Review(**said, verdict=Verdict.REPORTED))
    for n in range(1, issues + 1):
        rows.add(Issue(**said, number=n, block_id="/page/0/Text/0", suggestion=f"PRIVATE-{name}-issue"))
    run: dict[str, Any] = {"photo_id": photo.id, "kind": RunKind.OCR, "number": 1, "owner": uuid4(), **engine}
    paper.runs.append(rows.add(ProviderRun(**place, **run, outcome=RunOutcome.DONE, detail="SECRET-DETAIL")))


def evidence(photo: UUID | None) -> dict[str, Any]:
    """A finding of the checks, as it is kept with a run: its quote is the student's, what it expected is not."""
    says = {"ru": "SECRET-EVIDENCE", "en": "SECRET-EVIDENCE"}
    where: dict[str, Any] = {"task": 1, "photo": photo and f"photo_{photo.hex}", "block": "/page/0/Text/0"}
    what = {"kind": "answer", "verdict": "wrong", "quote": "MARK-quote", "found": "MARK-found"}
    return {**what, **where, "expected": "SECRET-EXPECTED", "explanation": says}


def _scores(rows: Rows, room: Room, paper: Paper, place: dict[str, Any], size: int) -> None:
    here: dict[str, Any] = {**place, "submission_id": paper.submission.id}
    photo = paper.photos[0].id if paper.photos else None
    for criterion in room.criteria:
        given: dict[str, Any] = {**here, "criterion_id": criterion.id, "photo_id": photo}
        ai: dict[str, Any] = {"source": ScoreSource.AI, "points": AI_SCORE, "comment": "SECRET-AI-comment"}
        rows.add(CriterionScore(**given, **ai, quote="SECRET-AI-quote", errors=["SECRET-AI-error"]))
        mark: dict[str, Any] = {"source": ScoreSource.TEACHER, "points": MARK_SCORE, "comment": "MARK-comment"}
        rows.add(CriterionScore(**given, **mark, quote="MARK-quote", errors=["MARK-error"]))
    for n in range(size):
        change: dict[str, Any] = {"source": ScoreSource.TEACHER, "before": AI_POINTS, "after": MARK_POINTS}
        author = {"author_id": place["student_id"], "criterion_id": room.criteria[n % len(room.criteria)].id}
        rows.add(ScoreChange(**here, **change, **author, reason="SECRET-REASON"))
        run: dict[str, Any] = {"kind": RunKind.PRECHECK, "engine": "openai", "model": "SECRET-MODEL", "number": n + 1}
        said = {"answer": "SECRET-RAW", "prompt_hash": "SECRET-HASH", "evidence": [evidence(photo)] * size}
        paper.runs.append(rows.add(ProviderRun(**place, **run, **said, owner=uuid4(), outcome=RunOutcome.DONE)))


def _regrades(rows: Rows, room: Room, paper: Paper, name: str, size: int) -> None:
    """Open requests about so many criteria, the first with a thread, and an answered one."""
    of = paper.submission
    place: dict[str, Any] = {"course_id": of.course_id, "attempt_id": of.attempt_id, "student_id": of.student_id}
    here: dict[str, Any] = {**place, "work_id": of.work_id, "submission_id": of.id}
    photo = paper.photos[0].id if paper.photos else None
    for criterion in room.criteria[:size]:
        about: dict[str, Any] = {"task_id": criterion.task_id, "criterion_id": criterion.id, "photo_id": photo}
        where = {"polygon": [[0.1, 0.1], [0.9, 0.9]]} if photo else {}
        paper.regrades.append(rows.add(Regrade(**here, **about, **where, text=f"PRIVATE-{name}-regrade")))
    for _ in range(size):
        thread: dict[str, Any] = {**place, "regrade_id": paper.regrades[0].id, "author_id": of.student_id}
        paper.messages.append(rows.add(RegradeMessage(**thread, text=f"PRIVATE-{name}-thread")))
    points: dict[str, Any] = {"points_before": MARK_SCORE, "points_after": MARK_SCORE, "final_before": MARK_POINTS}
    points["final_after"] = MARK_POINTS
    said = {"answer": "MARK-answer", "status": RegradeStatus.ANSWERED, "closed_at": rows.now}
    last = room.criteria[0]
    about = {"task_id": last.task_id, "criterion_id": last.id, "answered_by": of.student_id}
    paper.regrades.append(rows.add(Regrade(**here, **about, **points, **said, text=f"PRIVATE-{name}-regrade")))
