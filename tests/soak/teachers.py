"""Teachers: a lesson after the other, each with a work that they watch live and mark as it comes in."""

import asyncio
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from picrete_gql.commands.client import Refused
from tests.faults.crowd import TASK
from tests.soak.people import GaveUp, Human, done_if
from tests.soak.students import Student
from tests.soak.watching import Feed, Watch

CLASS = """subscription($id: ID!) { workChanged(id: $id) { attempts(first: 200) { nodes {
  id status submission { id status version maxPoints proposal { points } grade { finalPoints } } } } } }"""
FEED = (
    "subscription($id: ID!, $after: String) { workActivity(id: $id, after: $after) { cursor name attemptId photoId } }"
)
ONE = "query($id: ID!) { node(id: $id) { ... on Submission { status version grade { finalPoints } } } }"

# The views of so many lessons stay open.
LOOKING = 2


@dataclass
class Teacher(Human):
    """One teacher with a course."""

    course: str = ""
    code: str = ""
    pupils: list[Student] = field(default_factory=list)
    views: list[tuple[str, Watch]] = field(default_factory=list)
    feeds: list[tuple[str, Feed]] = field(default_factory=list)
    current: list[list[Watch]] = field(default_factory=list)
    gone: list[Student] = field(default_factory=list)

    async def lesson(self, number: int) -> list[tuple[str, Watch]]:
        """Publish a work, let everybody write it, mark all; the students' watchers, which go on looking."""
        title = f"Работа {self.name[-1]}.{number}"
        work = await self._work(title)
        view = Watch(self, CLASS, stream=number % 2 == 0, id=work)
        feed = Feed(self, FEED, stream=number % 2 == 1, id=work)
        self.views.append((work, view))
        self.feeds.append((work, feed))
        marking = asyncio.create_task(self._mark(view))
        # The feed begins with what happens from now on: once it stands, something may happen.
        await asyncio.sleep(0.5)
        watches = await asyncio.gather(*(pupil.write(work, title) for pupil in self.pupils), return_exceptions=True)
        marking.cancel()
        await asyncio.gather(marking, return_exceptions=True)
        found = [(str(watch.variables["id"]), watch) for watch in watches if isinstance(watch, Watch)]
        for error in watches:
            if isinstance(error, BaseException) and not isinstance(error, GaveUp):
                self.ledger.fault(f"a student fell over: {''.join(traceback.format_exception(error)[-3:])}")
        self.current.append([view, feed, *(watch for _, watch in found)])
        # What one has marked changes no more: who goes on looking would only be one more connection.
        for watch in self.current.pop(0) if len(self.current) > LOOKING else ():
            await watch.stop()
        return found

    async def _work(self, title: str) -> str:
        now = datetime.now(UTC)
        times = {"startsAt": now - timedelta(minutes=1), "endsAt": now + timedelta(hours=6)}
        facts: dict[str, Any] = {"courseId": self.course, "kind": "HOMEWORK", "title": title}
        facts |= {key: value.isoformat() for key, value in times.items()}
        # Whether an unanswered one was made nobody knows: another is made then, and the first stays a draft.
        work = (await self.do("workCreate", "work { id }", **facts))["work"]["id"]
        await self.do("taskAdd", "task { id }", workId=work, task=TASK)
        await self.do("workPublish", "work { id }", done_if("CONFLICT"), id=work)
        self.ledger.works.append(str(work))
        return str(work)

    async def _mark(self, view: Watch) -> None:
        """Whatever is to be marked, for as long as the lesson lasts."""
        while True:
            await view.news.wait()
            view.news.clear()
            for attempt in self._ready(view.last):
                try:
                    await self._one(attempt["submission"])
                except (GaveUp, Refused) as error:
                    self.ledger.fault(f"{self.name} could not mark {attempt['id']}: {error!r}")
                    self.ledger.marks.setdefault(attempt["submission"]["id"], Decimal(-1))

    def _ready(self, work: Any) -> Sequence[Any]:
        found = [node for node in work["attempts"]["nodes"] if node["submission"]]
        ready = [node for node in found if node["submission"]["status"] in ("PRELIMINARY", "FLAGGED")]
        return [node for node in ready if node["submission"]["id"] not in self.ledger.marks]

    async def _one(self, submission: Any) -> None:
        given: dict[str, Any] = {"submissionId": submission["id"], "version": submission["version"]}
        points = Decimal(submission["proposal"]["points"]) if submission["proposal"] else None

        async def mine(refused: Refused) -> Any:
            # An earlier try was not answered, but it had happened.
            found = (await self.ask(ONE, id=submission["id"]))["node"]
            return {"submission": found} if found["grade"] and found["version"] > submission["version"] else None

        await self.think(0.5)
        if points is not None and self.chance.random() < 0.7:
            await self.do("gradeApprove", "submission { id }", mine, **given)
        else:
            points = Decimal(self.chance.randrange(0, 100)) / 10
            words = {"points": str(points), "comment": "Проверено вручную"}
            await self.do("gradeOverride", "submission { id }", mine, **given, **words)
        self.ledger.marks[submission["id"]] = points


async def open_course(teacher: Teacher, admin: Human, number: int) -> None:
    """A course for a teacher, with a code for its students."""
    me = await teacher.register()
    facts = {"slug": f"soak-{number}", "title": f"Химия {number}", "teacherId": me}

    async def there(refused: Refused) -> Any:
        found = await admin.ask("query($s: String!) { courseBySlug(slug: $s) { id } }", s=facts["slug"])
        return {"course": found["courseBySlug"]}

    teacher.course = (await admin.do("courseCreate", "course { id }", there, **facts))["course"]["id"]
    teacher.code = (await teacher.do("inviteRotate", "code", courseId=teacher.course, role="STUDENT"))["code"]
