"""Works."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette_admin import row_action

from picrete_gql.models import Release, WorkKind, WorkStatus
from picrete_gql.problems import Invalid
from picrete_gql.resolvers import grades, works

from ._dialogs import dialog, tick, typed
from ._fields import Flag, Long, Moment, Ref, Term, Text
from ._page import Ask, Page, act, id_of, local_moment
from ._visitor import context_of
from ._words import choices, said
from .accounts import SURE

UNSURE = (WorkStatus.PUBLISHED, WorkStatus.ACTIVE)


class Works(Page):
    """All works."""

    sheet = key = "works"
    menu_label = said("Работы", "Works")
    display_name = said("работу", "work")
    icon = "fa fa-file-pen"
    title_attr = "title"
    changes = ("title", "description", "starts_at", "ends_at", "max_attempts")
    row_actions = ("view", "edit", "publish", "unpublish", "archive", "release", "delete_work")
    asks = (
        Ask("course", said("Курс (краткое имя)", "Course (slug)")),
        Ask("status", said("Статус", "Status"), choices(*WorkStatus)),
        Ask("kind", said("Вид", "Kind"), choices(*WorkKind)),
    )
    fields = (
        Text("title", said("Название", "Title"), required=True),
        Ref("course", said("Курс", "Course"), page="courses", to="course_id"),
        Term("kind", said("Вид", "Kind")),
        Term("status", said("Статус", "Status")),
        Long("description", said("Описание", "Description")),
        Moment("starts_at", said("Начало", "Start"), input_type="datetime-local", required=True),
        Moment("ends_at", said("Конец", "End"), input_type="datetime-local", required=True),
        Text("duration_minutes", said("Минут на решение", "Minutes to solve it")),
        Text("max_attempts", said("Попыток", "Attempts allowed"), input_type="number", required=True),
        Flag("ocr", said("Чтение страниц", "Reading of pages")),
        Flag("precheck", said("Предпроверка", "Precheck")),
        Term("release", said("Показ оценок", "Release of marks")),
        Moment("released_at", said("Оценки показаны", "Marks released")),
        Text("tasks", said("Заданий", "Tasks")),
        Text("attempts", said("Начато попыток", "Attempts begun")),
        Moment("created_at", said("Создана", "Created")),
    )

    async def edit(self, request: Request, pk: Any, data: Mapping[str, Any]) -> Any:
        """What the form holds and is another than before; after publishing only what cannot hurt a student."""
        return await self.saved(request, pk, self._update(request, pk, data))

    async def _update(self, request: Request, pk: Any, data: Mapping[str, Any]) -> object:
        before, changes = await self.find_by_pk(request, pk), dict[str, Any]()
        for name in self.changes:
            text = data[name] or ""
            if text.replace("\r\n", "\n") != self._shown(request, before, name):
                changes[name] = _read(request, name, text)
        return await works.update(context_of(request), id_of(pk), changes)

    def _shown(self, request: Request, row: Any, name: str) -> str:
        value = getattr(row, name)
        return Moment.for_input(request, value) if name.endswith("_at") else str(value)

    async def is_row_action_allowed_for_obj(self, request: Request, name: str, obj: Any) -> bool:
        """Buttons that fit the work's state."""
        useful = {
            "publish": obj.status is WorkStatus.DRAFT,
            "unpublish": obj.status in UNSURE,
            "archive": obj.status is WorkStatus.COMPLETED,
            "release": obj.release is Release.MANUAL and obj.released_at is None,
        }
        return useful.get(name, True) and await self.is_row_action_allowed(request, name)

    @row_action("publish", said("Опубликовать", "Publish"), confirmation=SURE, icon_class="fa fa-bullhorn")
    async def publish(self, request: Request, pk: Any) -> None:
        """Students see it."""
        await act(request, works.publish(context_of(request), id_of(pk)))

    @row_action("unpublish", said("Вернуть в черновики", "Unpublish"), confirmation=SURE, icon_class="fa fa-undo")
    async def unpublish(self, request: Request, pk: Any) -> None:
        """While nobody has begun."""
        await act(request, works.unpublish(context_of(request), id_of(pk)))

    @row_action("archive", said("В архив", "Archive"), confirmation=SURE, icon_class="fa fa-box-archive")
    async def archive(self, request: Request, pk: Any) -> None:
        """Nothing in it is lost."""
        await act(request, works.archive(context_of(request), id_of(pk)))

    @row_action("release", said("Показать оценки", "Release the marks"), confirmation=SURE, icon_class="fa fa-eye")
    async def release(self, request: Request, pk: Any) -> None:
        """All of them, and later ones as soon as they are given."""
        await act(request, grades.release(context_of(request), id_of(pk)))

    @row_action(
        "delete_work",
        said("Удалить", "Delete"),
        confirmation=said("Работа исчезнет вместе со всем, что в ней есть.", "The work and all in it will be gone."),
        form=dialog(tick("force", said("Даже если есть попытки студентов", "Even with attempts of students"))),
        icon_class="fa fa-trash",
        exclude_from_detail=True,
    )
    async def delete_work(self, request: Request, pk: Any) -> None:
        """With everything in it."""
        force = await typed(request, "force") == "yes"
        await act(request, works.remove(context_of(request), id_of(pk), force=force))


def _read(request: Request, name: str, text: str) -> Any:
    try:
        if name.endswith("_at"):
            return local_moment(request, text)
        return int(text) if name == "max_attempts" else text
    except ValueError:
        raise Invalid(name, "Это значение не годится.", "This value cannot be used.") from None
