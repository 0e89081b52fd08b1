"""Issues that a person reports on a page, and the text that stands after their corrections."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from picrete_gql.models import Issue, Severity
from picrete_gql.problems import Code, Invalid, Problem

from .texts import clean

Polygon = list[list[float]]


@dataclass(eq=False)
class IssuesMissing(Problem):
    """A reported page has at least one issue."""

    code = Code.INVALID_INPUT
    ru = "Укажите хотя бы одно замечание."
    en = "Report at least one issue."


@dataclass(eq=False)
class TooManyIssues(Problem):
    """A page has too many issues."""

    limit: int
    code = Code.INVALID_INPUT
    ru = "На странице может быть не больше {limit} замечаний."
    en = "A page has at most {limit} issues."


@dataclass(frozen=True)
class IssueDraft:
    """An issue as a person reports it: an anchor (block id or polygon in 0..1), and what is wrong."""

    block_id: str | None
    polygon: Polygon | None
    original: str
    suggestion: str
    note: str
    severity: Severity


def checked(draft: IssueDraft, blocks: Mapping[str, str], most: int) -> IssueDraft:
    """The draft with its anchor resolved. Raises Invalid for a bad anchor, an empty issue or texts over `most`."""
    if draft.block_id is None and draft.polygon is None:
        raise _ambiguous("issues")
    ensure_anchor("issues", draft.block_id, draft.polygon, blocks)
    original = clean("issues.original", draft.original, most=most) or blocks.get(draft.block_id or "", "")
    suggestion, note = (
        clean("issues.suggestion", draft.suggestion, most=most),
        clean("issues.note", draft.note, most=most),
    )
    if not suggestion and not note:
        raise Invalid("issues.suggestion", "Опишите, что не так.", "Say what is wrong: a suggestion or a note.")
    return IssueDraft(draft.block_id, draft.polygon, original, suggestion, note, draft.severity)


def ensure_anchor(field: str, block_id: str | None, polygon: Polygon | None, blocks: Container[str]) -> None:
    """A place on a page: one of its blocks, or a polygon in 0..1; neither is the whole page. Raises Invalid."""
    if block_id is not None and polygon is not None:
        raise _ambiguous(field)
    if block_id is not None and block_id not in blocks:
        raise Invalid(f"{field}.blockId", "Такого блока нет на странице.", "There is no such block on the page.")
    if polygon is None:
        return
    shaped = 2 <= len(polygon) <= 32 and all(len(point) == 2 for point in polygon)
    # Two points are the corners of a box. NaN fails the comparison too.
    if not shaped or not all(0 <= value <= 1 for point in polygon for value in point):
        raise Invalid(
            f"{field}.polygon", "Область: 2–32 точки в долях от 0 до 1.", "A polygon has 2–32 points within 0..1."
        )


def _ambiguous(field: str) -> Invalid:
    return Invalid(f"{field}.anchor", "Укажите блок или область.", "Give either a block or a polygon.")


def corrected(blocks: Sequence[Mapping[str, Any]], issues: Sequence[Issue]) -> list[tuple[str, str]]:
    """Id and text of each block with the suggestions applied; the stored reading stays as it was.

    A suggestion for a block replaces the original within the block where it occurs, else the whole block.
    One for a place without a block is added at the end under the id `issue:<number>`.
    """
    texts = {str(block["id"]): str(block["text"]) for block in blocks}
    added: list[tuple[str, str]] = []
    for issue in issues:
        if not issue.suggestion:
            continue
        if issue.block_id in texts:
            before = texts[issue.block_id]
            inside = bool(issue.original) and issue.original in before
            texts[issue.block_id] = before.replace(issue.original, issue.suggestion, 1) if inside else issue.suggestion
        else:
            added.append((f"issue:{issue.number}", issue.suggestion))
    return [*texts.items(), *added]
