"""The file of an import: `[{paragraph, topic, theory, tasks: [{number, text, images: […], answer}]}]`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from picrete_gql.problems import Code, Problem
from picrete_gql.settings import Bank

MOST_NUMBER, MOST_NAME, MOST_ANSWER = 40, 200, 2_000
BOM = b"\xef\xbb\xbf"
# Nobody reads more faults than this; and a few bytes of JSON each would be hundreds in memory.
MOST_FAULTS, MOST_BRACKETS = 1_000, 2_000_000


@dataclass(frozen=True)
class Fault:
    """A bad row: its path in the file, such as `[0].tasks[3].answer`, and what is wrong with it."""

    path: str
    ru: str
    en: str


@dataclass(eq=False)
class BankFileRefused(Problem):
    """Nothing of the file was imported; these rows are why. `count` may be more than are named, at most a thousand."""

    count: int
    paths: list[str]
    reasons_ru: list[str]
    reasons_en: list[str]
    named_ru: str = field(init=False)
    named_en: str = field(init=False)
    code = Code.INVALID_INPUT
    ru = "Ничего не импортировано. Ошибок: {count}.\n{named_ru}"
    en = "Nothing was imported. Faults: {count}.\n{named_en}"

    def __post_init__(self) -> None:
        self.named_ru = "\n".join(_named(self.paths, self.reasons_ru))
        self.named_en = "\n".join(_named(self.paths, self.reasons_en))


@dataclass(frozen=True)
class TaskRow:
    """One task of the file; `path` is its place there, `images` are names of files or data URIs."""

    path: str
    number: str
    text: str
    answer: str
    images: tuple[str, ...]


@dataclass(frozen=True)
class SectionRow:
    """One topic of a paragraph."""

    path: str
    paragraph: str
    topic: str
    theory: str
    tasks: tuple[TaskRow, ...]


def refused(faults: Sequence[Fault], most: int) -> BankFileRefused:
    """The refusal that names the first `most` faults."""
    named = faults[:most]
    return BankFileRefused(len(faults), [f.path for f in named], [f.ru for f in named], [f.en for f in named])


def parse(data: bytes, limits: Bank, text_chars: int) -> tuple[list[SectionRow], list[Fault]]:
    """The rows that can be used, and the faults of the others. Never raises."""
    if data.count(b"{") + data.count(b"[") > MOST_BRACKETS:
        return [], [Fault("", "В файле слишком много скобок.", "There are too many brackets in the file.")]
    try:
        found = orjson.loads(data.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        return [], [Fault("", f"Это не JSON: {error}.", f"This is not JSON: {error}.")]
    if not isinstance(found, list) or not found:
        return [], [Fault("", "Нужен непустой список разделов.", "A list of sections is needed, not empty.")]
    reader = _Reader(limits, text_chars)
    if len(found) > limits.tasks:
        return [], [Fault("", f"Больше {limits.tasks} разделов.", f"More than {limits.tasks} sections.")]
    try:
        sections = [section for at, raw in enumerate(found) if (section := reader.section(f"[{at}]", raw))]
    except _Enough:
        return [], reader.faults
    reader.ensure_tasks_fit(sections)
    return sections, reader.faults


class _Enough(Exception):
    """So many faults that the rest does not matter."""


class _Reader:
    """Reads rows and collects what is wrong with them."""

    def __init__(self, limits: Bank, text_chars: int) -> None:
        self.limits, self.text_chars = limits, text_chars
        self.faults: list[Fault] = []
        self.seen: dict[str, str] = {}
        self.theories: dict[tuple[str, str], str] = {}

    def fault(self, path: str, ru: str, en: str) -> None:
        """Remember a bad row."""
        self.faults.append(Fault(path, ru, en))
        if len(self.faults) >= MOST_FAULTS:
            raise _Enough

    def section(self, path: str, raw: Any) -> SectionRow | None:
        """One section with its good tasks; None when it is none."""
        if not isinstance(raw, dict):
            self.fault(path, "Нужен объект с paragraph и tasks.", "An object with paragraph and tasks is needed.")
            return None
        paragraph = self.text(raw, path, "paragraph", MOST_NAME, needed=True, whole=True)
        topic = self.text(raw, path, "topic", MOST_NAME)
        theory = self.text(raw, path, "theory", self.text_chars)
        tasks = raw.get("tasks")
        if not isinstance(tasks, list):
            self.fault(f"{path}.tasks", "Нужен список задач.", "A list of tasks is needed.")
            tasks = []
        if self.theories.setdefault((paragraph, topic), theory) != theory:
            self.fault(f"{path}.theory", "У этой темы уже есть другая теория.", "This topic has another theory above.")
        rows = tuple(row for at, one in enumerate(tasks) if (row := self.task(f"{path}.tasks[{at}]", one)))
        return SectionRow(path, paragraph, topic, theory, rows)

    def task(self, path: str, raw: Any) -> TaskRow | None:
        """One task; None when it is none. A number stands once in a file."""
        if not isinstance(raw, dict):
            self.fault(path, "Нужен объект с number и text.", "An object with number and text is needed.")
            return None
        number = self.text(raw, path, "number", MOST_NUMBER, needed=True, whole=True)
        text = self.text(raw, path, "text", self.text_chars, needed=True)
        answer = self.text(raw, path, "answer", MOST_ANSWER, whole=True, share=True)
        if number and (first := self.seen.setdefault(number, path)) != path:
            self.fault(f"{path}.number", f"Номер «{number}» уже есть: {first}.", f"“{number}” is already at {first}.")
        return TaskRow(path, number, text, answer, tuple(self.images(f"{path}.images", raw.get("images"))))

    def images(self, path: str, raw: Any) -> Iterator[str]:
        """The names of the pictures."""
        most = self.limits.pictures_per_task
        if raw is None:
            return
        if not isinstance(raw, list) or len(raw) > most:
            self.fault(path, f"Нужен список не больше чем из {most} картинок.", f"A list of up to {most} is needed.")
            return
        for at, name in enumerate(raw):
            if isinstance(name, str) and name.strip():
                yield name.strip()
            else:
                self.fault(f"{path}[{at}]", "Нужно имя файла или data URI.", "A file name or a data URI is needed.")

    def text(
        self,
        raw: dict[str, Any],
        path: str,
        key: str,
        most: int,
        *,
        needed: bool = False,
        whole: bool = False,
        share: bool = False,
    ) -> str:
        """A text without blanks around it; `whole` lets integers be written as such, `share` other numbers too."""
        value = raw.get(key)
        # A number with a fraction is no name: 2.10 would be 2.1.
        if isinstance(value, (int, float) if share else int) and whole and not isinstance(value, bool):
            value = str(value)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.fault(f"{path}.{key}", "Нужен текст в кавычках.", "A text in quotes is needed.")
            return ""
        value = value.strip()
        if needed and not value:
            self.fault(f"{path}.{key}", "Не может быть пустым.", "It must not be empty.")
        elif len(value) > most:
            self.fault(f"{path}.{key}", f"Больше {most} символов.", f"More than {most} characters.")
        elif "\0" in value:
            self.fault(f"{path}.{key}", "Недопустимый символ NUL.", "The character NUL is not allowed.")
        return value

    def ensure_tasks_fit(self, sections: Sequence[SectionRow]) -> None:
        """There is something to import, but not too much."""
        count, most = sum(len(section.tasks) for section in sections), self.limits.tasks
        if count > most:
            self.fault("", f"Больше {most} задач.", f"More than {most} tasks.")
        elif not count and not self.faults:
            self.fault("", "В файле нет ни одной задачи.", "There is no task in the file.")


def _named(paths: Sequence[str], reasons: Sequence[str]) -> Iterator[str]:
    return (f"{path}: {reason}" if path else reason for path, reason in zip(paths, reasons, strict=True))
