"""What a task's reference answer is: quantities, a formula, or words."""

import re
from dataclasses import dataclass, replace

from .formulas import Formula
from .normalise import normalise
from .pages import Task
from .quantities import Quantity, find
from .readings import readings
from .units import Unit, UnknownUnit, unit

_NAME = re.compile(r"[^\W\d]{1,5}\d?(?:\([^()]{0,40}\))?\s?[=≈]")
_AND = re.compile(r"(?<![^\W_])(?:и|или|and|or|около|примерно)(?![^\W_])", re.IGNORECASE)
_TOKEN = re.compile(r"[^\s,;]+")
_BLANKS = re.compile(r"\s+")
_FOLD = re.compile(r"(?<!\d)[\W_]+|[\W_]+(?!\d)")


@dataclass(frozen=True)
class Reference:
    """Exactly one of `quantities` and `formula` is filled, or neither: then the answer is `text`, words."""

    text: str
    quantities: tuple[Quantity, ...] = ()
    formula: Formula | None = None

    @property
    def shown(self) -> str:
        """For a person, with the units."""
        return "; ".join(quantity.text for quantity in self.quantities) or self.text


def reference(task: Task) -> Reference | None:
    """What the task's reference answer says, or None when there is none. A unit given apart belongs to every number."""
    text = normalise(task.reference_answer or "").text.strip().rstrip(". ")
    if not text:
        return None
    species = readings(text.replace(" ", ""))
    if species and not text[0].isdigit():
        return Reference(text, formula=species[0])
    given = _unit(task.units)
    apart = f" {task.units}" if task.units and given else ""
    found = find(text)
    final = [quantity for quantity in found if not quantity.computed]
    if not final or not _only(text, found):
        return Reference(text)
    return Reference(text, tuple(q if q.unit else replace(q, unit=given, text=q.text + apart) for q in final))


def _unit(text: str | None) -> Unit | None:
    try:
        return unit(normalise(text).text) if text else None
    except UnknownUnit:
        return None


def _only(text: str, found: list[Quantity]) -> bool:
    """Whether the text is these quantities, their names and formulas, and no words."""
    for quantity in reversed(found):
        text = f"{text[: quantity.start]} {text[quantity.end :]}"
    rest = _AND.sub(" ", _NAME.sub(" ", text))
    return all(readings(token) or not folded(token) for token in _TOKEN.findall(rest))


def folded(text: str) -> str:
    """Words without case, blanks and punctuation (but for that between digits), for comparing."""
    return _FOLD.sub("", _BLANKS.sub("", text).casefold().replace("ё", "е").replace(",", "."))
