"""A class at the product's front door, and what the database says afterwards."""

import asyncio
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from picrete_gql.commands.client import Client
from tests import images
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import House

TASK = {
    "title": "Масса воды",
    "maxPoints": "10",
    "variants": [{"content": f"{n} моль воды", "referenceAnswer": str(18 * n), "units": "г"} for n in (1, 2)],
}
STATE = """query($id: ID!) { attempt(id: $id) { status photos { id status }
  submission { id status ocrStatus precheckStatus version } } }"""


@dataclass
class Crowd:
    """One house with its providers, a course in it, and the people who work there."""

    house: House
    ocr: DatalabServer
    llm: OpenAiServer
    teacher: Client
    course: str
    code: str
    students: dict[str, Client] = field(default_factory=dict)

    @classmethod
    async def gather(cls, house: House, ocr: DatalabServer, llm: OpenAiServer) -> "Crowd":
        """A course with a teacher."""
        teacher, admin = await house.person("teacher"), await house.admin()
        me = (await teacher.run("{ me { id } }"))["me"]["id"]
        made = await admin.do("courseCreate", "course { id }", {"slug": "chem", "title": "Химия", "teacherId": me})
        course = made["course"]["id"]
        invite = await teacher.do("inviteRotate", "code", {"courseId": course, "role": "STUDENT"})
        return cls(house, ocr, llm, teacher, course, invite["code"])

    async def student(self, name: str) -> Client:
        """A member of the course, signed in."""
        if name not in self.students:
            client = await self.house.person(name)
            await client.do("courseJoin", "membership { id }", {"code": self.code})
            self.students[name] = client
        return self.students[name]

    async def work(self, **changes: Any) -> str:
        """A published work that is open now."""
        now = datetime.now(UTC)
        times = {"startsAt": now - timedelta(minutes=1), "endsAt": now + timedelta(hours=1)}
        facts = {"courseId": self.course, "kind": "CONTROL", "title": "Контрольная", "durationMinutes": 30}
        facts |= {key: value.isoformat() for key, value in times.items()}
        work = (await self.teacher.do("workCreate", "work { id }", {**facts, **changes}))["work"]["id"]
        await self.teacher.do("taskAdd", "task { id }", {"workId": work, "task": TASK})
        await self.teacher.do("workPublish", "work { id }", {"id": work})
        return str(work)

    async def attempt(self, name: str, work: str, pages: int = 1, *, submit: bool = True) -> str:
        """Somebody's attempt with so many pages, handed in."""
        client = await self.student(name)
        started = await client.do("attemptStart", "attempt { id }", {"workId": work})
        id = str(started["attempt"]["id"])
        for page in range(pages):
            body = images.jpeg(images.page(f"{name} {work} {page}", (200, 260)))
            await client.upload(id, f"page-{page}.jpg", body)
        if submit:
            await client.do("attemptSubmit", "attempt { id }", {"id": id})
        return id

    async def state(self, id: str) -> dict[str, Any]:
        """An attempt as its teacher sees it."""
        found: dict[str, Any] = (await self.teacher.run(STATE, id=id))["attempt"]
        return found

    async def until(self, id: str, seconds: float = 90, **wanted: str) -> dict[str, Any]:
        """An attempt once its submission is as wanted."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    state = await self.state(id)
                    if state["submission"] and wanted.items() <= state["submission"].items():
                        return state
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise AssertionError(f"{id} never became {wanted}: {await self.state(id)}") from error

    async def finalise(self, name: str, id: str) -> None:
        """Its student approves every page and ends the review."""
        client = await self.student(name)
        for photo in (await self.state(id))["photos"]:
            await client.do("pageApprove", "photo { id }", {"id": photo["id"]})
        await client.do("reviewFinalise", "submission { id }", {"attemptId": id, "decision": "SUBMIT"})

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        """What the database says, past the product."""
        connection = await asyncpg.connect(self.house.settings.database.url)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    async def tickets(self) -> int:
        """How many pages have a place at the provider that a restart resumes."""
        [row] = await self.rows("SELECT count(*) AS n FROM photo WHERE ticket_id IS NOT NULL")
        return int(row["n"])

    def workers(self) -> list[subprocess.Popen[bytes]]:
        """The worker processes that live."""
        found = [process for process in self.house.processes if isinstance(process.args, list)]
        return [process for process in found if process.args[-1] == "worker" and process.poll() is None]

    async def ready(self) -> dict[str, str]:
        """What /readyz says, with its status."""
        answer = await self.teacher.http.get(self.house.url + "/readyz")
        return {**answer.json(), "http": str(answer.status_code)}

    async def ended_once(self, ids: list[str]) -> None:
        """Every attempt went through each stage once, and nothing was paid for twice."""
        for id in ids:
            uuid = id.removeprefix("attempt_")
            found = await self.rows("SELECT name, photo_id FROM event WHERE attempt_id = $1::text::uuid", uuid)
            names = [row["name"] for row in found]
            for once in ("attempt.submitted", "review.finalised", "grade.queued", "grade.proposed"):
                assert names.count(once) == 1, (once, names)
            for per_page in ("photo.uploaded", "photo.queued", "photo.read"):
                of = [row["photo_id"] for row in found if row["name"] == per_page]
                assert len(of) == len(set(of)) > 0, (per_page, names)
            readings = await self.rows("SELECT photo_id FROM reading WHERE attempt_id = $1::text::uuid", uuid)
            assert len({row["photo_id"] for row in readings}) == len(readings)
            running = "SELECT 1 FROM provider_run WHERE outcome = 'running' AND attempt_id = $1::text::uuid"
            assert await self.rows(running, uuid) == []
        assert set(self.ocr.files.values()) <= {1}, "a page was handed in twice"
        asked: dict[str, set[str]] = {}
        for call in self.llm.calls:
            asked.setdefault(str(call.idempotency_key), set()).add(str(call.body))
        assert all(len(bodies) == 1 for bodies in asked.values())
