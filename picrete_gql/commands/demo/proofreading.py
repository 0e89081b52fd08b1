"""What a student does with a page that was read: compare it with the paper, line by line, and report what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

# On paper nobody can tell these letters apart.
ALIKE = str.maketrans("АВЕКМНОРСТУХаеорсух0", "ABEKMHOPCTYXaeopcyxO")
ANSWER = "ответ"
LIKE = 0.4
WHOLE_PAGE = ((0.0, 0.0), (1.0, 1.0))


@dataclass(frozen=True)
class Read:
    """A line as the engine read it, in the block where it stands."""

    block_id: str
    text: str


def issues(paper: Sequence[str], blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """`IssueInput`s for the lines of the paper that were read otherwise, missed, or invented."""
    read = [Read(block["id"], line) for block in blocks for line in block["text"].splitlines() if line.strip()]
    found: list[dict[str, Any]] = []
    for true, seen in aligned(paper, read):
        if true is not None and seen is None:
            found.append({"polygon": WHOLE_PAGE, "suggestion": true, "severity": severity(true)})
        elif true is None and seen is not None:
            found.append({"blockId": seen.block_id, "note": f"На листе этого нет: {seen.text}", "severity": "MINOR"})
        elif true is not None and seen is not None and folded(true) != folded(seen.text):
            about = {"blockId": seen.block_id, "original": seen.text, "suggestion": true}
            found.append({**about, "severity": severity(true)})
    return found


def severity(line: str) -> str:
    """The answer decides the points."""
    return "CRITICAL" if line.lower().startswith(ANSWER) else "MAJOR"


def folded(line: str) -> str:
    """A line without what makes no difference on paper: spaces, and the alphabet of look-alike letters.

    Case stays: Co is not CO.
    """
    return "".join(line.translate(ALIKE).split())


def aligned(paper: Sequence[str], read: Sequence[Read]) -> list[tuple[str | None, Read | None]]:
    """Lines of the paper beside the lines read, in order; None where one has no partner.

    The pairing with the greatest sum of likenesses (the usual dynamic programme); pairs below `LIKE` are none.
    """
    rows, columns = len(paper), len(read)
    like = [[likeness(true, seen.text) for seen in read] for true in paper]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + like[i][j])
    pairs: list[tuple[str | None, Read | None]] = []
    i = j = 0
    while i < rows or j < columns:
        if i < rows and j < columns and like[i][j] and best[i][j] == best[i + 1][j + 1] + like[i][j]:
            pairs.append((paper[i], read[j]))
            i, j = i + 1, j + 1
        elif j == columns or (i < rows and best[i][j] == best[i + 1][j]):
            pairs.append((paper[i], None))
            i += 1
        else:
            pairs.append((None, read[j]))
            j += 1
    return pairs


def likeness(true: str, seen: str) -> float:
    """0 for lines that have nothing to do with each other, 1 for the same."""
    ratio = SequenceMatcher(None, folded(true).casefold(), folded(seen).casefold(), autojunk=False).ratio()
    return ratio if ratio >= LIKE else 0.0
