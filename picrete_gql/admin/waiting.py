"""What waits for a worker."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette_admin import row_action

from picrete_gql.problems import NotFound
from picrete_gql.resolvers import waiting

from ._fields import Code, Flag, Moment, Ref, Term, Text
from ._page import Ask, Page, act
from ._visitor import context_of
from ._words import choices, said
from .accounts import YES_NO

KINDS = ("page", "precheck", "notice", "file", "grades", "archive", "deadline", "review")


class Waiting(Page):
    """What the rows say is pending, the oldest first. Redis may be lost: this list is the queue."""

    sheet = key = "waiting"
    menu_label = said("Очередь", "Waiting jobs")
    display_name = said("задание", "job")
    icon = "fa fa-hourglass-half"
    title_attr = "kind"
    row_actions = ("view", "retry")
    asks = (
        Ask("kind", said("Что", "Kind"), choices(*KINDS)),
        Ask("course", said("Курс (краткое имя)", "Course (slug)")),
        Ask("person", said("Пользователь", "Username")),
        Ask("dead", said("Пропал", "Dead"), YES_NO),
    )
    fields = (
        Term("kind", said("Что", "Kind")),
        Moment("since", said("Ждёт с", "Since")),
        Ref("username", said("Чьё", "Whose"), page="accounts", to="account_id"),
        Ref("attempt_id", said("Попытка", "Attempt"), page="attempts"),
        Code("lease_owner", said("Исполнитель", "Lease owner")),
        Moment("lease_until", said("Занято до", "Lease until")),
        Flag("dead", said("Пропал", "Dead")),
        Text("tries", said("Неудач", "Failed tries")),
        Moment("retry_at", said("Следующая попытка", "Next try")),
        Text("failure", said("Последняя ошибка", "Last failure")),
    )

    async def is_row_action_allowed_for_obj(self, request: Request, name: str, obj: Any) -> bool:
        """What the clock alone does cannot be asked for."""
        return (name != "retry" or obj.kind in RETRIES) and await self.is_row_action_allowed(request, name)

    @row_action(
        "retry",
        said("Повторить сейчас", "Retry now"),
        confirmation=said(
            "Задание выполнит первый свободный исполнитель, не дожидаясь своего времени.",
            "The first worker that is free will do it, without waiting for its time.",
        ),
        icon_class="fa fa-rotate-right",
    )
    async def retry(self, request: Request, pk: Any) -> None:
        """Now, by whoever is free. A worker that lives keeps what it has."""
        row = await self.find_by_pk(request, pk)
        if row is None or row.kind not in RETRIES:
            raise NotFound(str(pk)[:40])
        again, subject = RETRIES[row.kind]
        await act(request, again(context_of(request), getattr(row, subject)))


RETRIES: dict[str, tuple[Callable[..., Any], str]] = {
    "page": (waiting.retry_page, "id"),
    "precheck": (waiting.retry_precheck, "attempt_id"),
    "notice": (waiting.retry_notice, "id"),
    "grades": (waiting.retry_grades, "id"),
    "archive": (waiting.retry_archive, "id"),
}
