"""A list of the panel and the pages of its rows: read by one resolver, changed by the resolvers of each room."""

from collections.abc import Awaitable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import BaseModelView, RowActionsDisplayType, RowActionsPosition
from starlette_admin.exceptions import ActionFailed, FormValidationError
from starlette_admin.flash import flash

from picrete_gql.problems import Code, Forbidden, Invalid, NotFound, Problem
from picrete_gql.resolvers import panel
from picrete_gql.resolvers.panel import SHEETS, Look

from ._visitor import context_of, visitor
from ._words import said

T = TypeVar("T")
STATUS = {Code.NOT_FOUND: 404, Code.FORBIDDEN: 403, Code.UNAUTHENTICATED: 401, Code.UNAVAILABLE: 503}
DONE = said("Сделано.", "Done.")


@dataclass(frozen=True)
class Ask:
    """A filter above a list: one of some choices, or a text."""

    name: str
    label: Any
    choices: Sequence[tuple[str, Any]] = ()


class Page(BaseModelView):
    """One list. What its sheet does not tell cannot be shown, searched or sorted by, whatever is sent by hand."""

    sheet: ClassVar[str]
    asks: ClassVar[Sequence[Ask]] = ()
    pk_attr = "id"
    title_attr: ClassVar[str] = "id"
    # What the forms hold: whatever else is sent by hand is not even read.
    made_of: ClassVar[Collection[str]] = ()
    changes: ClassVar[Collection[str]] = ()
    page_size = 50
    page_size_options = (25, 50, 100)
    actions = ()
    exporters = ()
    importers = ()
    row_actions_display_type = RowActionsDisplayType.KEBAB
    row_actions_position = RowActionsPosition.AFTER_COLUMNS
    searchable_fields = ()

    def __init__(self) -> None:
        sheet = SHEETS[self.sheet]
        self.sortable_fields = list(sheet.sorts)
        self.exclude_fields_from_list = self._but(sheet.columns)
        self.exclude_fields_from_detail = self._but([*sheet.columns, *sheet.more])
        self.exclude_fields_from_create = self._but(self.made_of)
        self.exclude_fields_from_edit = self._but(self.changes)
        super().__init__()

    def _but(self, names: Collection[str]) -> list[str]:
        return [field.name for field in self.fields if field.name not in names]

    def can_create(self, request: Request) -> bool:
        """Something can be made where a page says of what."""
        return bool(self.made_of)

    def can_edit(self, request: Request) -> bool:
        """Something can be changed where a page says what."""
        return bool(self.changes)

    def can_delete(self, request: Request) -> bool:
        """Nothing is deleted here."""
        return False

    def can_export(self, request: Request) -> bool:
        """Nothing leaves as a file."""
        return False

    def can_import(self, request: Request) -> bool:
        """Nothing comes in as a file."""
        return False

    def times(self) -> list[tuple[str, Any]]:
        """The names and labels of the filters by time."""
        return [("since", said("С", "From")), ("until", said("До", "Until"))]

    def is_capped(self, request: Request) -> bool:
        """Whether there are more rows than are counted and turned over by pages."""
        return bool(request.state.total >= context_of(request).runtime.settings.admin.max_rows)

    def capped(self, request: Request) -> str:
        """What to do then."""
        most = context_of(request).runtime.settings.admin.max_rows
        ru = f"Показаны только первые {most} строк. Чтобы увидеть другие, уточните поиск или время."
        return str(said(ru, f"Only the first {most} rows are shown. Narrow the search or the time to see others."))

    async def find_all(
        self, request: Request, skip: int = 0, limit: int = 100, q: Any = None, sorts: Any = None, filters: Any = None
    ) -> Sequence[Any]:
        """The rows of a page of the list."""
        sort, direction = sorts[0] if sorts else (None, "asc")
        look = Look(
            search=q or "",
            filters={ask.name: request.query_params.get(ask.name, "") for ask in self.asks},
            since=_moment(request, "since"),
            until=_moment(request, "until"),
            sort=sort,
            descending=direction == "desc",
            skip=min(skip, 2**31),
            limit=min(limit, max(self.page_size_options)),
        )
        with told(request):
            found = await panel.rows(context_of(request), self.sheet, look)
        request.state.total = found.total
        return found.rows

    async def count(self, request: Request, q: Any = None, filters: Any = None) -> int:
        """How many there are, up to the cap: counted together with the rows."""
        return int(request.state.total)

    async def find_by_pk(self, request: Request, pk: Any) -> Any:
        """One row with all that is told of it; None when there is none."""
        try:
            with told(request):
                return await panel.row(context_of(request), self.sheet, str(pk))
        except HTTPException as error:
            if error.status_code == 404:
                return None
            raise

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Any]:
        """Nothing is done to many rows at once."""
        return []

    async def create(self, request: Request, data: dict[str, Any]) -> Any:
        """No page makes anything unless it says how."""
        raise HTTPException(403)

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
        """No page changes anything unless it says how."""
        raise HTTPException(403)

    async def delete(self, request: Request, pks: list[Any]) -> int | None:
        """Nothing is deleted in this way."""
        raise HTTPException(403)

    async def handle_row_action(self, request: Request, pk: Any, name: str) -> Response | None:
        """A button of a row. A refusal is shown as its sentence."""
        if name not in (self.row_actions or ()):
            raise ActionFailed(Forbidden().say(visitor(request).locale))
        try:
            return await super().handle_row_action(request, pk, name)
        except Problem as problem:
            sentence = problem.say(visitor(request).locale)
            if self._row_actions[name].get("custom_response"):
                return self.answered(request, "shown_once.html", problem=sentence)
            raise ActionFailed(sentence) from problem

    def answered(self, request: Request, template: str, **facts: Any) -> Response:
        """A page of its own as the answer to a button."""
        assert self._admin is not None
        return self._admin._template_response(request, template, {"view": self, **facts})

    async def repr(self, obj: Any, request: Request) -> str:
        """A row in a few words."""
        return str(getattr(obj, self.title_attr, None) or obj.id)

    async def made(self, request: Request, change: Awaitable[Any]) -> Any:
        """The row that a form has made; a refusal stands at the field that it is about."""
        return await self.find_by_pk(request, (await self._tried(request, change)).id)

    async def saved(self, request: Request, pk: object, change: Awaitable[object]) -> Any:
        """The row after a change from a form."""
        await self._tried(request, change)
        return await self.find_by_pk(request, pk)

    async def _tried(self, request: Request, change: Awaitable[T]) -> T:
        try:
            return await change
        except Problem as problem:
            sentence = problem.say(visitor(request).locale)
            names = {field.name for field in self.get_fields_list(request)}
            own = _snake(problem.field) if isinstance(problem, Invalid) else ""
            raise FormValidationError({own if own in names else _first(self, request): sentence}) from problem


