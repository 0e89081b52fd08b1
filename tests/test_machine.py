"""The state machines: whatever is done in whatever order, no attempt and no submission leaves the table."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from picrete_gql.models import (
    Attempt,
    AttemptStatus,
    Decision,
    Flag,
    OcrStatus,
    PhotoStatus,
    Submission,
    Verdict,
    Work,
    WorkKind,
    WorkStatus,
)
from picrete_gql.models import PrecheckStatus as Precheck
from picrete_gql.models import SubmissionStatus as Status
from picrete_gql.problems import Conflict, Problem, VersionConflict
from picrete_gql.rules import attempts as deadlines
from picrete_gql.rules import submissions as machine
from picrete_gql.rules import works
from picrete_gql.settings import Attempts, Review
from tests.attempts.table import HUMAN, TABLE, mark, statuses

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def work_of(kind: WorkKind = WorkKind.CONTROL, **facts: Any) -> Work:
    """A work for the rules; not stored."""
    plain: dict[str, Any] = {"ocr": True, "precheck": True, "duration_minutes": 60, "max_attempts": 1}
    plain |= {"starts_at": NOW, "ends_at": NOW + timedelta(hours=3), "title": "", "status": WorkStatus.ACTIVE}
    return Work(course_id=uuid4(), kind=kind, **{**plain, **facts})


class Handling(RuleBasedStateMachine):
    """One submission in the hands of jobs, a student, teachers and the clock, each doing anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.closed = self.handed_in = False
        self.worker: UUID | None = None
        self.of = Submission(
            course_id=uuid4(), attempt_id=uuid4(), work_id=uuid4(), student_id=uuid4(), max_points=Decimal(10)
        )

    @initialize(pages=st.integers(0, 3), processing=st.sampled_from([(True, True), (True, False), (False, False)]))
    def begin(self, pages: int, processing: tuple[bool, bool]) -> None:
        self.work = work_of(ocr=processing[0], precheck=processing[1])
        self.pages = [PhotoStatus.PENDING] * pages
        self.verdicts: dict[int, Verdict | None] = dict.fromkeys(range(1, pages + 1))

    def job(self, step: Callable[[], Any]) -> Any:
        """What a machine does: a human's mark is the same afterwards."""
        before, marked = mark(self.of), self.of.status in HUMAN
        result = self.checked(step)
        assert not marked or mark(self.of) == before, "a job changed a human's mark"
        return result

    def person(self, step: Callable[[], Any]) -> bool:
        """What a person asks for; refused or done, never by half."""
        before = (statuses(self.of), mark(self.of), list(self.of.flags))
        try:
            self.checked(step)
        except Problem:
            assert (statuses(self.of), mark(self.of), list(self.of.flags)) == before, "a refusal left a trace"
            return False
        return True

    def checked(self, step: Callable[[], Any]) -> Any:
        before, version = statuses(self.of), self.of.version
        result = step()
        assert statuses(self.of) == before or self.of.version > version, "a change without a new version"
        return result

    @rule()
    def close(self) -> None:
        """The attempt ends; a photo that is still on its way may hold the hand-in back."""
        self.closed = True

    @precondition(lambda self: self.closed)
    @rule()
    def hand_in(self) -> None:
        if not self.handed_in and self.of.ocr_status is OcrStatus.PENDING:
            self.job(lambda: machine.handed_in(self.of, self.work, len(self.pages)))
            self.handed_in = True

    @precondition(lambda self: self.handed_in and self.work.ocr)
    @rule(page=st.integers(0, 2), end=st.sampled_from([PhotoStatus.READY, PhotoStatus.READY, PhotoStatus.FAILED]))
    def read(self, page: int, end: PhotoStatus) -> None:
        if page < len(self.pages) and self.pages[page] is PhotoStatus.PENDING and self.of.status not in HUMAN:
            self.job(lambda: machine.reading_begins(self.of))
            self.pages[page] = end
            self.job(lambda: machine.page_ended(self.of, self.work.kind, self.pages, Review(), self.now))

    @rule(page=st.integers(1, 3), verdict=st.sampled_from(Verdict))
    def look_at_a_page(self, page: int, verdict: Verdict) -> None:
        if page in self.verdicts and self.person(lambda: machine.ensure_in_review(self.of)):
            self.verdicts[page] = verdict

    @rule(decision=st.sampled_from(Decision), summary=st.sampled_from(["", "words"]))
    def finalise(self, decision: Decision, summary: str) -> None:
        verdicts = dict(self.verdicts)
        if self.person(lambda: machine.finalise_review(self.of, self.work, decision, verdicts, summary, self.now)):
            assert None not in verdicts.values()
            assert (Verdict.REPORTED in verdicts.values()) is (decision is Decision.REPORT)

    @rule(minutes=st.integers(1, 200))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.job(lambda: machine.review_timed_out(self.of, self.work, self.now))

    @rule()
    def worker_takes(self) -> None:
        if self.job(lambda: machine.precheck_begins(self.of)):
            self.worker = self.of.lease_owner = uuid4()
            self.of.lease_until = self.now + timedelta(minutes=1)

    @rule(end=st.sampled_from([None, None, Flag.PRECHECK_FAILED, Flag.UNREADABLE]))
    def worker_reports(self, end: Flag | None) -> None:
        # Only the owner of the lease may report; a mark takes the lease away.
        if self.worker is not None and self.of.lease_owner == self.worker:
            self.job(lambda: machine.precheck_ends(self.of, failed=end, reason="why"))
            self.of.ai_points = Decimal(5) if end is None else self.of.ai_points

    @precondition(lambda self: self.closed)
    @rule(status=st.sampled_from(HUMAN), stale=st.booleans())
    def teacher_marks(self, status: Status, stale: bool) -> None:
        def step() -> None:
            machine.ensure_version(self.of, self.of.version - stale)
            self.of.final_points = Decimal(7) if status is Status.APPROVED else None
            machine.human_marks(self.of, status)

        assert self.person(step) is not stale

    @rule()
    def ask_again(self) -> None:
        self.person(lambda: machine.queue_again(self.of, self.now))

    @rule()
    def read_again(self) -> None:
        if self.person(lambda: machine.read_again(self.of)):
            self.pages = [PhotoStatus.PENDING] * len(self.pages)

    @invariant()
    def stays_in_the_table(self) -> None:
        assert statuses(self.of) in TABLE

    @invariant()
    def a_lease_means_a_precheck(self) -> None:
        if self.of.precheck_status not in (Precheck.QUEUED, Precheck.PROCESSING):
            assert self.of.lease_owner is None and self.of.lease_until is None and self.of.retry_at is None

    @invariant()
    def a_deadline_means_a_review(self) -> None:
        in_review = self.of.ocr_status is OcrStatus.IN_REVIEW and self.of.status is Status.UPLOADED
        assert (self.of.review_deadline is not None) is in_review

    @invariant()
    def flags_are_raised_once(self) -> None:
        names = [item["flag"] for item in self.of.flags]
        assert len(names) == len(set(names))

    def teardown(self) -> None:
        """Nothing waits for ever: with the jobs and the clock alone everything comes to an end."""
        if not hasattr(self, "work"):
            return
        self.closed = True
        self.hand_in()
        for page in range(len(self.pages)):
            if self.work.ocr:
                self.read(page, PhotoStatus.READY)
        self.time_passes(24 * 60 + 1)
        self.worker_takes()
        self.worker_reports(None)
        assert self.of.status in (*HUMAN, Status.PRELIMINARY, Status.FLAGGED)


