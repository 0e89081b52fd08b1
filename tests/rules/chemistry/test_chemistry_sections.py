"""Which text belongs to which task."""

import pytest

from picrete_gql.rules.chemistry import Kind, Verdict, check
from picrete_gql.rules.chemistry.labels import heading
from picrete_gql.rules.chemistry.pages import lines_of
from picrete_gql.rules.chemistry.sections import split
from tests.rules.chemistry.works import page, task


@pytest.mark.parametrize(
    ("line", "number"),
    [("Задача 2", 2), ("Задача №2.", 2), ("Задание 2: дано", 2), ("ЗАДАЧА N2", 2), ("3адача 2", 2), ("Зaдaчa № 2", 2),
     ("№2", 2), ("№ 2)", 2), ("Task 2", 2), ("## Задача 2", 2), ("Задача З", 3), ("Задача l.", 1), ("Problem 12", 12),
     ("2-я задача", 2), ("2 задача.", 2), ("Задачa 2 (продолжение)", 2), ("Задача 2.10", 0)],
)  # fmt: skip
def test_headings(line: str, number: int) -> None:
    found = heading(line)
    assert found is not None
    assert found[0] == number


@pytest.mark.parametrize(
    "line",
    ["N2 + 3H2 = 2NH3", "2) n = 5", "Дано: 2 г", "Задача", "Масса 2 г", "в задаче 2", "No2", "2 моль", "Задано 2"],
)
def test_no_headings(line: str) -> None:
    assert heading(line) is None


def texts(numbers: list[int], *pages: str) -> dict[int | None, list[str]]:
    sections = split(lines_of([page(text) for text in pages]), numbers)
    return {section.number: [line.text.strip() for line in section.lines] for section in sections}


def test_headings_hold_over_pages() -> None:
    found = texts([1, 2], "Иванов\nЗадача 1\na", "b\nЗадача 2. c", "d\nЗадача 1 продолжение\ne")
    assert found == {1: ["a", "b", "продолжение", "e"], 2: ["c", "d"], None: ["Иванов"]}


def test_one_task_takes_all() -> None:
    assert texts([3], "a\nЗадача 1\nb") == {3: ["a", "Задача 1", "b"], None: []}


def test_a_number_that_no_task_has_begins_text_of_nobody() -> None:
    assert texts([1, 2], "Задача 1\na\nЗадача 7\nb") == {1: ["a"], 2: [], None: ["b"]}


def test_bare_numbers_are_headings_only_when_they_cannot_be_steps() -> None:
    answered = "1) a = 1\nОтвет: 1\n2) b = 2\nОтвет: 2"
    assert texts([1, 2], answered) == {1: ["a = 1", "Ответ: 1"], 2: ["b = 2", "Ответ: 2"], None: []}
    steps = "1) a = 1\n2) b = 2\nОтвет: 2"
    assert texts([1, 2], steps)[None] == steps.split("\n")
    assert texts([1, 2], "Задача 1\n" + answered)[1] == answered.split("\n")
    again = f"{answered}\n1) c = 3\nОтвет: 3"
    assert texts([1, 2], again)[None] == again.split("\n")


def test_a_work_that_cannot_be_divided_accuses_nobody() -> None:
    tasks = [task("5,85", "г", 1), task("2,24", "л", 2)]
    findings = check(tasks, [page("m = 5,85 г\nОтвет: 5,85 г\nV = 3 л\nОтвет: 3 л")])
    answers = [f.verdict for f in findings if f.kind is Kind.ANSWER]
    assert answers == [Verdict.OK, Verdict.UNSURE]
    assert [f.found for f in findings if f.kind is Kind.ANSWER] == ["5,85 г", ""]


def test_answers_are_looked_for_in_their_own_section() -> None:
    tasks = [task("5,85", "г", 1), task("2,24", "л", 2)]
    work = [page("Задача 1\nОтвет: 5,85 г"), page("Задача 2\nОтвет: 5,85 л")]
    findings = check(tasks, work)
    assert [(f.task_number, f.verdict) for f in findings if f.kind is Kind.ANSWER] == [
        (1, Verdict.OK),
        (2, Verdict.WRONG),
    ]
    assert findings[2].photo_id == work[1].photo_id


def test_no_tasks_no_pages() -> None:
    assert check([], []) == []
    assert [f.verdict for f in check([task("5")], [])] == [Verdict.UNSURE]
    assert [f.kind for f in check([], [page("H2 + O2 = H2O")])] == [Kind.EQUATION]
