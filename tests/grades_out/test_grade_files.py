"""No cell is a formula, and every text arrives as it was."""

import csv
import io
import tempfile
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from picrete_gql.models import Attempt, Criterion, CriterionKind, ExportFormat, Submission, Task
from picrete_gql.problems import Locale
from picrete_gql.rules import grade_exports as rules
from picrete_gql.rules.grade_exports.safe import harmless, is_dangerous, printable

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ATTACKS = [
    "=1+1",
    "+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    '\u00a0=HYPERLINK("http://evil","click")',
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "\x00=1+1",
    '=1+1";=1+1',
    '=DDE("cmd";"/C calc";"x")',
]
HARMLESS = ["", "ok", "12", "3 - 2 = 1", "'=1", "О=С=О", "формула: =1", "a\n=b"]


def entry(comment: str, name: str = "Ada") -> rules.Entry:
    """A submission in which somebody wrote this."""
    ids = {"course_id": uuid4(), "work_id": uuid4()}
    task = Task(**ids, number=1, title=comment, max_points=Decimal(10))
    criterion = Criterion(
        **ids, task_id=task.id, number=1, name="Метод", max_points=Decimal(10), kind=CriterionKind.OTHER
    )
    attempt = Attempt(**ids, student_id=uuid4(), number=1, seed=1, started_at=NOW, expires_at=NOW)
    whole = {"max_points": Decimal(10), "final_points": Decimal("7.25"), "feedback": comment}
    submission = Submission(**ids, attempt_id=attempt.id, student_id=attempt.student_id, **whole)
    line = rules.Line(task, criterion, 1, None, rules.Points(Decimal("7.25"), comment, name))
    return rules.Entry(submission, attempt, attempt.student_id, name, comment, comment, name, NOW, [line])


def written(folder: Path, format: ExportFormat, entries: list[rules.Entry], locale: Locale = Locale.EN) -> bytes:
    """The bytes of a file with these submissions."""
    line = entries[0].lines[0]
    head = rules.Head("work", "Europe/Moscow", locale, [(line.task, [line.criterion])])
    path = folder / f"{uuid4()}.{format.value}"
    file = rules.open_file(format, path, head, 10**8)
    file.write(entries)
    file.close()
    return path.read_bytes()


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_of_a_csv_begins_a_formula(tmp_path: Path, attack: str) -> None:
    for locale, delimiter in ((Locale.RU, ";"), (Locale.EN, ",")):
        text = written(tmp_path, ExportFormat.CSV, [entry(attack, attack)], locale).decode("utf-8-sig")
        _, cells = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        assert not [cell for cell in cells if is_dangerous(cell)], cells
        assert sum(cell == f"'{printable(attack)}" for cell in cells) == 8
        assert ("7,25" if locale is Locale.RU else "7.25") in cells


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_of_an_xlsx_is_a_formula(tmp_path: Path, attack: str) -> None:
    body = written(tmp_path, ExportFormat.XLSX, [entry(attack, attack)])
    for sheet in load_workbook(io.BytesIO(body)).worksheets:
        told = [cell for row in sheet.iter_rows(min_row=2) for cell in row if isinstance(cell.value, str)]
        said = [cell for cell in told if cell.value == printable(attack)]
        assert len(said) >= 4, [cell.value for cell in told]
        assert {cell.data_type for cell in told} == {"s"}
        assert all(cell.style and cell.quotePrefix for cell in said), "a formula neither when somebody edits the cell"
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name) or "externalLink" in name]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@settings(deadline=None)
@given(st.text())
def test_nothing_dangerous_is_left(text: str) -> None:
    assert not is_dangerous(harmless(text))
    assert harmless(text).removeprefix("'") == text.removeprefix("'")


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_arrives(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = entry(text)
        rows = csv.reader(io.StringIO(written(Path(folder), ExportFormat.CSV, [made]).decode("utf-8-sig"), newline=""))
        assert list(rows)[1][16] == harmless(printable(text))
        book = load_workbook(io.BytesIO(written(Path(folder), ExportFormat.XLSX, [made])))
        assert (book["Criteria"].cell(2, 17).value or "") == printable(text)


def test_a_cell_holds_no_more_than_excel_takes(tmp_path: Path) -> None:
    for letter in ("ё", "😀"):
        book = load_workbook(io.BytesIO(written(tmp_path, ExportFormat.XLSX, [entry(letter * 40_000)])))
        value = book["Criteria"].cell(2, 17).value
        assert value.endswith("…") and 32_760 < len(value.encode("utf-16-le")) // 2 <= 32_767