@contextmanager
def told(request: Request) -> Iterator[None]:
    """A refusal while reading becomes a page that says it."""
    try:
        yield
    except Problem as problem:
        raise HTTPException(STATUS.get(problem.code, 400), problem.say(visitor(request).locale)) from problem


async def act(request: Request, change: Awaitable[object]) -> None:
    """Do what a button asks for, and say so on the next page."""
    await change
    flash(request, str(DONE), "success")


def id_of(pk: Any) -> UUID:
    """The id of a row that a button is about. Raises NotFound."""
    try:
        return UUID(str(pk))
    except ValueError:
        raise NotFound(str(pk)[:40]) from None


def local_moment(request: Request, text: str) -> datetime:
    """A time as a form of the panel sends it, in the panel's zone. Raises ValueError."""
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=visitor(request).zone).astimezone(UTC)
    except OverflowError as error:
        # The first and last hours of the calendar do not exist everywhere.
        raise ValueError(text) from error


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name, "")
    try:
        return local_moment(request, text) if text else None
    except ValueError:
        sentence = said("Время не удалось прочитать.", "The time could not be read.")
        raise HTTPException(400, str(sentence)) from None


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _first(view: BaseModelView, request: Request) -> str:
    return next(field.name for field in view.get_fields_list(request) if not field.read_only)
