"""The final answers that a student wrote («Ответ: …»), and the results of the lines above them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .joined import Joined
from .labels import answer_labels
from .pages import Line
from .quantities import Quantity, find

MAX_ANSWERS = 50

_UNFINISHED = re.compile(r"(?:\A|[,;:=≈·/+-])\s*\Z")
_RESULT = re.compile(r"[=≈→]\s*[+-]?\Z")
_ITEMS = re.compile(r"[·#*\s]*\Z")


def written(lines: Sequence[Line]) -> list[Joined]:
    """What stands after every «Ответ:», in order; if nothing does, or it breaks off, with the next line.

    Of very many only the last MAX_ANSWERS.
    """
    found = []
    for number, line in enumerate(lines):
        labels = sorted(answer_labels(line.text))
        for at, (_, start) in enumerate(labels):
            stop = labels[at + 1][0] if at + 1 < len(labels) else len(line.text)
            parts = [replace(line, read=line.read.cut(start, stop))]
            following = lines[number + 1] if stop == len(line.text) and number + 1 < len(lines) else None
            if following and _UNFINISHED.search(parts[0].text) and not any(answer_labels(following.text)):
                parts.append(following)
            found.append(_joined(part for part in parts if not _ITEMS.match(part.text)))
    return found[-MAX_ANSWERS:]


def _joined(parts: Iterable[Line]) -> Joined:
    text = ""
    placed: list[tuple[int, Line]] = []
    for part in parts:
        text += "\n" if placed else ""
        placed.append((len(text), part))
        text += part.text
    return Joined(text, tuple(placed))


def finals(text: str) -> list[Quantity]:
    """The quantities of an answer that are no part of a calculation, or all if there are no others."""
    found = find(text)
    return [quantity for quantity in found if not quantity.computed] or found


def results(lines: Iterable[Line]) -> list[tuple[Line, Quantity]]:
    """What calculations of these lines come to: clean quantities after a sign of equality."""
    return [
        (line, quantity)
        for line in lines
        for quantity in find(line.text)
        if not quantity.computed and not quantity.torn and _RESULT.search(line.text[: quantity.start][-6:])
    ]
