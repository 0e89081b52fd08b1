"""Requests over real HTTP and WebSocket: both sides see every step live, and nothing once they may not see it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from picrete_gql.commands.client import Client, Refused
from tests import images
from tests.support.house import House
from tests.test_story import course_of, work_of

REQUEST = """status text messages { side text author { username } }
  answer { text pointsBefore pointsAfter finalBefore finalAfter author { username } }"""
OWN = f"""subscription($id: ID!) {{ attemptChanged(id: $id) {{ submission {{
  version regradesUntil grade {{ finalPoints scores {{ points }} }} regrades {{ id {REQUEST} }} }} }} }}"""
LIST = f"""regrades(first: 10, filter: {{statuses: [OPEN]}}) {{ totalCount nodes {{
  id {REQUEST} student {{ username }} criterion {{ id name }} task {{ number }} submission {{ id version }} }} }}"""
WORK = f"subscription($id: ID!) {{ workRegradesChanged(id: $id) {{ {LIST} }} }}"
COURSE = f"subscription($id: ID!) {{ courseRegradesChanged(id: $id) {{ {LIST} }} }}"
ATTEMPT = """query($id: ID!) { attempt(id: $id) { submission { id version } photos { id }
  tasks { task { criteria { id maxPoints } } } } }"""


async def until(stream: AsyncIterator[dict[str, Any]], done: Callable[[Any], Any]) -> Any:
    """The first state that is wanted."""
    async with asyncio.timeout(40):
        async for data in stream:
            [state] = data.values()
            if done(state):
                return state
    raise AssertionError("the view ended")


async def refusal(stream: AsyncIterator[dict[str, Any]]) -> str:
    """The code with which a view ends."""
    with pytest.raises(Refused) as ended:
        await until(stream, lambda state: False)
    return ended.value.code


async def marked(teacher: Client, student: Client, work: str) -> dict[str, Any]:
    """An attempt with one page, marked by criterion; what there is to ask about."""
    attempt = (await student.do("attemptStart", "attempt { id }", {"workId": work}))["attempt"]["id"]
    await student.upload(attempt, "page.jpg", images.jpeg(images.page()))
    await student.do("attemptSubmit", "attempt { id }", {"id": attempt})
    found = (await teacher.run(ATTEMPT, id=attempt))["attempt"]
    criteria = found["tasks"][0]["task"]["criteria"]
    scores = [{"criterionId": row["id"], "points": "1"} for row in criteria]
    given = {"submissionId": found["submission"]["id"], "version": found["submission"]["version"]}
    override = {**given, "points": str(len(scores)), "comment": "Проверено", "scores": scores}
    done = await teacher.do("gradeOverride", "submission { version }", override)
    version = done["submission"]["version"]
    return {"id": attempt, **given, "version": version, "criteria": criteria, "photo": found["photos"][0]["id"]}


async def test_both_sides_see_every_step(house: House) -> None:
    teacher, student = await house.person("teacher"), await house.person("student")
    course = await course_of(house, teacher)
    await student.do("courseJoin", "membership { id }", {"code": course["code"]})
    work = await work_of(teacher, course["id"], ocr=False, precheck=False)
    about = await marked(teacher, student, work)
    criterion = about["criteria"][0]
    async with student.socket() as mine, teacher.socket() as theirs:
        own = mine.watch(OWN, id=about["id"])
        lists = [theirs.watch(WORK, id=work), theirs.watch(COURSE, id=course["id"])]
        first = await until(own, bool)
        assert first["submission"]["regrades"] == [] and first["submission"]["regradesUntil"]
        for each in lists:
            assert (await until(each, bool))["regrades"]["totalCount"] == 0
        anchor = {"photoId": about["photo"], "polygon": [[0.1, 0.1], [0.4, 0.3]]}
        given = {"submissionId": about["submissionId"], "criterionId": criterion["id"], "text": "Посмотрите ещё раз"}
        asked = await student.do("regradeAsk", "regrade { id polygon photoId }", {**given, "anchor": anchor})
        id = asked["regrade"].pop("id")
        assert asked["regrade"] == anchor
        with pytest.raises(Refused) as twice:
            await student.do("regradeAsk", "regrade { id }", given)
        assert twice.value.code == "CONFLICT"
        await until(own, lambda a: [row["status"] for row in a["submission"]["regrades"]] == ["OPEN"])
        for each in lists:
            [seen] = (await until(each, lambda w: w["regrades"]["totalCount"] == 1))["regrades"]["nodes"]
            assert (seen["student"], seen["criterion"]["id"]) == ({"username": "student"}, criterion["id"])
            assert seen["submission"]["version"] == about["version"]
        await teacher.do("regradeSay", "regrade { id }", {"id": id, "text": "Что именно?"})
        await student.do("regradeSay", "regrade { id }", {"id": id, "text": "Молярную массу"})
        state = await until(own, lambda a: len(a["submission"]["regrades"][0]["messages"]) == 2)
        thread = state["submission"]["regrades"][0]["messages"]
        assert [row["side"] for row in thread] == ["TEACHER", "STUDENT"]
        assert [row["author"] for row in thread] == [None, None], "a student is not told which teacher it was"
        for each in lists:
            state = await until(each, lambda w: len(w["regrades"]["nodes"][0]["messages"]) == 2)
            assert state["regrades"]["nodes"][0]["messages"][0]["author"] == {"username": "teacher"}
        answer = {"id": id, "version": about["version"], "text": "Верно", "points": criterion["maxPoints"]}
        done = await teacher.do("regradeAnswer", f"regrade {{ {REQUEST} submission {{ version }} }}", answer)
        assert done["regrade"]["submission"]["version"] == about["version"] + 1
        assert done["regrade"]["answer"]["author"] == {"username": "teacher"}
        state = await until(own, lambda a: a["submission"]["regrades"][0]["status"] == "ANSWERED")
        told, grade = state["submission"]["regrades"][0]["answer"], state["submission"]["grade"]
        assert (told["text"], told["author"]) == ("Верно", None)
        assert (told["pointsBefore"], told["pointsAfter"]) == ("1.00", criterion["maxPoints"])
        assert (told["finalAfter"], grade["finalPoints"]) == (grade["finalPoints"],) * 2
        assert grade["scores"][0]["points"] == criterion["maxPoints"]
        for each in lists:
            await until(each, lambda w: w["regrades"]["totalCount"] == 0)
        with pytest.raises(Refused) as late:
            await teacher.do("regradeAnswer", "regrade { id }", answer)
        assert late.value.code == "CONFLICT"


async def test_the_right_to_see_ends_the_views(house: House) -> None:
    teacher, second, student = [await house.person(name) for name in ("teacher", "second", "student")]
    course = await course_of(house, teacher)
    await student.do("courseJoin", "membership { id }", {"code": course["code"]})
    invite = await teacher.do("inviteRotate", "code", {"courseId": course["id"], "role": "TEACHER"})
    await second.do("courseJoin", "membership { id }", {"code": invite["code"]})
    work = await work_of(teacher, course["id"], ocr=False, precheck=False)
    about = await marked(teacher, student, work)
    given = {"submissionId": about["submissionId"], "criterionId": about["criteria"][0]["id"], "text": "?"}
    id = (await student.do("regradeAsk", "regrade { id }", given))["regrade"]["id"]
    async with student.socket() as mine, second.socket() as theirs:
        assert await refusal(mine.watch(WORK, id=work)) == "NOT_FOUND", "the list is for teachers"
        assert await refusal(mine.watch(COURSE, id=course["id"])) == "NOT_FOUND"
        views = [mine.watch(OWN, id=about["id"]), theirs.watch(WORK, id=work), theirs.watch(COURSE, id=course["id"])]
        for each in views:
            await until(each, bool)
        members = "query($id: ID!) { course(id: $id) { members { nodes { id person { username } } } } }"
        nodes = (await teacher.run(members, id=course["id"]))["course"]["members"]["nodes"]
        for name in ("student", "second"):
            [member] = [node["id"] for node in nodes if node["person"]["username"] == name]
            await teacher.do("memberUpdate", "membership { status }", {"id": member, "status": "SUSPENDED"})
        assert [await refusal(each) for each in views] == ["NOT_FOUND"] * 3
        for client, mutation, input in (
            (student, "regradeSay", {"id": id, "text": "still here"}),
            (student, "regradeWithdraw", {"id": id}),
            (student, "regradeAsk", {**given, "criterionId": about["criteria"][1]["id"]}),
            (second, "regradeAnswer", {"id": id, "version": about["version"], "text": "no"}),
        ):
            with pytest.raises(Refused) as gone:
                await client.do(mutation, "regrade { id }", input)
            assert gone.value.code == "NOT_FOUND", mutation
