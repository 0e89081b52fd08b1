"""CSV: one row for each criterion of each submission, as the spreadsheets of that language open it.

A Russian Excel splits at semicolons and writes decimal commas; the mark at the beginning tells it that this is UTF-8.
"""

import csv
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from picrete_gql.problems import Locale

from .columns import Cell, names, of_criteria
from .entry import Entry, Head
from .files import ensure_bytes
from .safe import harmless, printable


class CsvFile:
    """A CSV file in the making (RFC 4180, every text in quotes)."""

    def __init__(self, path: Path, head: Head, most: int) -> None:
        self.path, self.most, self.russian = path, most, head.locale is Locale.RU
        self.columns = of_criteria(head)
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.rows = csv.writer(self.file, delimiter=";" if self.russian else ",", quoting=csv.QUOTE_ALL)
        self.rows.writerow([harmless(name) for name in names(self.columns, head)])

    def write(self, entries: Sequence[Entry]) -> None:
        """Add submissions."""
        for entry in entries:
            for line in entry.lines:
                self.rows.writerow([self._cell(column.value(entry, line)) for column in self.columns])
        self.file.flush()
        ensure_bytes([self.path], self.most)

    def close(self) -> None:
        """Nothing more will come."""
        self.file.close()

    abandon = close

    def _cell(self, value: Cell) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return harmless(printable(value))
        if isinstance(value, datetime):
            return value.isoformat(sep=" ")
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return text.replace(".", ",") if self.russian else text
