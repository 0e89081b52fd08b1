"""Photos, what was read on them, and what was asked of outside providers."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import CustomView, link_row_action, route

from picrete_gql.models import PhotoStatus, RunKind, RunOutcome, UploadSource
from picrete_gql.resolvers import photos

from ._fields import Long, Moment, Ref, Term, Text
from ._page import Ask, Page, id_of, told
from ._visitor import context_of
from ._words import choices, said
from .attempts import WHOSE

STUDENT = said("Студент", "Student")


class Photos(Page):
    """All photos."""

    sheet = key = "photos"
    menu_label = said("Фотографии", "Photos")
    display_name = said("фотография", "photo")
    icon = "fa fa-image"
    title_attr = "filename"
    row_actions = ("view", "picture")
    asks = (
        *WHOSE,
        Ask("status", said("Статус", "Status"), choices(*PhotoStatus)),
        Ask("source", said("Откуда", "Source"), choices(*UploadSource)),
    )
    fields = (
        Ref("student", STUDENT, page="accounts", to="student_id"),
        Text("number", said("№", "No.")),
        Text("filename", said("Файл", "File")),
        Term("status", said("Статус", "Status")),
        Term("source", said("Откуда", "Source")),
        Text("size", said("Байт", "Bytes")),
        Text("width", said("Ширина", "Width")),
        Text("height", said("Высота", "Height")),
        Text("failure", said("Почему не прочитана", "Failure")),
        Moment("uploaded_at", said("Загружена", "Uploaded")),
        Ref("attempt_id", said("Попытка", "Attempt"), page="attempts"),
        Moment("queued_at", said("Ждёт чтения с", "Queued")),
        Text("tries", said("Неудач", "Failed readings")),
        Text("takes", said("Раз брали", "Taken")),
        Text("lease_owner", said("Кто читает", "Lease owner")),
        Moment("lease_until", said("Читает до", "Lease until")),
        Moment("retry_at", said("Следующая попытка", "Next try")),
    )

    @link_row_action("picture", said("Открыть снимок", "Open the picture"), icon_class="fa fa-up-right-from-square")
    def picture(self, request: Request, pk: Any) -> str:
        """Where the upright image is shown."""
        return str(request.url_for("admin:picture").include_query_params(pk=pk))


class Picture(CustomView):
    """The way to the image of a photo: a signed address of the object store, for a few minutes."""

    path = "/picture"
    add_to_menu = False

    @route("", name="picture")
    async def index(self, request: Request) -> Response:
        """Off to the store."""
        with told(request):
            found = await photos.view_urls(context_of(request), [id_of(request.query_params.get("pk", ""))])
        if found[0] is None:
            raise HTTPException(404)
        return RedirectResponse(found[0], 303)


class Readings(Page):
    """Everything that engines have read."""

    sheet = key = "readings"
    menu_label = said("Прочитанное", "Readings")
    display_name = said("чтение", "reading")
    icon = "fa fa-font"
    asks = (*WHOSE, Ask("engine", said("Движок", "Engine")))
    fields = (
        Ref("student", STUDENT, page="accounts", to="student_id"),
        Ref("photo_id", said("Фотография", "Photo"), page="photos"),
        Text("number", said("№", "No.")),
        Text("engine", said("Движок", "Engine")),
        Text("model", said("Модель", "Model")),
        Text("quality", said("Качество", "Quality")),
        Text("cost", said("Цена, $", "Cost, $")),
        Moment("created_at", said("Когда", "When")),
        Ref("attempt_id", said("Попытка", "Attempt"), page="attempts"),
        Long("text", said("Текст", "Text")),
    )


class Runs(Page):
    """Every question to a provider, with tokens and cost. Prompts and raw answers are not here."""

    sheet = key = "runs"
    menu_label = said("Провайдеры", "Provider runs")
    display_name = said("запрос", "run")
    icon = "fa fa-robot"
    asks = (
        *WHOSE,
        Ask("kind", said("Что", "Kind"), choices(*RunKind)),
        Ask("outcome", said("Итог", "Outcome"), choices(*RunOutcome)),
    )
    fields = (
        Moment("created_at", said("Когда", "When")),
        Term("kind", said("Что", "Kind")),
        Text("engine", said("Движок", "Engine")),
        Text("model", said("Модель", "Model")),
        Ref("student", STUDENT, page="accounts", to="student_id"),
        Term("outcome", said("Итог", "Outcome")),
        Text("input_tokens", said("Токенов туда", "Input tokens")),
        Text("output_tokens", said("Токенов обратно", "Output tokens")),
        Text("cost", said("Цена, $", "Cost, $")),
        Text("latency", said("Секунд", "Seconds")),
        Text("number", said("№", "No.")),
        Text("detail", said("Подробно", "Detail")),
        Text("owner", said("Кто спрашивал", "Lease owner")),
        Moment("finished_at", said("Закончен", "Finished")),
        Ref("attempt_id", said("Попытка", "Attempt"), page="attempts"),
        Ref("photo_id", said("Фотография", "Photo"), page="photos"),
    )
