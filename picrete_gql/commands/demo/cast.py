"""Everybody in the demo, and how they find each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from picrete_gql.commands.client import Client
from picrete_gql.commands.demo.phone import Phone
from picrete_gql.commands.demo.screen import Screen
from picrete_gql.commands.demo.students import Student
from picrete_gql.commands.demo.teachers import Teacher
from picrete_gql.commands.demo.training import fill
from picrete_gql.commands.examples import Examples
from picrete_gql.commands.house import House
from picrete_gql.local.telegram import BotApi

# How many questions a model may be asked for one precheck: the first, a longer one, a second try.
ROUNDS = 3
RULES_SECONDS = 120.0


@dataclass
class Story:
    """Everybody, and the course that they meet in."""

    house: House
    examples: Examples
    screen: Screen
    teacher: Teacher
    anna: Student
    boris: Student
    darya: Student
    phone: Phone
    course: str = ""

    @property
    def students(self) -> list[Student]:
        """All of them."""
        return [self.anna, self.boris, self.darya]

    @property
    def precheck_seconds(self) -> float:
        """How long a precheck may take."""
        llm = self.house.settings.llm
        return RULES_SECONDS + (llm.timeout * ROUNDS if llm.key.get_secret_value() else 0)


@asynccontextmanager
async def cast(house: House, api: BotApi, examples: Examples, screen: Screen) -> AsyncIterator[Story]:
    """People with their connections; one of them has Telegram."""
    async with AsyncExitStack() as stack:

        def client() -> Client:
            made = Client(house.url, language="en")
            stack.push_async_callback(made.close)
            return made

        teacher = Teacher("Елена Соколова", client(), screen)
        names = ("Анна Белова", "Борис Орлов", "Дарья Ким")
        anna, boris, darya = (Student(name, client(), screen) for name in names)
        yield Story(house, examples, screen, teacher, anna, boris, darya, Phone.of(darya, api, screen))


async def meet(story: Story) -> None:
    """Sign up, make the course, join it by the code."""
    teacher, students, screen = story.teacher, story.students, story.screen
    people = [(teacher.name, teacher.client), *((student.name, student.client) for student in students)]
    usernames = ("sokolova", "belova", "orlov", "kim")
    await asyncio.gather(
        *(client.sign_up(username, f"password of {username}", name)
          for (name, client), username in zip(people, usernames, strict=True))
    )  # fmt: skip
    screen.step("everybody", f"signed up and in: {', '.join(name for name, _ in people)}")
    admin = Client(story.house.url, language="en")
    try:
        auth = story.house.settings.auth
        await admin.sign_in(auth.bootstrap_username, auth.bootstrap_password.get_secret_value())
        teacher_id = (await teacher.client.run("{ me { id } }"))["me"]["id"]
        facts = {"slug": "chem-9", "title": "Химия, 9 класс", "teacherId": teacher_id}
        story.course = (await admin.do("courseCreate", "course { id }", facts))["course"]["id"]
        screen.step("admin", f"opened the course «{facts['title']}» with its teacher")
        await fill(admin, story.course, screen)
    finally:
        await admin.close()
    given = {"courseId": story.course, "role": "STUDENT"}
    code = (await teacher.client.do("inviteRotate", "code", given))["code"]
    await asyncio.gather(*(student.join(code) for student in students))
    screen.step("students", f"joined by the invite code {code}")
