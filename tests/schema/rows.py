"""People and rooms; everything that the tests of the schema stand on, by one name."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from picrete_gql.models import (
    Account,
    Attachment,
    Course,
    Criterion,
    DataExport,
    Erasure,
    Follow,
    InviteCode,
    Membership,
    MemberStatus,
    Notice,
    NoticeKind,
    Role,
    SignIn,
    Task,
    TaskTemplate,
    TelegramLink,
    Variant,
    Work,
    WorkKind,
    WorkStatus,
)
from picrete_gql.rules.tokens import keyed_hash
from tests.schema.papers import paper
from tests.schema.shelves import chat, export, shelf, train
from tests.schema.things import (
    AI_POINTS,
    AI_SCORE,
    ANSWER_ID,
    BOT_ID,
    CHAT_ID,
    CHATS,
    FILE_ID,
    MARK_POINTS,
    MARK_SCORE,
    TEMPLATE,
    TOLERANCE,
    UPDATE_ID,
    Paper,
    Person,
    Room,
    Rows,
)

__all__ = [
    "AI_POINTS",
    "AI_SCORE",
    "ANSWER_ID",
    "BOT_ID",
    "CHAT_ID",
    "FILE_ID",
    "MARK_POINTS",
    "MARK_SCORE",
    "TEMPLATE",
    "TOLERANCE",
    "UPDATE_ID",
    "Paper",
    "Person",
    "Room",
    "Rows",
    "chat",
    "export",
    "member",
    "paper",
    "person",
    "room",
    "train",
]


def person(rows: Rows, name: str, **facts: Any) -> Person:
    """Somebody with a sign-in."""
    agreed = {f"{what}_at": rows.now for what in ("consented", "terms_accepted", "privacy_accepted")}
    versions = {f"{what}_version": "1" for what in ("consent", "terms", "privacy")}
    account = rows.add(
        Account(
            username=name,
            full_name=f"PRIVATE-{name}-name",
            password_hash="SECRET-HASHED",
            **agreed,
            **versions,
            **facts,
        )
    )
    agent = f"PRIVATE-{name}-agent"
    ends = rows.now + timedelta(days=1)
    sign_in = rows.add(SignIn(account_id=account.id, agent=agent, used_at=rows.now, expires_at=ends))
    facts = {"account_id": account.id, "telegram_id": next(CHATS)}
    link = rows.add(TelegramLink(**facts, name=f"PRIVATE-{name}-telegram"))
    about: dict[str, Any] = {"kind": NoticeKind.MARK, "subject_id": uuid4(), "about": rows.now, "due_at": rows.now}
    notice = rows.add(Notice(account_id=account.id, **about))
    asked: dict[str, Any] = {"account_id": account.id, "asked_by": account.id}
    erasure = rows.add(Erasure(**asked, erase_at=rows.now + timedelta(days=7)))
    export = rows.add(DataExport(**asked))
    return Person(account, sign_in, link, notice, erasure, export)


def member(rows: Rows, room: Room, who: Person, *roles: Role, status: MemberStatus = MemberStatus.ACTIVE) -> Person:
    """Let somebody into a course."""
    identity = {"value": f"PRIVATE-{who.account.username}-identity"}
    facts: dict[str, Any] = {"course_id": room.course.id, "account_id": who.account.id, "status": status}
    who.membership = rows.add(Membership(**facts, roles=[role.value for role in roles], identity=identity))
    if Role.TEACHER in roles:
        room.work.held_at, room.work.held_by, room.work.hold_reason = rows.now, who.account.id, "SECRET-HOLD"
        rows.add(Follow(course_id=room.course.id, work_id=room.work.id, account_id=who.account.id))
        export(rows, room, who)
    return who


def room(rows: Rows, slug: str, auth: Any, *, size: int = 1, **facts: Any) -> Room:
    """A course of `size` works; the first has as many tasks, whose first has as many criteria and variants."""
    course = rows.add(Course(slug=slug, title=f"PLACE-{slug}", organization="ИТМО", **facts))
    code = f"{slug.upper()[:6]}-STUD-ABCD2345"
    invite = rows.add(InviteCode(course_id=course.id, role=Role.STUDENT, code_hash=keyed_hash(auth, code)))
    times: dict[str, Any] = {"starts_at": rows.now - timedelta(hours=1), "ends_at": rows.now + timedelta(hours=3)}
    common: dict[str, Any] = {"course_id": course.id, "kind": WorkKind.CONTROL, "duration_minutes": 60, **times}
    works = [rows.add(Work(**common, title=f"PLACE-{slug}-work-{n}", status=WorkStatus.ACTIVE)) for n in range(size)]
    draft = rows.add(Work(**common, title=f"SECRET-DRAFT-{slug}", status=WorkStatus.DRAFT))
    made = Room(course, works[0], draft, invite, code)
    for number in range(1, size + 1):
        _task(rows, made, number, size if number == 1 else 1)
    place: dict[str, Any] = {"course_id": course.id, "work_id": draft.id}
    made.draft_task = rows.add(Task(**place, number=1, title="SECRET-DRAFT-TASK", max_points=Decimal(10)))
    for task in (*made.tasks, made.draft_task):
        place["work_id"] = task.work_id
        made.templates.append(rows.add(TaskTemplate(**place, task_id=task.id, content=TEMPLATE)))
    shelf(rows, made, slug, size)
    return made


def _task(rows: Rows, room: Room, number: int, size: int) -> None:
    place: dict[str, Any] = {"course_id": room.course.id, "work_id": room.work.id}
    task = rows.add(Task(**place, number=number, title=f"Task {number}", max_points=Decimal(999), tags=["вода"]))
    room.tasks.append(task)
    for n in range(1, size + 1):
        share = Decimal(999) / size
        facts: dict[str, Any] = {"name": f"Criterion {n}", "note": "SECRET-NOTE", "max_points": round(share, 2)}
        room.criteria.append(rows.add(Criterion(**place, task_id=task.id, number=n, **facts)))
    for n in range(1, size + 2):
        text = "Найдите массу воды" if n == 1 else "SECRET-OTHER-VARIANT"
        variant = Variant(
            **place,
            task_id=task.id,
            number=n,
            content=text,
            parameters={"n": text},
            reference_solution="SECRET-SOLUTION",
            reference_answer="SECRET-ANSWER",
            tolerance=TOLERANCE,
            units="SECRET-UNITS",
        )
        room.variants.append(rows.add(variant))
        name = "scheme.jpg" if n == 1 else "SECRET-OTHER-PICTURE.jpg"
        facts = {"filename": name, "size": 1, "width": 1, "height": 1, "key": f"courses/x/attachments/{uuid4().hex}"}
        for _ in range(size if n == 1 else 1):
            room.attachments.append(rows.add(Attachment(**place, variant_id=variant.id, **facts)))
