"""Which kind of file is begun."""

from pathlib import Path

from picrete_gql.models import ExportFormat

from .entry import Head
from .files import GradesFile


def open_file(format: ExportFormat, path: Path, head: Head, most: int) -> GradesFile:
    """Begin a file; it raises FileTooLarge when it outgrows `most` bytes."""
    # What only one format needs is imported only for it.
    if format is ExportFormat.XLSX:
        from .xlsx import XlsxFile

        return XlsxFile(path, head, most)
    if format is ExportFormat.CSV:
        from .comma import CsvFile

        return CsvFile(path, head, most)
    from .lines import JsonlFile

    return JsonlFile(path, head, most)
