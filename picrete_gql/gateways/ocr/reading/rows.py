"""Lines out of fragments: an engine that finds pieces of text does not say which of them stand side by side."""

from itertools import pairwise

from .lines import Line, line

# Four points in pixels, clockwise from the top left; text; confidence.
Fragment = tuple[list[list[float]], str, float]


def rows(fragments: list[Fragment]) -> list[list[Fragment]]:
    """Fragments by line: those whose middles are closer than half their height stand side by side."""
    ordered = sorted(fragments, key=lambda fragment: middle(fragment)[0])
    lines = [[fragment] for fragment in ordered[:1]]
    for above, fragment in pairwise(ordered):
        if middle(fragment)[0] - middle(above)[0] < min(middle(above)[1], middle(fragment)[1]) / 2:
            lines[-1].append(fragment)
        else:
            lines.append([fragment])
    return [sorted(row, key=lambda fragment: fragment[0][0][0]) for row in lines]


def middle(fragment: Fragment) -> tuple[float, float]:
    """Vertical middle and height of a fragment, in pixels."""
    heights = [y for _, y in fragment[0]]
    return sum(heights) / len(heights), max(heights) - min(heights)


def joined(row: list[Fragment], size: tuple[int, int]) -> Line:
    """One line of its fragments: from the left side of the first to the right side of the last."""
    first, last = row[0][0], row[-1][0]
    corners = [(x, y) for x, y in (first[0], last[1], last[2], first[3])]
    confidence = sum(score for _, _, score in row) / len(row)
    return line(" ".join(text for _, text, _ in row), corners, size, confidence)
