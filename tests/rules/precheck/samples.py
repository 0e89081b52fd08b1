"""A small work: two tasks, two pages, and a good answer to it."""

import copy
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from picrete_gql.rules.precheck import Block, Correction, CriterionSheet, Finding, Page, TaskSheet

NONCE = "9f3c5a7e1b2d4c60"


def uid(number: int) -> UUID:
    return UUID(int=number)


def criterion(number: int, name: str, most: str, **more: str) -> CriterionSheet:
    return CriterionSheet(uid(number), name, Decimal(most), **more)


TASKS = [
    TaskSheet(
        number=1,
        title="Масса воды",
        statement="Найдите массу воды.",
        content="Сгорело 4 г водорода.",
        reference_solution="n = m/M; m(H2O) = 36 г",
        reference_answer="36",
        units="г",
        tolerance=Decimal("0.010000"),
        criteria=(
            criterion(11, "Метод", "1.50", description="Верный ход", note="уравнение обязательно"),
            criterion(12, "Расчёт", "1.50"),
        ),
    ),
    TaskSheet(number=2, statement="Уравняйте.", content="Fe + Cl2", criteria=(criterion(21, "Запись", "2"),)),
]
PAGES = [
    Page(
        number=1,
        photo_id=uid(101),
        text="2H₂ + O₂ = 2H₂O\nm = 36 г",
        blocks=(Block("/page/0/Text/1", "2H₂ + O₂ = 2H₂O"), Block("/page/0/Text/2", "m = 36 г")),
    ),
    Page(
        number=2,
        photo_id=uid(102),
        text="2Fe + 3Cl2 → 2FeCl8",
        blocks=(Block("/page/0/Text/1", "2Fe + 3Cl2 → 2FeCl8"),),
        corrections=(Correction("FeCl8", "FeCl3", "/page/0/Text/1", "тройка, не восьмёрка"),),
    ),
]
FINDINGS = [Finding("balance", "ok", "2H2 + O2 = 2H2O", task=1, page=1)]


def score(points: float, quote: str | None = None, page: int | None = None, block: str | None = None) -> dict[str, Any]:
    return {"quote": quote, "page": page, "block_id": block, "errors": [], "comment": "Верно.", "points": points}


_GOOD = {
    "criteria": {
        "t1c1": score(1.5, "2H₂ + O₂ = 2H₂O", 1, "b1"),
        "t1c2": score(0.75, "m = 36 г", 1, "b2"),
        "t2c1": score(2, "2Fe + 3Cl2 → 2FeCl3", 2, "b1"),
    },
    "total": 4.25,
    "feedback": "Хорошо.",
    "unreadable": False,
    "unreadable_reason": None,
}


def good() -> dict[str, Any]:
    return copy.deepcopy(_GOOD)


def said(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)
