"""Lines that were broken in the middle of an equation, put together again."""

from collections.abc import Iterable
from dataclasses import dataclass

from .finding import Place
from .pages import Line

MAX_LINES = 5
_OPERATORS = ("+", "=", "→", "⇄")


@dataclass(frozen=True)
class Joined:
    """One or several lines as one text; `parts` are the lines with the place in the text where each begins."""

    text: str
    parts: tuple[tuple[int, Line], ...]

    def place(self, start: int, end: int) -> Place:
        """Where text[start:end] stands. What runs over several lines is quoted as far as the first of them goes."""
        offset, line = next(part for part in reversed(self.parts) if part[0] <= start)
        used = [part.confidence for at, part in self.parts if at < end and at + len(part.text) > start]
        known = [confidence for confidence in used if confidence is not None]
        return Place(line, line.read.quote(start - offset, end - offset), min(known) if known else None)


def joined(lines: Iterable[Line]) -> list[Joined]:
    """The lines, each with those that continue it: an operator ends one or begins the next."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and len(groups[-1]) < MAX_LINES and _continues(groups[-1][-1].text, line.text):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_join(group) for group in groups]


def _continues(text: str, following: str) -> bool:
    text, following = text.rstrip(), following.lstrip()
    if following.startswith(_OPERATORS):
        return True
    # «… = H2 + Zn2+» ends with a charge.
    charge = text.endswith("+") and text[-2:-1].isalnum() and any(arrow in text for arrow in "=→⇄")
    return text.endswith(_OPERATORS) and not charge


def _join(group: list[Line]) -> Joined:
    text = ""
    parts: list[tuple[int, Line]] = []
    for line in group:
        new = line.text
        # By Russian custom the operator is repeated on the new line.
        lead = new.lstrip()[:1]
        if lead in _OPERATORS and text.rstrip().endswith(lead):
            new = new.replace(lead, " ", 1)
        text += "\n" if parts else ""
        parts.append((len(text), line))
        text += new
    return Joined(text, tuple(parts))
