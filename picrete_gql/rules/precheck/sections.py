"""The parts of the question: what the teacher gave (plain) and what came from the student (fenced)."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from .fence import gutter
from .keys import block_key, criterion_key, criterion_keys
from .level import level
from .sheets import Correction, Finding, Page, TaskSheet

Mask = Callable[[str], str]


def tasks_section(tasks: Sequence[TaskSheet]) -> str:
    """Statements, references and rubric, with the keys under which the criteria are answered."""
    criterion_keys(tasks)  # refuses what cannot be graded
    return "\n\n".join(_task(task) for task in tasks)


def _task(task: TaskSheet) -> str:
    rubric = []
    for place, sheet in enumerate(task.criteria):
        most, note = plain(sheet.max_points), f"Note for graders: {sheet.note}" if sheet.note else ""
        words = [f"- {criterion_key(task, place)}: {sheet.name} (0 to {most} points)", sheet.description, note]
        rubric.append(". ".join(word for word in words if word))
    tolerance = plain(task.tolerance) if task.tolerance is not None else ""
    parts = [
        (f"# Task {task.number}", task.title),
        ("## Statement", task.statement),
        ("## Variant of this student", task.content),
        ("## Reference solution", task.reference_solution),
        ("## Reference answer", " ".join(part for part in (task.reference_answer, task.units) if part)),
        ("## Tolerance of the answer", tolerance),
        ("## Rubric", "\n".join(rubric)),
    ]
    return "\n\n".join(f"{heading}\n{body}" for heading, body in parts if body or heading.startswith("# "))


def student_section(pages: Sequence[Page], findings: Sequence[Finding], summary: str, mask: Mask) -> str:
    """Pages, corrections, the student's summary and the findings of the checks (they repeat the student's words)."""
    lines = [line for page in pages for line in _page(page, mask)]
    if summary:
        lines += ["Summary by the student", gutter(mask(summary))]
    if findings:
        lines += ["Automatic checks", *(gutter(mask(_finding(finding))) for finding in findings)]
    return "\n".join(lines or ["No pages."])


def _page(page: Page, mask: Mask) -> Iterable[str]:
    yield f"Page {page.number}"
    for place, block in enumerate(page.blocks):
        yield gutter(mask(block.text), f"[{block_key(place)}] ")
    if level(page.text) not in level("\n".join(block.text for block in page.blocks)):
        yield gutter(mask(page.text))
    if page.corrections:
        places = {block.id: block_key(place) for place, block in enumerate(page.blocks)}
        yield f"Corrections by the student to page {page.number}"
        for correction in page.corrections:
            yield gutter(mask(_correction(correction)), _label(places.get(correction.block_id or "")))


def _correction(correction: Correction) -> str:
    parts = [("read as", correction.original), ("should be", correction.suggested), ("note", correction.note)]
    return f"{correction.severity}; " + "; ".join(f"{name}: {value}" for name, value in parts if value)


def _label(key: str | None) -> str:
    return f"[{key}] " if key else ""


def _finding(finding: Finding) -> str:
    place = [f"task {finding.task}"] * (finding.task is not None) + [f"page {finding.page}"] * (
        finding.page is not None
    )
    return " – ".join(part for part in (finding.check, ", ".join(place), finding.verdict, finding.detail) if part)


def plain(value: Decimal) -> str:
    """A number without exponent and trailing zeros."""
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
