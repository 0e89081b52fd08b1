"""What the panel says: every text in Russian and English, chosen when it is shown."""

from typing import Any

from babel.support import LazyProxy
from starlette_admin.i18n import get_locale

from picrete_gql.problems import Locale


def said(ru: str, en: str) -> Any:
    """A text that is in the language of whoever looks."""
    return LazyProxy(lambda: en if get_locale() == Locale.EN.value else ru, enable_cache=False)


# Values of enums as people read them. What is not here is shown as it is.
TERMS: dict[str, Any] = {
    "ru": said("русский", "Russian"),
    "en": said("английский", "English"),
    "student": said("студент", "student"),
    "teacher": said("преподаватель", "teacher"),
    "active": said("идёт", "active"),
    "MemberStatus.active": said("участвует", "active"),
    "suspended": said("отстранён", "suspended"),
    "left": said("вышел", "left"),
    "none": said("не требуется", "none"),
    "isu_6_digits": said("номер ИСУ (6 цифр)", "ISU number (6 digits)"),
    "email_domain": said("домен почты", "e-mail domain"),
    "custom_text": said("содержит текст", "contains a text"),
    "control": said("контрольная", "control work"),
    "homework": said("домашняя", "homework"),
    "draft": said("черновик", "draft"),
    "published": said("опубликована", "published"),
    "completed": said("закончена", "completed"),
    "archived": said("в архиве", "archived"),
    "on_approval": said("сразу после проверки", "on approval"),
    "manual": said("вручную", "manually"),
    "submitted": said("сдана", "submitted"),
    "expired": said("время вышло", "expired"),
    "graded": said("оценена", "graded"),
    "uploaded": said("загружена", "uploaded"),
    "processing": said("обрабатывается", "processing"),
    "preliminary": said("предварительная", "preliminary"),
    "flagged": said("требует внимания", "flagged"),
    "approved": said("оценена", "approved"),
    "rejected": said("отклонена", "rejected"),
    "pending": said("ждёт", "pending"),
    "not_required": said("не требуется", "not required"),
    "in_review": said("у студента на проверке", "in review"),
    "validated": said("подтверждено", "validated"),
    "reported": said("есть замечания", "reported"),
    "failed": said("не удалось", "failed"),
    "skipped": said("нет", "skipped"),
    "queued": said("в очереди", "queued"),
    "uploading": said("загружается", "uploading"),
    "ready": said("прочитано", "ready"),
    "web": said("сайт", "web"),
    "telegram": said("Telegram", "Telegram"),
    "ocr": said("чтение страницы", "page reading"),
    "precheck": said("предпроверка", "precheck"),
    "running": said("идёт", "running"),
    "done": said("готово", "done"),
    "inadmissible": said("ответ не принят", "inadmissible"),
    "unavailable": said("не отвечает", "unavailable"),
    "refused": said("отказ", "refused"),
    "superseded": said("уже не нужно", "superseded"),
    "lost": said("исполнитель пропал", "worker lost"),
    "page": said("чтение страницы", "page reading"),
    "notice": said("уведомление", "notice"),
    "file": said("файл из Telegram", "file from Telegram"),
    "grades": said("файл с оценками", "file of grades"),
    "archive": said("архив с данными человека", "archive of a person's data"),
    "deadline": said("конец попытки", "end of an attempt"),
    "review": said("конец проверки прочитанного", "end of a review"),
    "yes": said("да", "yes"),
    "no": said("нет", "no"),
}


def term(value: object) -> str:
    """A value as people read it."""
    return str(_word(value))


def choices(*values: object) -> list[tuple[str, Any]]:
    """Values of an enum with their texts."""
    return [(str(getattr(value, "value", value)), _word(value)) for value in values]


def _word(value: object) -> Any:
    plain = str(getattr(value, "value", value))
    return TERMS.get(f"{type(value).__name__}.{plain}", TERMS.get(plain, plain))
