"""The slice of the design, over real HTTP and WebSocket."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from picrete_gql.commands.client import Client
from tests import images
from tests.support.house import House

TASK = {
    "title": "Масса воды",
    "maxPoints": "10",
    "variants": [
        {"content": f"Найдите массу {n} моль воды", "referenceAnswer": str(18 * n), "units": "г"} for n in (1, 2)
    ],
}
LIVE = """subscription($id: ID!) { attemptChanged(id: $id) {
  status photos { number status uploadSource reading { text engine blocks { id text polygon } } }
  submission { id status ocrStatus precheckStatus version grade { finalPoints } proposal { points engine } }
} }"""


async def course_of(house: House, teacher: Client) -> dict[str, Any]:
    """A course with a teacher and a code for students."""
    admin = await house.admin()
    me = (await teacher.run("{ me { id } }"))["me"]["id"]
    made = await admin.do("courseCreate", "course { id slug }", {"slug": "chem", "title": "Химия", "teacherId": me})
    invite = await teacher.do("inviteRotate", "code", {"courseId": made["course"]["id"], "role": "STUDENT"})
    return {**made["course"], "code": invite["code"]}


async def work_of(teacher: Client, course_id: str, **changes: Any) -> str:
    """A published work that is open now; its id."""
    now = datetime.now(UTC)
    facts = {
        "courseId": course_id,
        "kind": "CONTROL",
        "title": "Контрольная",
        "startsAt": (now - timedelta(minutes=1)).isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "durationMinutes": 30,
        **changes,
    }
    work = (await teacher.do("workCreate", "work { id }", facts))["work"]["id"]
    await teacher.do("taskAdd", "task { id criteria { name maxPoints } }", {"workId": work, "task": TASK})
    await teacher.do("workPublish", "work { status }", {"id": work})
    return str(work)


async def until(stream: Any, done: Any, seconds: float = 30) -> list[dict[str, Any]]:
    """The results of a stream up to the first that is wanted."""
    seen = []
    async with asyncio.timeout(seconds):
        async for data in stream:
            seen.append(data["attemptChanged"])
            if done(seen[-1]):
                return seen
    raise AssertionError("the stream ended")


async def test_a_photographed_work_is_read_reviewed_prechecked_and_graded(house: House) -> None:
    teacher, student = await house.person("teacher"), await house.person("student")
    course = await course_of(house, teacher)
    await student.do("courseJoin", "membership { roles }", {"code": course["code"]})
    work = await work_of(teacher, course["id"])
    attempt = (await student.do("attemptStart", "attempt { id }", {"workId": work}))["attempt"]["id"]
    async with teacher.socket() as eyes, student.socket() as own:
        teachers, students = eyes.watch(LIVE, id=attempt), own.watch(LIVE, id=attempt)
        first = (await anext(teachers))["attemptChanged"]
        assert first["photos"] == [] and first["submission"] is None
        photo = await student.upload(attempt, "page.jpg", images.jpeg(images.page()), "id number status")
        assert photo["number"] == 1
        seen = await until(teachers, lambda a: a["photos"] and a["photos"][0]["status"] == "PENDING")
        assert seen[-1]["photos"][0]["uploadSource"] == "WEB"
        await student.do("attemptSubmit", "attempt { status }", {"id": attempt})
        seen = await until(teachers, lambda a: a["submission"]["ocrStatus"] == "IN_REVIEW")
        assert seen[-1]["photos"][0]["reading"]["blocks"]
        await student.do("pageApprove", "photo { review { verdict } }", {"id": photo["id"]})
        await student.do("reviewFinalise", "submission { status }", {"attemptId": attempt, "decision": "SUBMIT"})
        seen = await until(teachers, lambda a: a["submission"]["status"] == "PRELIMINARY")
        submission = seen[-1]["submission"]
        assert submission["proposal"]["points"] is not None
        mine = await until(students, lambda a: a["submission"] and a["submission"]["status"] == "PRELIMINARY")
        assert mine[-1]["submission"]["proposal"] is None and mine[-1]["submission"]["grade"] is None
        marked = {"submissionId": submission["id"], "version": submission["version"]}
        await teacher.do("gradeApprove", "submission { status }", marked)
        mine = await until(students, lambda a: a["submission"]["grade"])
        assert mine[-1]["submission"]["grade"]["finalPoints"] == submission["proposal"]["points"]
        assert mine[-1]["status"] == "GRADED"
