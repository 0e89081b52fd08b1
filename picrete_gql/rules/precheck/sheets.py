"""What a precheck is made of, as plain values: the tasks with their rubric, the pages, the findings of the checks."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class CriterionSheet:
    """One line of a rubric. `note` is for graders: the model sees it, the student never does."""

    id: UUID
    name: str
    max_points: Decimal
    description: str = ""
    note: str = ""


@dataclass(frozen=True)
class TaskSheet:
    """One task as this student got it. `content` is their own variant, `tolerance` that of the answer."""

    number: int
    statement: str
    content: str
    criteria: tuple[CriterionSheet, ...]
    title: str = ""
    reference_solution: str = ""
    reference_answer: str = ""
    tolerance: Decimal | None = None
    units: str = ""


@dataclass(frozen=True)
class Block:
    """One piece of a page. Ids are unique on their page only."""

    id: str
    text: str


@dataclass(frozen=True)
class Correction:
    """What the student says was read wrongly. Without a block the place is only known on the picture."""

    original: str
    suggested: str
    block_id: str | None = None
    note: str = ""
    severity: str = "major"


@dataclass(frozen=True)
class Page:
    """One photographed page as it was read. `number` is what the model sees, `photo_id` never leaves the house."""

    number: int
    photo_id: UUID
    text: str
    blocks: tuple[Block, ...] = ()
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a deterministic check found. `detail` may repeat words of the student, so it is fenced like their text."""

    check: str
    verdict: str
    detail: str = ""
    task: int | None = None
    page: int | None = None
