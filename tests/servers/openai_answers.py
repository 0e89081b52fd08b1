"""What the stand-in's model says: a grade made from the schema and the pages it was given, and ways to spoil it."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, Decimal
from itertools import cycle
from typing import Any

Json = dict[str, Any]
COMMENT = "Ход решения верный: $\\frac{m}{M}$, $\\beta$, $\\text{моль}$, $\\nu$, $\\rho$."
INVENTED = "этого на странице никто не писал 31337"
_PAGE = re.compile(r"^Page (\d+)$")
_BLOCK = re.compile(r"^(?:\[(b\d+)\] )?\| (.*\S)")
_MOST = re.compile(r"\bto (\d+(?:\.\d+)?)")


def schema_of(body: Json) -> Json | None:
    """The schema of a request: in response_format, or written into the system message; None when there is none."""
    wanted = body.get("response_format", {})
    if wanted.get("type") == "json_schema":
        return wanted["json_schema"]["schema"]
    for message in body["messages"]:
        at = message["content"].find('{"type": "object"') if message["role"] == "system" else -1
        if at >= 0:
            return json.JSONDecoder().raw_decode(message["content"], at)[0]
    return None


def quotable(body: Json) -> Iterator[tuple[int, str | None, str]]:
    """Page, block and text of the student's lines in the first question."""
    question = next((m["content"] for m in body["messages"] if m["role"] == "user"), "")
    page = None
    for line in question.split("\n"):
        if found := _PAGE.match(line):
            page = int(found[1])
        elif not line.startswith(("[", "|")):
            page = page if line.strip() == "" else None  # a heading: corrections and checks are no pages
        elif page is not None and (found := _BLOCK.match(line)):
            yield page, found[1], found[2]


def answer(body: Json, share: Decimal) -> Json:
    """A well-formed answer: every criterion gets `share` of its maximum and a quote; other schemas are filled in."""
    schema = schema_of(body)
    if schema is None:
        return {"answer": "42"}
    if "criteria" not in schema.get("properties", {}):
        return fill(schema)
    places = cycle(list(quotable(body)) or [(None, None, None)])
    criteria, total = {}, Decimal(0)
    for key, sub in schema["properties"]["criteria"]["properties"].items():
        most = Decimal(_MOST.search(sub["properties"]["points"]["description"])[1])
        points = (most * share).quantize(Decimal("0.01"), ROUND_DOWN)
        total += points
        page, block, quote = next(places)
        criteria[key] = {"quote": quote, "page": page, "block_id": block, "errors": [], "comment": COMMENT}
        criteria[key]["points"] = float(points)
    return {
        "criteria": criteria,
        "total": float(total),
        "feedback": "Работа проверена.",
        "unreadable": False,
        "unreadable_reason": None,
    }


def fill(schema: Json) -> Any:
    """The plainest value that a schema admits."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return fill(schema["anyOf"][0])
    kind = schema.get("type")
    kind = "null" if isinstance(kind, list) and "null" in kind else kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: fill(sub) for key, sub in schema.get("properties", {}).items()}
    return {"array": [], "string": "ok", "number": 0, "integer": 0, "boolean": False}.get(kind)


def _first(grade: Json) -> Json:
    return next(iter(grade["criteria"].values()))


def _all_points(grade: Json, points: float) -> None:
    for item in grade["criteria"].values():
        item["points"] = points
    grade["total"] = points * len(grade["criteria"])


def _drop_first(grade: Json) -> None:
    grade["total"] -= grade["criteria"].pop(next(iter(grade["criteria"])))["points"]


SPOILERS: dict[str, Callable[[Json], Any]] = {
    "wrong_sum": lambda grade: grade.update(total=grade["total"] + 1),
    "invented_quote": lambda grade: _first(grade).update(quote=INVENTED),
    "missing_criterion": _drop_first,
    "extra_criterion": lambda grade: grade["criteria"].update(t9c9=_first(grade)),
    "over_max": lambda grade: _all_points(grade, 1000.0),
    "negative": lambda grade: _all_points(grade, -1.0),
    "nan": lambda grade: _first(grade).update(points=float("nan")),
    "wrong_block": lambda grade: _first(grade).update(block_id="b999"),
    "wrong_page": lambda grade: _first(grade).update(page=99),
    "points_in_words": lambda grade: _first(grade).update(points="1"),
    "unreadable": lambda grade: grade.update(unreadable=True, unreadable_reason="Фото размыто."),
}

WRAPPERS: dict[str, Callable[[str], str | None]] = {
    "fenced": lambda text: f"```json\n{text}\n```",
    "prose": lambda text: f"Вот моя оценка {{черновик}}:\n\n{text}\n\nГотово.",
    "think": lambda text: f'<think>Maybe {{"criteria": {{}}, "total": 0}}?</think>\n{text}',
    "single_backslashes": lambda text: text.replace("\\\\", "\\"),
    "two_objects": lambda text: text + '\n{"criteria": {}, "total": 0}',
    "cut": lambda text: text[: len(text) // 2],
    "null": lambda text: None,
    "empty": lambda text: "",
}
