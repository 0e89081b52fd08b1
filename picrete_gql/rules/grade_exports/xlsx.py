"""XLSX: a sheet with a row for each submission and a sheet with a row for each of its criteria.

Rows go to disk as they come. What is text is written as text, so that nothing in it can be a formula; a cell that would
become one when somebody edits it carries Excel's own mark for text.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from picrete_gql.problems import Locale

from .columns import Cell, Column, names, of_criteria, of_students
from .entry import Entry, Head
from .files import ensure_bytes
from .safe import is_dangerous, printable

# Excel counts the units of UTF-16 and holds no more of them.
CELL_UNITS = 32_767
CUT = "…"
SHEETS = {Locale.RU: ("Студенты", "Критерии"), Locale.EN: ("Students", "Criteria")}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class XlsxFile:
    """A workbook in the making."""

    def __init__(self, path: Path, head: Head, most: int) -> None:
        self.path, self.most = path, most
        self.book = Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)})
        self.book.set_properties({"title": head.title, "comments": ""})
        self.bold = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.quoted = self.book.add_format({"quote_prefix": True})
        students, criteria = SHEETS[head.locale]
        self.students = Table(self, students, of_students(head), head)
        self.criteria = Table(self, criteria, of_criteria(head), head)

    def write(self, entries: Sequence[Entry]) -> None:
        """Add submissions."""
        for entry in entries:
            self.students.add([column.value(entry, None) for column in self.students.columns])
            for line in entry.lines:
                self.criteria.add([column.value(entry, line) for column in self.criteria.columns])
        ensure_bytes([path for path in self.path.parent.iterdir() if path.is_file()], self.most)

    def close(self) -> None:
        """Put the sheets together."""
        for table in (self.students, self.criteria):
            table.end()
        self.book.close()
        ensure_bytes([self.path], self.most)

    def abandon(self) -> None:
        """Let go of the files of the sheets; whoever owns the folder removes them."""
        for sheet in self.book.worksheets():
            sheet.row_data_fh.close()
        # A book that is never closed complains when it is forgotten.
        self.book.fileclosed = True


class Table:
    """One sheet with a frozen first row and a filter."""

    def __init__(self, file: XlsxFile, name: str, columns: Sequence[Column], head: Head) -> None:
        self.file, self.columns, self.row = file, columns, 0
        self.sheet: Worksheet = file.book.add_worksheet(name)
        self.sheet.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            self.sheet.set_column(place, place, column.width)
        for place, text in enumerate(names(columns, head)):
            self.sheet.write_string(0, place, text, file.bold)

    def add(self, cells: Sequence[Cell]) -> None:
        """One more row."""
        self.row += 1
        for place, value in enumerate(cells):
            self._put(place, value)

    def end(self) -> None:
        """The filter needs to know the last row."""
        self.sheet.autofilter(0, 0, self.row, len(self.columns) - 1)

    def _put(self, place: int, value: Cell) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime):
            self.sheet.write_datetime(self.row, place, value, self.file.moment)
        elif isinstance(value, (int, Decimal)):
            self.sheet.write_number(self.row, place, float(value))
        else:
            text = _fitting(printable(value))
            self.sheet.write_string(self.row, place, text, self.file.quoted if is_dangerous(text) else None)


def _fitting(text: str) -> str:
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * CELL_UNITS else units[: 2 * CELL_UNITS - 2].decode("utf-16-le", "ignore") + CUT
