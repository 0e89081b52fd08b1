"""Accounts to try things out with: made at the first start of an embedded server, never where a database was given."""

import json
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from picrete_gql.commands import examples
from picrete_gql.commands.client import Client, Refused
from picrete_gql.settings import Settings

FILE = "logins.json"
SLUG = "sample"
OPEN_FOR = timedelta(days=365)


def _password() -> str:
    return secrets.token_urlsafe(9)


@dataclass
class Logins:
    """Usernames are the names of the fields. `done`: the sample course exists."""

    admin: str = field(default_factory=_password)
    teacher: str = field(default_factory=_password)
    student: str = field(default_factory=_password)
    done: bool = False

    def people(self) -> dict[str, str]:
        """Username and password of each."""
        return {"admin": self.admin, "teacher": self.teacher, "student": self.student}


def wanted(settings: Settings) -> bool:
    """Only for a database of our own, and never in production."""
    return not settings.database.url and settings.environment != "production"


def load(folder: Path) -> Logins:
    """The logins of a data folder, made at the first call, readable for one user only."""
    path = folder / FILE
    if path.exists():
        return Logins(**json.loads(path.read_text()))
    made = Logins()
    save(folder, made)
    return made


def save(folder: Path, logins: Logins) -> None:
    """Write them whole or not at all."""
    new = folder / f"{FILE}.new"
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(logins), file, indent=1)
    new.replace(folder / FILE)


def with_admin(settings: Settings, logins: Logins) -> Settings:
    """The same settings, which make the sample administrator unless they name their own."""
    if settings.auth.bootstrap_username and settings.auth.bootstrap_password.get_secret_value():
        return settings
    first = {"bootstrap_username": "admin", "bootstrap_password": SecretStr(logins.admin)}
    return settings.model_copy(update={"auth": settings.auth.model_copy(update=first)})


async def make(url: str, settings: Settings, logins: Logins) -> None:
    """A course with a teacher, a student and an open homework, through the API. What exists already stays.

    Raises Refused when the administrator's password was changed meanwhile.
    """
    auth = settings.auth
    async with _signed_in(url, auth.bootstrap_username, auth.bootstrap_password.get_secret_value()) as admin:
        teacher_id = await _account(admin, "teacher", logins.teacher, "Учитель")
        await _account(admin, "student", logins.student, "Студент")
        course_id = await _find_course(admin)
        if course_id is None:
            facts = {"slug": SLUG, "title": "Химия (пример)", "teacherId": teacher_id}
            course_id = (await admin.do("courseCreate", "course { id }", facts))["course"]["id"]
        given = {**examples.BANK, "courseId": course_id}
        await admin.send("bankImport", given, "bank.zip", examples.bank(), "added")
    async with _signed_in(url, "teacher", logins.teacher) as teacher:
        code = (await teacher.do("inviteRotate", "code", {"courseId": course_id, "role": "STUDENT"}))["code"]
        await _homework(teacher, str(course_id))
    async with _signed_in(url, "student", logins.student) as student:
        await student.do("courseJoin", "membership { id }", {"code": code})


async def _homework(teacher: Client, course_id: str) -> None:
    """The work of `examples/`, open for a year, if the course has none yet."""
    found = await teacher.run("query($id: ID!) { course(id: $id) { works { nodes { id } } } }", id=course_id)
    if found["course"]["works"]["nodes"]:
        return
    given, now = examples.load(), datetime.now(UTC)
    facts = {
        "courseId": course_id,
        "kind": "HOMEWORK",
        "title": given.work["title"],
        "description": given.work["description"],
        "startsAt": now.isoformat(),
        "endsAt": (now + OPEN_FOR).isoformat(),
    }
    work = (await teacher.do("workCreate", "work { id }", facts))["work"]["id"]
    for task in given.tasks():
        await teacher.do("taskAdd", "task { id }", {"workId": work, "task": task})
    await teacher.do("workPublish", "work { id }", {"id": work})


@asynccontextmanager
async def _signed_in(url: str, username: str, password: str) -> AsyncIterator[Client]:
    client = Client(url)
    try:
        await client.sign_in(username, password)
        yield client
    finally:
        await client.close()


async def _account(admin: Client, username: str, password: str, full_name: str) -> str:
    """The id of an account, made if it is not there."""
    person = {"username": username, "password": password, "fullName": full_name}
    try:
        made = await admin.do("accountCreate", "account { id }", person)
        return str(made["account"]["id"])
    except Refused as refused:
        if refused.errors[0]["extensions"].get("__typename") != "UsernameTaken":
            raise
    found = await admin.run("query($s: String) { accounts(search: $s) { nodes { id username } } }", s=username)
    return next(str(a["id"]) for a in found["accounts"]["nodes"] if a["username"] == username)


async def _find_course(admin: Client) -> str | None:
    found = await admin.run("{ courses { nodes { id slug } } }")
    return next((str(course["id"]) for course in found["courses"]["nodes"] if course["slug"] == SLUG), None)
