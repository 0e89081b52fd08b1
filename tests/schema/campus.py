"""Who stands before which door: one world with everybody that has no business in somebody else's paper."""

from dataclasses import dataclass
from typing import Any

from picrete_gql.call import NOBODY, SYSTEM, Actor, Context
from picrete_gql.models import Happening, MemberStatus, Role
from picrete_gql.runtime import Runtime
from tests.schema import rows as plain
from tests.schema.rows import Paper, Person, Room, Rows

STUDENT, TEACHER = Role.STUDENT, Role.TEACHER


@dataclass(frozen=True)
class Target:
    """Whose things a call is about."""

    name: str
    owner: Person
    room: Room
    paper: Paper


@dataclass
class Campus:
    """Three courses: the one that everything is about, another one, and a closed one."""

    runtime: Runtime
    here: Room
    there: Room
    closed: Room
    people: dict[str, Person]
    papers: dict[str, Paper]

    def of(self, name: str) -> Context:
        """Somebody's context; `nobody` and `system` too."""
        if name in ("nobody", "system"):
            return Context(self.runtime, NOBODY if name == "nobody" else SYSTEM)
        who = self.people[name]
        return Context(self.runtime, Actor(who.account.id, who.sign_in.id), ip=name)

    def target(self, name: str) -> Target:
        """The things of a student."""
        room = self.closed if name.startswith("closed") else self.there if name.startswith("other") else self.here
        return Target(name, self.people[name], room, self.papers[name])


MEMBERS: dict[str, tuple[str, tuple[Role, ...], MemberStatus, dict[str, Any]]] = {
    "owner": ("here", (STUDENT,), MemberStatus.ACTIVE, {}),
    "classmate": ("here", (STUDENT,), MemberStatus.ACTIVE, {}),
    "teacher": ("here", (TEACHER,), MemberStatus.ACTIVE, {}),
    "suspended": ("here", (STUDENT,), MemberStatus.SUSPENDED, {}),
    "suspended_teacher": ("here", (TEACHER,), MemberStatus.SUSPENDED, {}),
    "left": ("here", (STUDENT,), MemberStatus.LEFT, {}),
    "left_teacher": ("here", (TEACHER, STUDENT), MemberStatus.LEFT, {}),
    "inactive": ("here", (STUDENT,), MemberStatus.ACTIVE, {"is_active": False}),
    "inactive_teacher": ("here", (TEACHER,), MemberStatus.ACTIVE, {"is_active": False}),
    "other_student": ("there", (STUDENT,), MemberStatus.ACTIVE, {}),
    "other_teacher": ("there", (TEACHER, STUDENT), MemberStatus.ACTIVE, {}),
    "closed_student": ("closed", (STUDENT,), MemberStatus.ACTIVE, {}),
    "closed_teacher": ("closed", (TEACHER,), MemberStatus.ACTIVE, {}),
}
PAPERS = ("owner", "classmate", "suspended", "left", "inactive", "other_student", "closed_student")
ALONE: dict[str, dict[str, Any]] = {
    "stranger": {},
    "admin": {"is_platform_admin": True},
    "second_admin": {"is_platform_admin": True},
    "inactive_admin": {"is_platform_admin": True, "is_active": False},
}


async def build(runtime: Runtime) -> Campus:
    """Store the campus."""
    rows, auth = Rows(), runtime.settings.auth
    rooms = {slug: plain.room(rows, slug, auth) for slug in ("here", "there")}
    rooms["closed"] = plain.room(rows, "closed", auth, is_active=False)
    people = {name: plain.person(rows, name, **facts) for name, facts in ALONE.items()}
    papers: dict[str, Paper] = {}
    for name, (place, roles, status, facts) in MEMBERS.items():
        who = people[name] = plain.person(rows, name, **facts)
        plain.member(rows, rooms[place], who, *roles, status=status)
        if name in PAPERS:
            papers[name] = plain.paper(rows, rooms[place], who)
    await rows.store(runtime)
    async with runtime.sessions() as session:
        for row in plain.chat(rows):
            session.add(row)
            await session.flush()
        for name, paper in papers.items():
            ids = {
                "course_id": paper.attempt.course_id,
                "work_id": paper.attempt.work_id,
                "attempt_id": paper.attempt.id,
            }
            by = {"actor_id": people[name].account.id, "door": "web", "data": {"why": "SECRET-EVENT"}}
            session.add(Happening(name="attempt.started", at=rows.now, **ids, **by))
        await session.commit()
    return Campus(runtime, rooms["here"], rooms["there"], rooms["closed"], people, papers)
