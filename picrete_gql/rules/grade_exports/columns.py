"""The columns of the tables: what stands above them and what in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from picrete_gql.models import Task

from .entry import Entry, Head
from .words import SOURCES, STATUSES, flags, say

Cell = str | int | Decimal | datetime | None


@dataclass(frozen=True)
class Column:
    """`value` of a submission and, in the table of criteria, of one of its lines; `width` in characters."""

    names: tuple[str, str]
    width: int
    value: Callable[[Entry, Any], Cell]


Whole = Callable[[Entry], Cell]


def of_students(head: Head) -> list[Column]:
    """The table with one row for each submission."""
    tasks = [column for task, _ in head.tasks for column in _of_task(task)]
    return [*_who(head), *_times(head), *_marks(), *tasks, *_said()]


def of_criteria(head: Head) -> list[Column]:
    """The table with one row for each criterion of each submission."""
    return [
        *_who(head),
        Column(("Задача", "Task"), 8, lambda _, line: line.task.number),
        Column(("Название задачи", "Task title"), 24, lambda _, line: line.task.title),
        Column(("Вариант", "Variant"), 9, lambda _, line: line.variant),
        Column(("№ критерия", "Criterion no."), 11, lambda _, line: line.criterion.number),
        Column(("Критерий", "Criterion"), 24, lambda _, line: line.criterion.name),
        Column(("Максимум за критерий", "Criterion maximum"), 12, lambda _, line: line.criterion.max_points),
        Column(("Баллы преподавателя", "Teacher's points"), 12, lambda _, line: line.teacher and line.teacher.points),
        Column(("Баллы предпроверки", "Precheck's points"), 12, lambda _, line: line.ai and line.ai.points),
        Column(("Чьи баллы", "Source"), 14, lambda _, line: say(SOURCES[line.source], head.locale)),
        Column(("Кто оценил", "Author"), 22, lambda _, line: line.teacher and line.teacher.author),
        Column(("Комментарий", "Comment"), 40, lambda _, line: line.teacher and line.teacher.comment),
        Column(("Комментарий предпроверки", "Precheck's comment"), 40, lambda _, line: line.ai and line.ai.comment),
        *_times(head),
        *_marks(),
        *_said(),
    ]


def names(columns: Sequence[Column], head: Head) -> list[str]:
    """What stands in the first row."""
    return [say(column.names, head.locale) for column in columns]


def _whole(names: tuple[str, str], width: int, value: Whole) -> Column:
    return Column(names, width, lambda entry, _: value(entry))


def _who(head: Head) -> list[Column]:
    locale = head.locale
    return [
        _whole(("Студент", "Student"), 28, lambda entry: entry.full_name),
        _whole(("Имя пользователя", "Username"), 18, lambda entry: entry.username),
        _whole(("Идентификатор", "Identity"), 18, lambda entry: entry.identity),
        _whole(("Попытка", "Attempt"), 9, lambda entry: entry.attempt.number),
        _whole(("Состояние", "Status"), 20, lambda entry: say(STATUSES[entry.submission.status], locale)),
        _whole(("Отметки", "Flags"), 24, lambda entry: flags(entry.submission.flags, locale)),
    ]


def _times(head: Head) -> list[Column]:
    zone = head.time_zone
    local = partial(_local, zone=ZoneInfo(zone))
    return [
        _whole((f"Начата ({zone})", f"Started ({zone})"), 20, lambda entry: local(entry.attempt.started_at)),
        _whole((f"Сдана ({zone})", f"Submitted ({zone})"), 20, lambda entry: local(entry.attempt.submitted_at)),
        _whole((f"Оценена ({zone})", f"Marked ({zone})"), 20, lambda entry: local(entry.marked_at)),
        _whole((f"Открыта ({zone})", f"Released ({zone})"), 20, lambda entry: local(entry.submission.released_at)),
    ]


def _marks() -> list[Column]:
    return [
        _whole(("Итог", "Final points"), 10, lambda entry: entry.submission.final_points),
        _whole(("Итог предпроверки", "Precheck's total"), 12, lambda entry: entry.submission.ai_points),
        _whole(("Максимум", "Maximum"), 10, lambda entry: entry.submission.max_points),
        _whole(("Итог поставил", "Marked by"), 22, lambda entry: entry.author),
    ]


def _said() -> list[Column]:
    return [
        _whole(("Отзыв", "Feedback"), 40, lambda entry: entry.submission.feedback),
        _whole(("Отзыв предпроверки", "Precheck's feedback"), 40, lambda entry: entry.submission.ai_feedback),
        _whole(("Кто предпроверил", "Precheck's engine"), 16, lambda entry: entry.submission.ai_engine),
    ]


def _of_task(task: Task) -> list[Column]:
    number, most = task.number, f"{task.max_points.normalize():f}"
    final = (f"Задача {number} (из {most})", f"Task {number} (of {most})")
    ai = (f"Задача {number}, предпроверка", f"Task {number}, precheck")
    return [
        _whole(final, 12, lambda entry: entry.of_task(task)[0]),
        _whole(ai, 12, lambda entry: entry.of_task(task)[1]),
    ]


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment and moment.astimezone(zone).replace(microsecond=0, tzinfo=None)
