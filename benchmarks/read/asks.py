"""What is asked: the three reads as each contender words them, and whether their answers say the same."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.site import Person

from .school import School

ASKED = Path(__file__).parent / "asked"
READS = ("grading", "attempt", "courses")
KINDS = {"grading": "work", "attempt": "attempt", "courses": ""}
GLOBAL = re.compile(r"[a-z_]+_([0-9a-f]{32})")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")


@dataclass(frozen=True)
class Subject:
    """Whom or what one request is about, and who asks."""

    id: UUID
    viewer: Person


def subjects(of: School, read: str) -> list[Subject]:
    """What the readers ask for in turn."""
    if read == "grading":
        return [Subject(work.id, of.teacher) for work in of.works]
    people = {person.context.actor.account_id: person for person in of.students}
    if read == "courses":
        return [Subject(id, person) for id, person in people.items() if id]
    # Only marks that are released: what a student sees of the others is no row in a server without permissions.
    marked = {submission.attempt_id for submission in of.submissions if submission.released_at}
    return [Subject(attempt.id, people[attempt.student_id]) for attempt in of.attempts if attempt.id in marked]


def bare(read: str, about: Subject) -> bytes:
    """A plain GET."""
    return f"GET /{read}/{about.id} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def product(read: str, about: Subject) -> bytes:
    """The whole document, by the one who may see it."""
    return _post(_signed(about), query=text(read), variables=_variables(read, about))


def persisted(read: str, about: Subject) -> bytes:
    """The document by its hash: it must have been registered."""
    persisted = {"version": 1, "sha256Hash": hashlib.sha256(text(read).encode()).hexdigest()}
    return _post(_signed(about), extensions={"persistedQuery": persisted}, variables=_variables(read, about))


def registered(read: str, about: Subject) -> bytes:
    """The request that registers it."""
    persisted = {"version": 1, "sha256Hash": hashlib.sha256(text(read).encode()).hexdigest()}
    given = {"extensions": {"persistedQuery": persisted}, "variables": _variables(read, about)}
    return _post(_signed(about), query=text(read), **given)


def plain(read: str, about: Subject) -> bytes:
    """The same document with plain ids; who asks is told by a header that nobody checks."""
    viewer = {"x-viewer": str(about.viewer.context.actor.account_id)}
    return _post(viewer, query=text(read), variables={"id": str(about.id)} if KINDS[read] else {})


def postgraphile(read: str, about: Subject) -> bytes:
    """The same in PostGraphile's words."""
    return _post({}, query=text(f"{read}.postgraphile"), variables={"id": str(about.id)})


def text(name: str) -> str:
    """A document without the spaces that only a reader needs."""
    return re.sub(r"\s+", " ", (ASKED / f"{name}.graphql").read_text()).strip()


def leaves(value: Any) -> Iterator[str]:
    """What an answer says, in order: whatever the names and the nesting, the ids, times, numbers and texts."""
    if isinstance(value, dict):
        for key in sorted(value) if set(value) == {"page", "text"} else value:
            yield from leaves(value[key])
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield _leaf(value)


def _leaf(value: Any) -> str:
    if not isinstance(value, str):
        return str(Decimal(str(value)).normalize()) if isinstance(value, int | float) else str(value)
    if found := GLOBAL.fullmatch(value):
        return found[1]
    if TIME.fullmatch(value):
        return str(int(datetime.fromisoformat(value).timestamp() * 1000))
    try:
        return str(Decimal(value).normalize())
    except InvalidOperation:
        pass
    try:
        return UUID(value).hex
    except ValueError:
        return value.lower()


def _signed(about: Subject) -> dict[str, str]:
    return {"authorization": f"Bearer {about.viewer.token}"}


def _variables(read: str, about: Subject) -> dict[str, str]:
    return {"id": f"{KINDS[read]}_{about.id.hex}"} if KINDS[read] else {}


def _post(headers: dict[str, str], **body: Any) -> bytes:
    content = json.dumps(body, separators=(",", ":")).encode()
    lines = {"host": "localhost", "content-type": "application/json", "content-length": str(len(content)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST /graphql HTTP/1.1\r\n{head}\r\n".encode() + content
