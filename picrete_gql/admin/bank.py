"""The task bank."""

from typing import Any

from starlette.requests import Request
from starlette_admin import row_action

from picrete_gql.resolvers import bank, courses

from ._dialogs import dialog, line, typed
from ._fields import Flag, Long, Moment, Ref, Text, Texts
from ._page import Ask, Page, act, id_of
from ._visitor import context_of
from ._words import said
from .accounts import YES_NO

WHICH = dialog(line("slug", said("Курс (краткое имя)", "Course (slug)")))


class Sources(Page):
    """Books and collections of tasks."""

    sheet = key = "sources"
    menu_label = said("Источники задач", "Bank sources")
    display_name = said("источник", "source")
    icon = "fa fa-book"
    title_attr = "title"
    row_actions = ("view", "attach", "detach")
    fields = (
        Text("slug", said("Краткое имя", "Slug")),
        Text("title", said("Название", "Title")),
        Text("items", said("Задач", "Tasks")),
        Text("courses", said("Курсов", "Courses")),
        Texts("attached", said("Подключён к курсам", "Attached to")),
        Moment("imported_at", said("Загружен", "Imported")),
        Moment("created_at", said("Создан", "Created")),
    )

    @row_action(
        "attach",
        said("Подключить к курсу", "Attach to a course"),
        confirmation=said("Курс увидит задачи этого источника.", "The course will see the tasks of this source."),
        form=WHICH,
        icon_class="fa fa-link",
    )
    async def attach(self, request: Request, pk: Any) -> None:
        """Its teachers and trainers see it."""
        context = context_of(request)
        course = await courses.by_slug(context, await typed(request, "slug", 64))
        await act(request, bank.attach(context, course.id, id_of(pk)))

    @row_action(
        "detach",
        said("Отключить от курса", "Detach from a course"),
        confirmation=said("Копии задач в работах останутся.", "Copies of tasks in works stay."),
        form=WHICH,
        icon_class="fa fa-link-slash",
    )
    async def detach(self, request: Request, pk: Any) -> None:
        """Copies in works stay."""
        context = context_of(request)
        course = await courses.by_slug(context, await typed(request, "slug", 64))
        await act(request, bank.detach(context, course.id, id_of(pk)))


class Items(Page):
    """Tasks of the bank."""

    sheet = key = "items"
    menu_label = said("Задачи банка", "Bank tasks")
    display_name = said("задача", "task")
    icon = "fa fa-flask"
    title_attr = "number"
    asks = (
        Ask("source", said("Источник (id)", "Source (id)")),
        Ask("paragraph", said("Параграф", "Paragraph")),
        Ask("answered", said("Ответ известен", "Answer known"), YES_NO),
    )
    fields = (
        Ref("source", said("Источник", "Source"), page="sources", to="source_id"),
        Text("paragraph", said("Параграф", "Paragraph")),
        Text("number", said("Номер", "Number")),
        Text("topic", said("Тема", "Topic")),
        Text("text", said("Начало условия", "Beginning of the text")),
        Flag("has_answer", said("Ответ известен", "Answer known")),
        Long("whole_text", said("Условие", "Text")),
        Text("answer", said("Ответ", "Answer")),
        Text("pictures", said("Рисунков", "Pictures")),
        Moment("changed_at", said("Изменена", "Changed")),
    )
