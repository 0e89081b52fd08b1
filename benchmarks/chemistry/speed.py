"""How many formulas are parsed and equations balanced in a second, on one core."""

import time
from collections.abc import Callable

from picrete_gql.rules.chemistry import parse
from picrete_gql.rules.chemistry.balance import balance

from .measure import findings, pages
from .substances import MASSES, REACTIONS

FORMULAS = (
    *MASSES, "K4[Fe(CN)6]", "CuSO4·5H2O", "Al2(SO4)3·18H2O", "SO4^2-", "NH4^+", "Ca3(PO4)2", "[Cu(NH3)4]SO4",
    "C12H22O11",
)  # fmt: skip


def per_second(work: Callable[[], int], seconds: float = 1.0) -> float:
    """How much of the work is done in a second; the best of three."""
    best = 0.0
    for _ in range(3):
        done, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            done += work()
        best = max(best, done / (time.perf_counter() - began))
    return best


def formulas() -> int:
    """Parse each formula once."""
    for text in FORMULAS:
        parse(text)
    return len(FORMULAS)


def equations() -> int:
    """Balance each reaction once, from its formulas."""
    for left, right in PARSED:
        balance(left, right)
    return len(PARSED)


def whole_pages() -> int:
    """Check whole pages."""
    for page in PAGES:
        findings(page, page.text)
    return len(PAGES)


PARSED = [tuple([parse(name) for _, name in side] for side in reaction) for reaction in REACTIONS]
PAGES = pages(60, 3)
