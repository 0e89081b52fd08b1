"""What a file is called and what it is."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from picrete_gql.models import ExportFormat, Work
from picrete_gql.problems import Locale

MIME = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSONL: "application/x-ndjson",
}
GRADES = {Locale.RU: "оценки", Locale.EN: "grades"}
TITLE_CHARS = 100


def filename(work: Work, format: ExportFormat, locale: Locale, now: datetime) -> str:
    """The work's title, a word and the day where the work is held: letters, digits, hyphens, and nothing else."""
    title = "-".join(re.findall(r"\w+", work.title))[:TITLE_CHARS].strip("-_")
    day = now.astimezone(ZoneInfo(work.time_zone)).date().isoformat()
    return "-".join(part for part in (title, GRADES[locale], day) if part) + f".{format.value}"
