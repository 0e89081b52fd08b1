"""What a teacher does, through the public API only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from picrete_gql.commands.client import Client, Socket
from picrete_gql.commands.demo import documents
from picrete_gql.commands.demo.board import number
from picrete_gql.commands.demo.failed import expect
from picrete_gql.commands.demo.screen import Screen
from picrete_gql.commands.demo.watch import State, Watch
from picrete_gql.commands.examples import Examples, Picture

EQUATION = "уравн"
BY = {"job": "the worker"}


@dataclass
class Teacher:
    """The one who runs the work and watches the class."""

    name: str
    client: Client
    screen: Screen
    work: str = ""
    events: list[State] = field(default_factory=list)
    view: Watch | None = None
    feed: Watch | None = None

    @property
    def watch(self) -> Watch:
        """The live view of the whole class."""
        assert self.view is not None
        return self.view

    async def publish(self, course: str, given: Examples, ends_at: datetime) -> None:
        """Make the work with its tasks, rubrics and variants, and publish it. Marks are released by hand."""
        facts = {
            "courseId": course,
            "kind": "CONTROL",
            "title": given.work["title"],
            "description": given.work["description"],
            "startsAt": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(),
            "endsAt": ends_at.isoformat(),
            "durationMinutes": given.work["duration_minutes"],
            "release": "MANUAL",
        }
        self.work = (await self.client.do("workCreate", "work { id }", facts))["work"]["id"]
        for task in given.tasks():
            made = await self.client.do("taskAdd", "task { criteria { name } }", {"workId": self.work, "task": task})
            expect(made["task"]["criteria"], f"task {task['title']} has no rubric")
        done = await self.client.do("workPublish", "work { status tasks { variants { id } } }", {"id": self.work})
        tasks = done["work"]["tasks"]
        variants = sum(len(task["variants"]) for task in tasks)
        self.screen.step(self.name, f"published «{facts['title']}»: {len(tasks)} tasks, {variants} variants, rubrics")

    async def open_views(self, socket: Socket) -> None:
        """Watch the whole class and everything that happens in it."""
        self.feed = Watch(socket.watch(documents.ACTIVITY_LIVE, id=self.work), self._happened)
        self.view = Watch(socket.watch(documents.CLASS_LIVE, id=self.work), self.screen.board.update)
        await self.watch.until(lambda state: state["status"] in ("PUBLISHED", "ACTIVE"), "the class list")
        self.screen.step(self.name, "opened the class list (workChanged) and the feed (workActivity)")

    async def extend(self, attempt: str, minutes: int) -> datetime:
        """Give one student more time; the new end."""
        given = {"id": attempt, "minutes": minutes}
        done = await self.client.do("attemptExtend", "attempt { expiresAt extraMinutes }", given)
        expect(done["attempt"]["extraMinutes"] == minutes, f"the extra time is {done['attempt']}")
        return datetime.fromisoformat(done["attempt"]["expiresAt"])

    async def failures(self, attempt: str) -> str:
        """Why pages could not be read; students are not told."""
        seen = await self.client.run(documents.FAILURES, id=attempt)
        return "; ".join(f"page {photo['number']}: {photo['failure']}" for photo in seen["attempt"]["photos"])

    async def until_proposed(self, name: str, seconds: float) -> State:
        """Wait, by the live view, until points are proposed for a student; the submission."""
        state = await self.watch.until(
            lambda state: (of(state, name)["submission"] or {}).get("status") in ("PRELIMINARY", "FLAGGED"),
            f"a precheck of {name}", seconds,
        )  # fmt: skip
        submission: State = of(state, name)["submission"]
        expect(submission["status"] == "PRELIMINARY", f"the precheck of {name} failed: {submission['flags']}")
        expect(submission["proposal"], f"no points are proposed for {name}")
        return submission

    async def approve(self, name: str, submission: State) -> None:
        """Make the proposal the mark."""
        given = {"submissionId": submission["id"], "version": submission["version"]}
        selection = "submission { status grade { finalPoints } proposal { points engine } }"
        done = (await self.client.do("gradeApprove", selection, given))["submission"]
        points = done["grade"]["finalPoints"]
        expect(done["status"] == "APPROVED" and points == done["proposal"]["points"], f"approving gave {done}")
        engine = done["proposal"]["engine"]
        self.screen.step(self.name, f"approved {number(points)} points for {name}, as {engine} proposed")

    async def override(self, name: str, submission: State, sent: Sequence[Picture]) -> None:
        """Give own points for every criterion, after looking at the pages."""
        tasks = (await self.client.run(documents.RUBRIC, id=self.work))["work"]["tasks"]
        scores = own_scores(tasks, {picture.task: picture for picture in sent})
        points = sum((Decimal(score["points"]) for score in scores), Decimal(0))
        wrong = [picture.mistake for picture in sent if picture.mistake]
        given = {
            "submissionId": submission["id"],
            "version": submission["version"],
            "points": str(points),
            "comment": " ".join(wrong) or "Всё верно.",
            "scores": scores,
        }
        selection = "submission { status grade { finalPoints scores { points } } proposal { points } }"
        done = (await self.client.do("gradeOverride", selection, given))["submission"]
        expect(Decimal(done["grade"]["finalPoints"]) == points, f"overriding with {points} gave {done['grade']}")
        expect(len(done["grade"]["scores"]) == len(scores), "the teacher's scores were not kept")
        was = number(done["proposal"]["points"])
        self.screen.step(self.name, f"overrode {was} with {number(points)} points for {name}, by criterion")

    def _happened(self, event: State) -> None:
        self.events.append(event)
        who = (event["actor"] or {}).get("fullName") or BY.get(event["door"], event["door"])
        at = datetime.fromisoformat(event["at"]).astimezone()
        self.screen.happened(at, event["name"], about=event["attemptId"], by=str(who))


def of(state: State, name: str) -> State:
    """A student's attempt in the state of the class."""
    attempts: list[State] = state["attempts"]["nodes"]
    return next(attempt for attempt in attempts if attempt["student"]["fullName"] == name)


def own_scores(tasks: Sequence[State], pictures: Mapping[int, Picture]) -> list[dict[str, Any]]:
    """`ScoreInput`s by what the teacher sees: a wrong equation costs the notation, another mistake the calculation."""
    scores: list[dict[str, Any]] = []
    for task in tasks:
        mistake = pictures[task["number"]].mistake if task["number"] in pictures else "Решения нет."
        costs = "NOTATION" if EQUATION in (mistake or "").lower() else "CALCULATION"
        for criterion in task["criteria"]:
            lost = mistake is not None and (criterion["kind"] == costs or task["number"] not in pictures)
            points = "0" if lost else criterion["maxPoints"]
            scores.append({"criterionId": criterion["id"], "points": points, "comment": mistake if lost else ""})
    return scores
