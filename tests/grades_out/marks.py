"""Marks put straight into the database, so that every figure can be computed by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from picrete_gql.call import Actor, Context
from picrete_gql.models import (
    Assignment,
    Attempt,
    AttemptStatus,
    Criterion,
    CriterionScore,
    ScoreSource,
    Submission,
    SubmissionStatus,
    Task,
    Variant,
)
from tests.schema import rows as plain
from tests.schema.rows import Rows
from tests.support.world import World

Given = Sequence[str] | None


@dataclass
class Marked:
    """A work of two tasks: the first of the criteria A (4) and B (2), the second of C (4); two variants each."""

    world: World
    rows: Rows = field(default_factory=Rows)

    def __post_init__(self) -> None:
        self.room = plain.room(self.rows, "marked", self.world.runtime.settings.auth)
        self.teacher = plain.member(self.rows, self.room, plain.person(self.rows, "tess"), plain.Role.TEACHER)
        self.work = self.room.draft
        place: dict[str, Any] = {"course_id": self.room.course.id, "work_id": self.work.id}
        # The draft that the room brings along has a task of its own, which is none of ours.
        self.rows.rows = [row for row in self.rows.rows if row.__tablename__ != "task_template"]
        self.rows.rows.remove(self.room.draft_task)
        self.tasks, self.criteria, self.variants = [], [], []
        for number, most in ((1, ("4", "2")), (2, ("4",))):
            points = sum(map(Decimal, most))
            task = self.rows.add(Task(**place, number=number, title=f"Task {number}", max_points=points))
            self.tasks.append(task)
            for line, one in enumerate(most, 1):
                facts: dict[str, Any] = {"task_id": task.id, "number": line, "max_points": Decimal(one)}
                self.criteria.append(self.rows.add(Criterion(**place, **facts, name=f"Line {line}")))
            for variant in (1, 2):
                made = Variant(**place, task_id=task.id, number=variant, content="?")
                self.variants.append(self.rows.add(made))

    def student(self, name: str) -> Any:
        """One more student."""
        return plain.member(self.rows, self.room, plain.person(self.rows, name), plain.Role.STUDENT)

    def mark(self, who: Any, final: str | None, scores: Given = None, ai: Given = None, **more: Any) -> Submission:
        """A submission; `ai_points`, `status`, `number` and `variant` in `more`. Scores in the order of the rubric."""
        place: dict[str, Any] = {"course_id": self.room.course.id, "student_id": who.account.id}
        now = self.rows.now
        times = {"started_at": now, "expires_at": now + timedelta(hours=1), "submitted_at": now}
        facts: dict[str, Any] = {"number": more.get("number", 1), "seed": 1, "status": AttemptStatus.GRADED}
        attempt = self.rows.add(Attempt(**place, work_id=self.work.id, **facts, **times))
        for task in self.tasks:
            drawn = next(v for v in self.variants if v.task_id == task.id and v.number == more.get("variant", 1))
            here: dict[str, Any] = {"attempt_id": attempt.id, "task_id": task.id, "variant_id": drawn.id}
            self.rows.add(Assignment(**place, **here, number=task.number))
        total = more.get("ai_points", str(sum(map(Decimal, ai))) if ai else None)
        made = self.rows.add(
            Submission(
                **place,
                attempt_id=attempt.id,
                work_id=self.work.id,
                status=more.get("status", SubmissionStatus.APPROVED),
                max_points=Decimal(10),
                final_points=final and Decimal(final),
                ai_points=total and Decimal(total),
            )
        )
        for source, given in ((ScoreSource.TEACHER, scores), (ScoreSource.AI, ai)):
            for criterion, points in zip(self.criteria, given or (), strict=bool(given)):
                where: dict[str, Any] = {"submission_id": made.id, "attempt_id": attempt.id, "source": source}
                self.rows.add(CriterionScore(**place, **where, criterion_id=criterion.id, points=Decimal(points)))
        return made

    async def stored(self) -> Context:
        """Write everything; the teacher's context."""
        await self.rows.store(self.world.runtime)
        return Context(self.world.runtime, Actor(self.teacher.account.id))


def small(world: World) -> Marked:
    """Eight students, whose figures the tests know by hand."""
    made = Marked(world)
    made.mark(made.student("s1"), "10", ("4", "2", "4"), ("4", "2", "3"))
    made.mark(made.student("s2"), "6", ("3", "1", "2"), ("3", "1", "2"), variant=2)
    made.mark(made.student("s3"), "4", ("2", "2", "0"), ("2", "1", "1"))
    made.mark(made.student("s4"), "8", ai_points="7", variant=2)
    made.mark(made.student("s5"), "0")
    again = made.student("s6")
    made.mark(again, "9", ai_points="9", variant=2)
    made.mark(again, "5", ("2", "1", "2"), number=2, variant=2)
    made.mark(again, None, number=3, status=SubmissionStatus.REJECTED)
    made.mark(made.student("s7"), None, ai=("4", "2", "4"), status=SubmissionStatus.REJECTED)
    made.mark(made.student("s8"), None, ai=("4", "2", "4"), status=SubmissionStatus.PRELIMINARY)
    return made