TestHandling = Handling.TestCase
TestHandling.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)

TIMES = st.integers(-500, 1000).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(
    kind=st.sampled_from(WorkKind), started=TIMES, duration=st.integers(1, 1440), extra=st.integers(0, 1440), now=TIMES
)
@settings(max_examples=200, deadline=None)
def test_an_attempt_ends_when_it_must(
    kind: WorkKind, started: datetime, duration: int, extra: int, now: datetime
) -> None:
    work = work_of(kind, duration_minutes=duration if kind is WorkKind.CONTROL else None)
    ends = deadlines.ends_at(work, started, extra)
    own = [work.ends_at] + ([started + timedelta(minutes=duration)] if kind is WorkKind.CONTROL else [])
    assert ends == min(own) + timedelta(minutes=extra)
    attempt = Attempt(status=AttemptStatus.ACTIVE, expires_at=ends)
    due = deadlines.is_due(attempt, now)
    assert due is (now >= ends)
    if due:
        with pytest.raises(deadlines.DeadlinePassed):
            deadlines.ensure_open(attempt, now)
    else:
        deadlines.ensure_open(attempt, now)
    for closed in (AttemptStatus.SUBMITTED, AttemptStatus.EXPIRED, AttemptStatus.GRADED):
        attempt.status = closed
        assert not deadlines.is_due(attempt, now)
        with pytest.raises(deadlines.AttemptClosed):
            deadlines.ensure_open(attempt, now)
    grace = deadlines.grace(Attempts(), kind)
    assert grace == timedelta(seconds=300 if kind is WorkKind.CONTROL else 0)


@given(status=st.sampled_from(WorkStatus), now=TIMES, used=st.integers(0, 4), most=st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_a_start_is_possible_exactly_when_it_should_be(status: WorkStatus, now: datetime, used: int, most: int) -> None:
    work = work_of(status=status, max_attempts=most)
    possible = status in works.OPEN and work.starts_at <= now < work.ends_at and used < most
    try:
        deadlines.ensure_can_start(work, now, used)
    except deadlines.WorkNotStarted:
        assert now < work.starts_at and not possible
    except deadlines.DeadlinePassed:
        assert now >= work.ends_at and not possible
    except deadlines.AttemptsExhausted:
        assert used >= most and not possible
    except Conflict:
        assert status not in works.OPEN and not possible
    else:
        assert possible


def test_a_stale_version_is_told_the_current_one() -> None:
    submission = Submission(
        course_id=uuid4(), attempt_id=uuid4(), work_id=uuid4(), student_id=uuid4(), max_points=Decimal(1), version=4
    )
    with pytest.raises(VersionConflict) as stale:
        machine.ensure_version(submission, 3)
    assert stale.value.current_version == 4
