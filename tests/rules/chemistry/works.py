"""Works for the tests: pages out of texts, findings in short."""

from decimal import Decimal
from uuid import UUID, uuid4

from picrete_gql.rules.chemistry import Block, Finding, Kind, Page, Task, Verdict, check

PHOTO = UUID("0190f3b0-0000-7000-8000-000000000001")


def page(*texts: str, confidence: float | None = None, photo: UUID | None = None) -> Page:
    blocks = (Block(f"b{number}", text, confidence) for number, text in enumerate(texts))
    return Page(photo or uuid4(), tuple(blocks))


def task(answer: str | None = None, units: str | None = None, number: int = 1, tolerance: str = "0.01") -> Task:
    return Task(number, answer, Decimal(tolerance), units)


def verdict(kind: Kind, text: str, one: Task | None = None, confidence: float | None = None) -> Verdict | None:
    """The verdict of the first finding of this kind on a work of one task."""
    return next((f.verdict for f in found(text, one, confidence) if f.kind is kind), None)


def found(text: str, one: Task | None = None, confidence: float | None = None) -> list[Finding]:
    return check([one or task()], [page(text, confidence=confidence)])
