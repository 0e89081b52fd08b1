"""The task bank in the demo: an administrator brings it in, a student trains with it."""

from typing import Any

from picrete_gql.commands import examples
from picrete_gql.commands.client import Client
from picrete_gql.commands.demo import documents
from picrete_gql.commands.demo.failed import expect
from picrete_gql.commands.demo.screen import Screen
from picrete_gql.commands.demo.students import Student
from picrete_gql.commands.demo.teachers import Teacher

COUNT, SEED = 5, 2026


async def fill(admin: Client, course: str, screen: Screen) -> None:
    """Import the example bank twice: the second time nothing changes."""
    given, body = {**examples.BANK, "courseId": course}, examples.bank()
    counts = "added changed unchanged"
    first = await admin.send("bankImport", given, "bank.zip", body, counts)
    again = await admin.send("bankImport", given, "bank.zip", body, counts)
    added = int(first["added"])
    expect(added > 0 and again == {**again, "added": 0, "unchanged": added}, f"the bank came as {first}, then {again}")
    screen.step("admin", f"imported a bank of {added} tasks for the course; the same file again changed nothing")


async def train(student: Student, teacher: Teacher, course: str) -> None:
    """A set of five tasks; one answered right, one wrong. The answer is told after the try, not before."""
    wanted = {"courseId": course, "count": COUNT, "seed": SEED, "hasAnswer": True}
    made = await student.client.do("trainerSetGenerate", f"trainerSet {{ {documents.TRAINER_TASKS} }}", wanted)
    tasks = made["trainerSet"]["tasks"]
    expect(len(tasks) == COUNT, f"a set of {len(tasks)} tasks, not of {COUNT}")
    expect(all(task["answer"] is None for task in tasks), f"{student.name} is told answers before trying")
    right = (await teacher.client.run(documents.BANK_ITEM, id=tasks[0]["item"]["id"]))["bankItem"]["answer"]
    first = await _answer(student, tasks[0], right)
    second = await _answer(student, tasks[1], "−1 г")
    expect(first["verdict"] == "RIGHT", f"«{right}» is judged {first['verdict']}")
    expect(second["verdict"] == "WRONG" and second["answer"], f"«−1 г» is judged {second}")
    student.screen.step(
        student.name,
        f"trained on {COUNT} tasks of the bank: «{right}» is right, «−1 г» is not: it was «{second['answer']}»",
    )


async def _answer(student: Student, task: dict[str, Any], answer: str) -> dict[str, Any]:
    payload = await student.client.do(
        "trainerTaskAnswer", "task { verdict answer }", {"id": task["id"], "answer": answer}
    )
    judged: dict[str, Any] = payload["task"]
    return judged
