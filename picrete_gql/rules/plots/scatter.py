"""The points of the precheck against those of the teachers: the larger a circle, the more often."""

from collections import Counter
from collections.abc import Sequence

from picrete_gql.problems import Locale
from picrete_gql.rules.statistics import Agreement, Pair

from .axes import AXIS, QUIET, Axes, number
from .scene import WIDTH, Dot, Line, Scene, Text
from .words import PlotWords, title, words

SAME, OFF = "#4f86c6", "#e08a3c"
# As wide as high, so that the same points lie on a diagonal.
LEFT, RIGHT, TOP, BOTTOM = 150, 570, 118, 538
HEIGHT = 606
SMALLEST, LARGEST = 4.5, 18.0
SAID = 50
# More circles than this are gathered in so many cells a side.
CROWD, CELLS, FINEST = 120, 24, 2.0


def scatter(of: Agreement, pairs: Sequence[Pair], locale: Locale) -> Scene:
    """The picture of the agreement in one subject."""
    say, comma, most = words(locale), locale is Locale.RU, float(of.subject.max_points)
    axes = Axes(LEFT, TOP, RIGHT, BOTTOM, most, most)
    scene = Scene(f"{title(of.subject, say)}. {say.scatter}", _says(of, pairs, say, comma), height=HEIGHT)
    scene.add(Text(26, 38, title(of.subject, say), 20, "#16202c"))
    scene.add(Text(26, 64, _figures(of, say, comma), 13.5, QUIET))
    axes.draw(scene, (say.teacher, say.ai), comma, upright=True)
    scene.add(Line(axes.x(0), axes.y(0), axes.x(most), axes.y(most), AXIS, 2, dotted=True))
    axes.ground(scene)
    if not pairs:
        scene.add(Text(WIDTH / 2, (TOP + BOTTOM) / 2, say.no_pairs, 16, QUIET, "middle"))
        return scene
    shown = _gathered(pairs, most)
    smallest, largest = (SMALLEST, LARGEST) if shown is pairs else (FINEST, (RIGHT - LEFT) / CELLS / 2)
    commonest = max(pair.count for pair in shown)
    # The rare ones lie over the common ones.
    for pair in sorted(shown, key=lambda pair: -pair.count):
        radius = max(smallest, largest * (pair.count / commonest) ** 0.5)
        color = SAME if pair.ai == pair.teacher else OFF
        scene.add(Dot(axes.x(pair.teacher), axes.y(pair.ai), radius + 1, "#ffffff"))
        scene.add(Dot(axes.x(pair.teacher), axes.y(pair.ai), radius, color))
        if radius > 9:
            at = axes.y(pair.ai) + 4.5
            scene.add(Text(axes.x(pair.teacher), at, str(pair.count), 12, "#ffffff", "middle"))
    return scene


def _gathered(pairs: Sequence[Pair], most: float) -> Sequence[Pair]:
    """The same pairs, or, where they would lie on each other, their counts in the cells of a grid."""
    if len(pairs) <= CROWD or not most:
        return pairs
    cell, counts = most / CELLS, Counter[tuple[float, float]]()
    for pair in pairs:
        counts[round(pair.ai / cell) * cell, round(pair.teacher / cell) * cell] += pair.count
    return [Pair(ai, teacher, count) for (ai, teacher), count in counts.items()]


def _figures(of: Agreement, say: PlotWords, comma: bool) -> str:
    if not of.n:
        return say.n.format(0)
    parts = [
        say.n.format(of.n),
        say.exact.format(number(of.exact, comma, 0)),
        say.error.format(number(of.error, comma)),
        say.bias.format(number(of.bias, comma)),
        say.kappa.format(number(of.kappa, comma)),
    ]
    return "  ·  ".join(parts)


def _says(of: Agreement, pairs: Sequence[Pair], say: PlotWords, comma: bool) -> str:
    often = sorted(pairs, key=lambda pair: -pair.count)[:SAID]
    said = [
        say.says_pair.format(ai=number(pair.ai, comma), teacher=number(pair.teacher, comma), count=pair.count)
        for pair in often
    ]
    return "; ".join([_figures(of, say, comma), *said]) if said else say.no_pairs
