"""Attempts, and what they handed in. Statuses and points are only shown: teachers give marks, jobs move statuses."""

from typing import Any

from starlette.requests import Request
from starlette_admin import row_action

from picrete_gql.models import AttemptStatus, OcrStatus, PrecheckStatus, SubmissionStatus
from picrete_gql.resolvers import attempts

from ._dialogs import dialog, line, number
from ._fields import Data, Long, Moment, Ref, Term, Text
from ._page import Ask, Page, act, id_of
from ._visitor import context_of
from ._words import choices, said

WHOSE = (
    Ask("course", said("Курс (краткое имя)", "Course (slug)")),
    Ask("person", said("Студент (логин)", "Student (login)")),
)


class Attempts(Page):
    """All attempts."""

    sheet = key = "attempts"
    menu_label = said("Попытки", "Attempts")
    display_name = said("попытка", "attempt")
    icon = "fa fa-pencil"
    row_actions = ("view", "extend")
    asks = (*WHOSE, Ask("status", said("Статус", "Status"), choices(*AttemptStatus)))
    fields = (
        Ref("work", said("Работа", "Work"), page="works", to="work_id"),
        Ref("student", said("Студент", "Student"), page="accounts", to="student_id"),
        Text("number", said("№", "No.")),
        Term("status", said("Статус", "Status")),
        Moment("started_at", said("Начата", "Started")),
        Moment("expires_at", said("Время выйдет", "Expires")),
        Moment("submitted_at", said("Сдана", "Submitted")),
        Text("extra_minutes", said("Добавлено минут", "Extra minutes")),
        Moment("draft_saved_at", said("Черновик сохранён", "Draft saved")),
        Text("photos", said("Фотографий", "Photos")),
        Ref("submission_id", said("Сданное", "Submission"), page="submissions"),
    )

    async def is_row_action_allowed_for_obj(self, request: Request, name: str, obj: Any) -> bool:
        """Time is given while an attempt runs."""
        running = obj.status is AttemptStatus.ACTIVE
        return (running or name != "extend") and await self.is_row_action_allowed(request, name)

    @row_action(
        "extend",
        said("Добавить время", "Give more time"),
        confirmation=said("Студент увидит новый срок сразу.", "The student sees the new deadline at once."),
        form=dialog(line("minutes", said("Минут", "Minutes"), "number", 10)),
        icon_class="fa fa-clock",
    )
    async def extend(self, request: Request, pk: Any) -> None:
        """Minutes for one student."""
        minutes = await number(request, "minutes")
        await act(request, attempts.extend(context_of(request), id_of(pk), minutes))


class Submissions(Page):
    """Everything that was handed in."""

    sheet = key = "submissions"
    menu_label = said("Сданное", "Submissions")
    display_name = said("сданное", "submission")
    icon = "fa fa-inbox"
    asks = (
        *WHOSE,
        Ask("status", said("Статус", "Status"), choices(*SubmissionStatus)),
        Ask("ocr", said("Чтение", "Reading"), choices(*OcrStatus)),
        Ask("precheck", said("Предпроверка", "Precheck"), choices(*PrecheckStatus)),
    )
    fields = (
        Ref("work", said("Работа", "Work"), page="works", to="work_id"),
        Ref("student", said("Студент", "Student"), page="accounts", to="student_id"),
        Term("status", said("Статус", "Status")),
        Term("ocr_status", said("Чтение", "Reading")),
        Term("precheck_status", said("Предпроверка", "Precheck")),
        Text("ai_points", said("Предложено", "Proposed")),
        Text("final_points", said("Оценка", "Mark")),
        Text("max_points", said("Из", "Out of")),
        Text("ai_engine", said("Кто предложил", "Proposed by")),
        Data("flags", said("Пометки", "Flags")),
        Long("feedback", said("Отзыв преподавателя", "Teacher's feedback")),
        Moment("review_deadline", said("Проверить прочитанное до", "Review by")),
        Moment("released_at", said("Оценка показана", "Mark released")),
        Ref("attempt_id", said("Попытка", "Attempt"), page="attempts"),
        Text("version", said("Версия", "Version")),
        Text("tries", said("Неудач предпроверки", "Failed prechecks")),
        Text("lease_owner", said("Кто проверяет", "Lease owner")),
        Moment("lease_until", said("Проверяет до", "Lease until")),
        Moment("retry_at", said("Следующая попытка", "Next try")),
        Moment("created_at", said("Создано", "Created")),
    )
