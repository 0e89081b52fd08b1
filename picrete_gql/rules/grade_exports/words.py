"""The words of tables, in Russian and English."""

from picrete_gql.models import Flag, SubmissionStatus
from picrete_gql.problems import Locale

STATUSES = {
    SubmissionStatus.UPLOADED: ("загружена", "uploaded"),
    SubmissionStatus.PROCESSING: ("проверяется", "processing"),
    SubmissionStatus.PRELIMINARY: ("ждёт преподавателя", "awaits a teacher"),
    SubmissionStatus.FLAGGED: ("требует внимания", "needs attention"),
    SubmissionStatus.APPROVED: ("оценена", "approved"),
    SubmissionStatus.REJECTED: ("отклонена", "rejected"),
}
FLAGS = {
    Flag.EMPTY: ("нет фото", "no photo"),
    Flag.OCR_FAILED: ("страница не прочитана", "a page could not be read"),
    Flag.PRECHECK_FAILED: ("предпроверка не удалась", "the precheck failed"),
    Flag.UNREADABLE: ("неразборчиво", "unreadable"),
    Flag.REVIEW_TIMEOUT: ("студент не проверил прочитанное", "the reading was not reviewed in time"),
}
SOURCES = {"teacher": ("преподаватель", "teacher"), "ai": ("предпроверка", "precheck"), "": ("", "")}


def say(pair: tuple[str, str], locale: Locale) -> str:
    """One of the two."""
    return pair[0] if locale is Locale.RU else pair[1]


def flags(of: list[dict[str, str]], locale: Locale) -> str:
    """Flags as a person reads them; one that is newer than these words says its own name."""
    known = {flag.value: pair for flag, pair in FLAGS.items()}
    return ", ".join(say(known.get(item["flag"], (item["flag"],) * 2), locale) for item in of)
