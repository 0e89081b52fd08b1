"""How values are shown: times in the panel's zone, values of enums in words, references as links."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette_admin import RequestAction
from starlette_admin.fields import BooleanField, EnumField, StringField, TextAreaField

from ._visitor import at, visitor
from ._words import term

Text, Long = StringField, TextAreaField
COLORS = {
    "green": {"active", "approved", "done", "ready", "validated", "published", "completed", "graded"},
    "red": {"failed", "rejected", "refused", "lost", "suspended", "inadmissible", "expired"},
    "yellow": {"flagged", "reported", "unavailable", "superseded", "in_review"},
    "blue": {"pending", "processing", "queued", "uploading", "running", "preliminary", "uploaded"},
}


@dataclass
class Flag(BooleanField):
    """Whether something is so."""

    list_template: str = "fields/flag.html"
    detail_template: str = "fields/flag.html"


@dataclass
class Moment(StringField):
    """A time."""

    async def serialize_value(self, request: Request, value: Any) -> Any:
        """As people of the panel's time zone read it; in a form as its input wants it."""
        if request.state.action.is_form():
            return value if isinstance(value, str) else self.for_input(request, value)
        return at(value, visitor(request).zone)

    @staticmethod
    def for_input(request: Request, value: datetime) -> str:
        """A time as an input for it holds it, to the minute."""
        return value.astimezone(visitor(request).zone).strftime("%Y-%m-%dT%H:%M")


@dataclass
class Term(StringField):
    """One or several values of an enum."""

    list_template: str = "fields/term.html"
    detail_template: str = "fields/term.html"

    async def serialize_value(self, request: Request, value: Any) -> Any:
        """Each with its word."""
        return _terms(value)


@dataclass
class Choice(EnumField):
    """A value of an enum that a form may change."""

    list_template: str = "fields/term.html"
    detail_template: str = "fields/term.html"

    async def serialize_value(self, request: Request, value: Any) -> Any:
        """With its word; in a form as it is."""
        if not request.state.action.is_form():
            return _terms(value)
        return [_plain(one) for one in value] if isinstance(value, list) else _plain(value)


@dataclass
class Ref(StringField):
    """Another row: a link to its page. The id stands in the column `to`, the text in the field's own."""

    page: str = ""
    to: str = ""
    list_template: str = "fields/ref.html"
    detail_template: str = "fields/ref.html"

    async def parse_obj(self, request: Request, obj: Any) -> Any:
        """The id and the text; None when there is no such row."""
        id = getattr(obj, self.to or self.name, None)
        text = getattr(obj, self.name, None)
        return None if id is None else {"id": str(id), "text": str(text) if text not in (None, "", id) else short(id)}

    async def serialize_value(self, request: Request, value: Any) -> Any:
        """As it is: the template knows it."""
        return value


@dataclass
class Code(StringField):
    """An id that leads nowhere: its end in a list, the whole of it on a page of its own."""

    async def serialize_value(self, request: Request, value: Any) -> Any:
        """As long as there is room for."""
        return short(value) if request.state.action == RequestAction.LIST else str(value)


@dataclass
class Data(TextAreaField):
    """A small piece of JSON."""

    async def serialize_value(self, request: Request, value: Any) -> Any:
        """Over several lines."""
        return json.dumps(value, ensure_ascii=False, indent=2, default=str)


@dataclass
class Texts(StringField):
    """Several short texts."""

    async def serialize_value(self, request: Request, value: Any) -> Any:
        """One after the other."""
        return ", ".join(str(one) for one in value) if value else "—"


@dataclass
class Secret(StringField):
    """A password to be set. What was typed is never sent back."""

    input_type: str = "password"
    class_: str = "field-password form-control"
    form_template: str = "fields/secret.html"


def short(id: object) -> str:
    """The end of an id: ids of one time begin alike."""
    return f"…{str(id)[-8:]}"


def _terms(value: Any) -> list[dict[str, str]]:
    values = value if isinstance(value, list) else [value]
    return [{"word": term(one), "color": _color(_plain(one))} for one in values]


def _plain(value: Any) -> str:
    return str(getattr(value, "value", value))


def _color(value: str) -> str:
    return next((color for color, values in COLORS.items() if value in values), "secondary")
