"""The small forms that some buttons ask with, and what was typed into them."""

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from picrete_gql.problems import Invalid

LINE = Markup(
    '<label class="form-label mt-2">{label}<input class="form-control" name="{name}" type="{type}" value="{value}"'
    ' autocomplete="off"></label>'
)
TICK = Markup(
    '<label class="form-check mt-2"><input class="form-check-input" type="checkbox" name="{name}" value="yes">'
    '<span class="form-check-label">{label}</span></label>'
)
CHOICE = Markup(
    '<label class="form-label mt-2">{label}<select class="form-select" name="{name}">{options}</select></label>'
)
OPTION = Markup('<option value="{value}">{word}</option>')
Part = Callable[[], Markup]


def line(name: str, label: Any, type: str = "text", value: object = "") -> Part:
    """A line to type into."""
    return lambda: LINE.format(name=name, label=str(label), type=type, value=str(value))


def tick(name: str, label: Any) -> Part:
    """A box to tick."""
    return lambda: TICK.format(name=name, label=str(label))


def choice(name: str, label: Any, options: Sequence[tuple[str, Any]]) -> Part:
    """One of some values."""

    def made() -> Markup:
        shown = Markup("").join(OPTION.format(value=value, word=str(word)) for value, word in options)
        return CHOICE.format(name=name, label=str(label), options=shown)

    return made


def dialog(*parts: Part) -> Callable[[Request, Any], str]:
    """A form of a button, in the language of whoever looks."""

    def form(request: Request, obj: Any) -> str:
        return str(Markup("<form>{}</form>").format(Markup("").join(part() for part in parts)))

    return form


async def typed(request: Request, name: str, most: int = 1000) -> str:
    """What was typed into a line."""
    return str((await request.form()).get(name) or "")[:most]


async def number(request: Request, name: str, default: int | None = None) -> int:
    """A number that was typed. Raises Invalid."""
    text = (await typed(request, name, 12)).strip()
    if not text and default is not None:
        return default
    try:
        return int(text)
    except ValueError:
        raise Invalid(name, "Нужно целое число.", "A whole number is needed.") from None
