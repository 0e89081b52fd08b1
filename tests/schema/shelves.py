"""What the bank, the trainer, the materials and the bot keep."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from picrete_gql.models import (
    Answered,
    BankImage,
    BankItem,
    BankSection,
    BankSource,
    CourseSource,
    ExportFormat,
    ExportStatus,
    GradeExport,
    Material,
    SetKind,
    TelegramAnswer,
    TelegramBot,
    TelegramFile,
    TelegramUpdate,
    TrainerAnswer,
    TrainerSet,
    TrainerTask,
)
from picrete_gql.problems import Locale
from tests.schema.things import ANSWER_ID, BOT_ID, CHAT_ID, FILE_ID, UPDATE_ID, Person, Room, Rows


def shelf(rows: Rows, room: Room, slug: str, size: int) -> None:
    """`size` materials and sources of the bank; the first source has as many sections, items and pictures."""
    facts: dict[str, Any] = {"filename": "a.pdf", "mime": "application/pdf", "size": 1, "sha256": "0" * 64}
    for n in range(size):
        title = f"PLACE-{slug}-material-{n}"
        room.materials.append(rows.add(Material(course_id=room.course.id, title=title, **facts)))
        title = f"PLACE-{slug}-source-{n}"
        source = rows.add(BankSource(slug=f"source-{slug}-{n}", title=title, imported_at=rows.now))
        rows.add(CourseSource(course_id=room.course.id, source_id=source.id))
        room.sources.append(source)
    source = room.sources[0]
    for n in range(1, size + 1):
        place: dict[str, Any] = {"paragraph": f"§ {n}", "topic": "Масса"}
        section = rows.add(BankSection(source_id=source.id, number=n, theory="n = m/M", **place))
        room.sections.append(section)
        # The first has been tried by whoever has a set, the second has not.
        for answer in ("BANK-TRIED", "SECRET-BANK-ANSWER"):
            number = f"{n}.{len(room.items) + 1}"
            keys: dict[str, Any] = {"number": number, "number_key": number, "paragraph_key": f"{n}"}
            keys |= {"section_id": section.id, "text": "Задача", "answer": answer, "changed_at": rows.now}
            item = BankItem(source_id=source.id, **place, **keys)
            room.items.append(rows.add(item))
    for n in range(1, size + 1):
        _picture(rows, room, room.items[0], n)
    _picture(rows, room, room.items[1], 1)


def _picture(rows: Rows, room: Room, item: BankItem, number: int) -> None:
    size: dict[str, Any] = {"size": 1, "width": 1, "height": 1, "sha256": "0" * 64, "key": f"bank/{uuid4().hex}.jpg"}
    made = BankImage(source_id=item.source_id, item_id=item.id, number=number, filename="a.jpg", **size)
    room.pictures.append(rows.add(made))


def train(rows: Rows, room: Room, who: Person, *, size: int = 1) -> tuple[list[TrainerSet], list[TrainerTask]]:
    """`size` sets; the first has as many tasks answered wrongly, which come again, and one that was not tried."""
    name = who.account.username
    place: dict[str, Any] = {"course_id": room.course.id, "student_id": who.account.id}
    sets = [rows.add(TrainerSet(**place, kind=SetKind.NUMBERS, title=f"PRIVATE-{name}-set")) for _ in range(size)]
    wrong: dict[str, Any] = {"tries": 1, "verdict": Answered.WRONG, "tried_at": rows.now, "box": 1, "due_at": rows.now}
    tasks: list[TrainerTask] = []
    for number, item in enumerate([*room.items[0 : 2 * size : 2], room.items[1]], 1):
        tried = wrong if item is not room.items[1] else {}
        task = TrainerTask(**place, trainer_set_id=sets[0].id, item_id=item.id, number=number, **tried)
        tasks.append(rows.add(task))
    for number in range(1, size + 1):
        facts: dict[str, Any] = {"text": f"PRIVATE-{name}-answer", "verdict": Answered.WRONG, "reason": "off"}
        rows.add(TrainerAnswer(**place, trainer_task_id=tasks[0].id, number=number, **facts))
    return sets, tasks


def chat(rows: Rows) -> list[Any]:
    """What the bot remembers: an update, a file and an answer on their way."""
    where: dict[str, Any] = {"bot_id": BOT_ID, "chat_id": CHAT_ID}
    born: dict[str, Any] = {"created_at": rows.now, **where}
    sent: dict[str, Any] = {"update_id": UPDATE_ID, "group": "album", "file": "PRIVATE-file", "filename": "a.jpg"}
    return [
        TelegramBot(id=BOT_ID, username="picrete_bot", started_at=rows.now),
        TelegramUpdate(**where, update_id=UPDATE_ID, received_at=rows.now, dialogue={"state": None}),
        TelegramFile(id=FILE_ID, **born, **sent, locale=Locale.RU),
        TelegramAnswer(id=ANSWER_ID, **born, key="key", text="SECRET-answer"),
    ]


def export(rows: Rows, room: Room, who: Person) -> GradeExport:
    """A file of the room's grades that a teacher asked for and that is ready."""
    facts: dict[str, Any] = {"course_id": room.course.id, "work_id": room.work.id, "author_id": who.account.id}
    what: dict[str, Any] = {
        "format": ExportFormat.CSV,
        "locale": Locale.RU,
        "filename": f"PLACE-{room.course.slug}-grades.csv",
    }
    state: dict[str, Any] = {
        "status": ExportStatus.READY,
        "done": 1,
        "total": 1,
        "size": 1,
        "key": f"exports/{uuid4().hex}.csv",
    }
    made = GradeExport(**facts, **what, **state, ready_at=rows.now, expires_at=rows.now + timedelta(days=1))
    room.exports.append(rows.add(made))
    return made
