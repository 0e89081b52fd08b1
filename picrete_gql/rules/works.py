"""What a work must be, and what may still change once students see it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from picrete_gql.models import Work, WorkKind, WorkStatus
from picrete_gql.problems import Code, Invalid, Problem

OPEN = (WorkStatus.PUBLISHED, WorkStatus.ACTIVE)
MOST_TASKS, MOST_VARIANTS, MOST_CRITERIA, MOST_TAGS = 300, 200, 30, 20


@dataclass(eq=False)
class WorkIncomplete(Problem):
    """It cannot be published: it has no task, or a task without a variant."""

    task_number: int | None
    code = Code.INVALID_INPUT

    @property
    def ru(self) -> str:  # type: ignore[override]
        """The sentence in Russian."""
        return "В работе нет задач." if self.task_number is None else "У задачи {task_number} нет ни одного варианта."

    @property
    def en(self) -> str:  # type: ignore[override]
        """The sentence in English."""
        return "The work has no task." if self.task_number is None else "Task {task_number} has no variant."


@dataclass(eq=False)
class WorkFrozen(Problem):
    """A published work accepts only what cannot hurt a student."""

    field: str
    ru = "Работа опубликована: «{field}» уже нельзя изменить."
    en = "The work is published: “{field}” can no longer be changed."


@dataclass(eq=False)
class WorkHasAttempts(Problem):
    """Students have begun: un-publishing is too late, deleting needs `force`."""

    attempts: int
    ru = "У работы уже есть попытки ({attempts})."
    en = "The work already has attempts ({attempts})."


def ensure_times(kind: WorkKind, starts_at: datetime, ends_at: datetime, duration_minutes: int | None) -> None:
    """Raises Invalid unless start < end and the duration fits the kind (control: 1 to 1440 minutes; homework: none)."""
    if starts_at >= ends_at:
        raise Invalid("endsAt", "Окончание должно быть позже начала.", "The end must be later than the start.")
    if kind is WorkKind.CONTROL and not (duration_minutes is not None and 0 < duration_minutes <= 1440):
        raise Invalid(
            "durationMinutes",
            "Для контрольной нужна длительность от 1 до 1440 минут.",
            "A control work needs a duration of 1 to 1440 minutes.",
        )
    if kind is WorkKind.HOMEWORK and duration_minutes is not None:
        raise Invalid("durationMinutes", "У домашней работы нет длительности.", "Homework has no duration.")


def ensure_processing(ocr: bool, precheck: bool) -> None:
    """Raises Invalid when a precheck is wanted without the reading that it needs."""
    if precheck and not ocr:
        raise Invalid("precheck", "Предпроверка требует распознавания.", "A precheck needs OCR.")


def ensure_zone(name: str) -> str:
    """The name of an IANA time zone. Raises Invalid."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid("timeZone", "Неизвестный часовой пояс.", "Unknown time zone.") from error
    return name


def ensure_attempts(value: int) -> int:
    """How many attempts a student has: 1 to 100. Raises Invalid."""
    if not 1 <= value <= 100:
        raise Invalid("maxAttempts", "Попыток: от 1 до 100.", "From 1 to 100 attempts.")
    return value


def ensure_harmless(work: Work, changes: dict[str, object]) -> None:
    """After publishing only title, description, release, a later end and more attempts. Raises WorkFrozen."""
    if work.status is WorkStatus.DRAFT:
        return
    for field, value in changes.items():
        harmless = (
            field in ("title", "description", "release")
            or value == getattr(work, field)
            or (field == "ends_at" and work.status in OPEN and value > work.ends_at)  # type: ignore[operator]
            or (field == "max_attempts" and value > work.max_attempts)  # type: ignore[operator]
        )
        if not harmless:
            raise WorkFrozen(field)


def status_by_clock(work: Work, now: datetime) -> WorkStatus:
    """Where the clock has brought a published work."""
    if work.status not in OPEN:
        return work.status
    if now >= work.ends_at:
        return WorkStatus.COMPLETED
    return WorkStatus.ACTIVE if now >= work.starts_at else WorkStatus.PUBLISHED
