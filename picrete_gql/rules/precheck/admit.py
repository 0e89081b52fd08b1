"""Admitting an answer: the whole contract, checked, or no grade at all."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .fields import brief, flag, number, required, text, text_or_null, texts
from .keys import criterion_keys
from .proposal import CriterionProposal, Inadmissible, Proposal
from .quotes import Quotes, named_block
from .sheets import CriterionSheet, Page, TaskSheet


def admit(answer: dict[str, Any], tasks: Sequence[TaskSheet], pages: Sequence[Page]) -> Proposal:
    """Turn a parsed answer into a proposal. Raises Inadmissible with everything that is wrong, not only the first.

    Admitted only if: the criteria are the rubric's, each has 0..max points with at most two decimals (that is how
    points are stored; more are refused and not rounded, because rounding could break the sum), the points sum to the
    total, every number is finite, every quote stands on a page, every page and block that is named exists, and an
    unreadable work says why. Keys that nobody asked for are ignored, but for invented criteria.
    """
    wrong: list[str] = []
    scores = _scores(answer, tasks, pages, wrong)
    try:
        total = number(answer, "total")
        summed = sum((score.points for score in scores), Decimal(0))
        if not wrong and summed != total:
            raise Inadmissible(f"`total` is {brief(total)}, but the points of the criteria sum to {summed}.")
        proposal = Proposal(tuple(scores), text(answer, "feedback"), summed, _unreadable(answer))
    except Inadmissible as problem:
        wrong.append(problem.reason_for_model)
    if wrong:
        raise Inadmissible("\n".join(wrong))
    return proposal


def _scores(
    answer: dict[str, Any], tasks: Sequence[TaskSheet], pages: Sequence[Page], wrong: list[str]
) -> list[CriterionProposal]:
    rubric, quotes = criterion_keys(tasks), Quotes(pages)
    scores: list[CriterionProposal] = []
    given = required(answer, "criteria", dict)
    if missing := [key for key in rubric if key not in given]:
        wrong.append(f"Criteria missing: {', '.join(missing)}.")
    if len(given) > len(rubric) - len(missing):
        wrong.append(f"`criteria` has keys that are not in the rubric; it must have exactly: {', '.join(rubric)}.")
    for key, sheet in rubric.items():
        try:
            if key in given:
                scores.append(_score(required(given, key, dict), sheet, pages, quotes))
        except Inadmissible as problem:
            wrong.append(f"{key}: {problem.reason_for_model}")
    return scores


def _score(item: dict[str, Any], sheet: CriterionSheet, pages: Sequence[Page], quotes: Quotes) -> CriterionProposal:
    points = number(item, "points")
    if not 0 <= points <= sheet.max_points:
        raise Inadmissible(f"`points` must be from 0 to {sheet.max_points:f}.")
    if points != round(points, 2):
        raise Inadmissible("`points` must have at most two decimals.")
    page, block_id = _place(item, pages)
    quote = (text_or_null(item, "quote") or "").strip() or None
    anchor = quotes.find(quote, page, block_id) if quote else None
    if quote and not anchor:
        raise Inadmissible(f"the quote “{brief(quote)}” stands on no page. Copy a fragment verbatim, or give null.")
    return CriterionProposal(
        criterion_id=sheet.id,
        points=abs(round(points, 2)),  # JSON knows -0
        comment=text(item, "comment"),
        quote=quote,
        block_id=anchor.block_id if anchor else block_id,
        photo_id=anchor.photo_id if anchor else (page.photo_id if page else None),
        errors=tuple(texts(item, "errors")),
    )


def _place(item: dict[str, Any], pages: Sequence[Page]) -> tuple[Page | None, str | None]:
    named, block = item.get("page", ...), text_or_null(item, "block_id")
    if named is None:
        if block is not None:
            raise Inadmissible("`block_id` without `page`: block names are unique on their page only.")
        return None, None
    wanted = number(item, "page")
    page = next((page for page in pages if page.number == wanted), None)
    if page is None:
        raise Inadmissible(f"there is no page {brief(wanted)}.")
    try:
        return page, named_block(page, block)
    except KeyError:
        raise Inadmissible(f"page {page.number} has no block {brief(block)}.") from None


def _unreadable(answer: dict[str, Any]) -> str | None:
    reason = (text_or_null(answer, "unreadable_reason") or "").strip()
    if not flag(answer, "unreadable"):
        return None
    if not reason:
        raise Inadmissible("`unreadable` is true, so `unreadable_reason` must say what cannot be read.")
    return reason
