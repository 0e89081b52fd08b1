"""Words that structure a solution (headings, «Ответ»), as recognition may spell them."""

import re
from collections.abc import Iterator
from functools import lru_cache

from .lookalikes import distance, skeleton

_WORD = re.compile(r"[^\W_]{3,12}")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_] ){4,6}[^\W_](?![^\W_])")
_AFTER_ANSWER = re.compile(r"\.?\s{0,3}[:=;]\s*|\s{0,3}[.-]\s+|\s*\Z")
_BARE_ANSWER = re.compile(r"\s+(?=[\d(]|[A-Z][A-Za-z]?\d)")
_WORDY_ANSWER = re.compile(r"[^\d:;=.]{1,40}:\s*")
_MARGIN = re.compile(r"[\W_]*\Z")

_ANSWERS = tuple(skeleton(word) for word in ("ответ", "ответы", "answer", "answers"))
_SHORT_ANSWERS = frozenset(skeleton(word) for word in ("отв", "ans"))
_NOT_ANSWERS = frozenset(skeleton(word) for word in ("отчет", "отвес", "отсвет", "отвод", "отвёл", "ответа", "ответе"))

_HEADINGS = tuple(skeleton(word) for word in ("задача", "задание", "task", "problem", "exercise"))
_HEADING = re.compile(
    r"[\W_]{0,8}(?:([^\W_]{3,10})\s{0,3}(?:№|N[oо°]?\.?|#)?|№)\s{0,3}([0-9lI|ЗОоОб]{1,3})(?![^\W_])([.,]\d)?"
)
_TURNED = re.compile(r"[\W_]{0,8}(\d{1,2})(?:-?(?:ая|[яйе]))?\s([^\W_]{3,10})\s{0,3}(?:[.:]\s{0,3}|\Z)")
_DIGITS = str.maketrans("lI|ЗОоOoб", "111300006")
_SPELT = frozenset(
    (
        "ответ",
        "ответы",
        "отв",
        "задача",
        "задание",
        "задачи",
        "задания",
        "задаче",
        "задачу",
        "answer",
        "answers",
        "ans",
        "task",
        "tasks",
        "problem",
        "exercise",
    )
)
_MARK = re.compile(r"\s*[.:)\]-]?\s*")
_BARE_HEADING = re.compile(r"\s*(\d{1,3})\s?[.)](?![\d])\s*")


def answer_labels(text: str) -> Iterator[tuple[int, int]]:
    """Where «Ответ:» stands in a line: start of the word, start of what follows it."""
    for match in _WORD.finditer(text):
        if _is_answer(match[0]):
            end = _after_answer(text, match.start(), match.end())
            if end is not None:
                yield match.start(), end
    for match in _SPACED.finditer(text):
        if _is_answer(match[0].replace(" ", "")):
            end = _after_answer(text, match.start(), match.end())
            if end is not None:
                yield match.start(), end


@lru_cache(maxsize=4096)
def _is_answer(word: str) -> bool:
    folded = skeleton(word)
    if folded in _SHORT_ANSWERS or folded in _ANSWERS:
        return True
    return folded not in _NOT_ANSWERS and any(distance(folded, known, 1) <= 1 for known in _ANSWERS)


def _after_answer(text: str, start: int, end: int) -> int | None:
    match = _AFTER_ANSWER.match(text, end)
    if match is None and _MARGIN.match(text[:start]):
        match = _BARE_ANSWER.match(text, end) or _WORDY_ANSWER.match(text, end)
    return match.end() if match else None


def heading(text: str) -> tuple[int, int] | None:
    """The number of the task that a line is the heading of, and where the rest of the line begins.

    A number from a book («Задача 2.10») is that of no task: 0.
    """
    match = _HEADING.match(text)
    if match is None:
        return _turned(text)
    word, number, part = match.groups()
    if word is not None and not _is_heading(word):
        return None
    digits = number.translate(_DIGITS)
    if not digits.isdigit() or (not number.isdigit() and len(number) > 1):
        return None
    if part:
        return 0, match.end()
    mark = _MARK.match(text, match.end())
    return int(digits), mark.end() if mark else match.end()


def _turned(text: str) -> tuple[int, int] | None:
    """«2-я задача»."""
    match = _TURNED.match(text)
    return (int(match[1]), match.end()) if match and _is_heading(match[2]) else None


@lru_cache(maxsize=4096)
def _is_heading(word: str) -> bool:
    folded = skeleton(word)
    return any(distance(folded, known, 1) <= (1 if len(known) > 4 else 0) for known in _HEADINGS)


def misread_label(word: str) -> bool:
    """Whether a word in lower case is «ответ» or «задача», but not spelt so."""
    return word not in _SPELT and len(word) > 3 and (_is_answer(word) or _is_heading(word))


def bare_heading(text: str) -> tuple[int, int] | None:
    """The same for a line that only begins with `2)` or `2.`, which is as often a step of a solution."""
    match = _BARE_HEADING.match(text)
    return (int(match[1]), match.end()) if match else None
