"""How many got how many points, with the middle half, the median and the mean above the bars."""

from picrete_gql.problems import Locale
from picrete_gql.rules.statistics import Summary

from .axes import AXIS, QUIET, Axes, number
from .scene import WIDTH, Box, Dot, Line, Scene, Text
from .words import PlotWords, title, words

BAR, HALF, MEDIAN, MEAN = "#4f86c6", "#dbe7f5", "#1f3b63", "#d1495b"
LEFT, RIGHT, TOP, BOTTOM = 66, 690, 170, 372
STRIP, STRIP_HEIGHT = 112, 14
BAR_LABELS = 20


def histogram(of: Summary, locale: Locale) -> Scene:
    """The picture of the points of one subject."""
    say, comma = words(locale), locale is Locale.RU
    highest = max((bin.count for bin in of.histogram), default=0)
    # A little air above the highest bar, and steps of whole students.
    axes = Axes(LEFT, TOP, RIGHT, BOTTOM, float(of.subject.max_points), max(highest * 1.12, 4))
    scene = Scene(f"{title(of.subject, say)}. {say.histogram}", _says(of, say, comma))
    scene.add(Text(26, 38, title(of.subject, say), 20, "#16202c"))
    scene.add(Text(26, 64, _figures(of, say, comma), 13.5, QUIET))
    most = number(float(of.subject.max_points), comma)
    axes.draw(scene, (say.points.format(most=most), say.students), comma)
    if not of.n:
        scene.add(Text(WIDTH / 2, (TOP + BOTTOM) / 2, say.empty, 16, QUIET, "middle"))
    for bin in of.histogram if of.n else ():
        x, width = axes.x(bin.start) + 1, axes.x(bin.end) - axes.x(bin.start) - 2
        scene.add(Box(x, axes.y(bin.count), width, BOTTOM - axes.y(bin.count), BAR))
        if bin.count and len(of.histogram) <= BAR_LABELS:
            scene.add(Text(x + width / 2, axes.y(bin.count) - 6, str(bin.count), 12, anchor="middle"))
    axes.ground(scene)
    if of.quartiles and of.n > 1:
        _strip(scene, of, axes, say)
    return scene


def _strip(scene: Scene, of: Summary, axes: Axes, say: PlotWords) -> None:
    assert of.quartiles and of.mean is not None and of.lowest is not None and of.highest is not None
    low, median, high = (axes.x(value) for value in of.quartiles)
    middle = STRIP + STRIP_HEIGHT / 2
    scene.add(Line(axes.x(float(of.lowest)), middle, axes.x(float(of.highest)), middle, AXIS, 1.5))
    for end in (of.lowest, of.highest):
        scene.add(Line(axes.x(float(end)), middle - 4, axes.x(float(end)), middle + 4, AXIS, 1.5))
    scene.add(Box(low, STRIP, max(high - low, 2), STRIP_HEIGHT, HALF))
    scene.add(Line(median, STRIP - 3, median, STRIP + STRIP_HEIGHT + 3, MEDIAN, 3))
    scene.add(Dot(axes.x(of.mean), middle, 4.5, MEAN))
    scene.add(Dot(RIGHT - 150, 90, 4.5, MEAN), Text(RIGHT - 140, 94.5, say.mean.format("").strip(), color=QUIET))
    scene.add(Line(RIGHT - 68, 84, RIGHT - 68, 97, MEDIAN, 3))
    scene.add(Text(RIGHT - 60, 94.5, say.median.format("").strip(), color=QUIET))


def _figures(of: Summary, say: PlotWords, comma: bool) -> str:
    if not of.n or of.quartiles is None:
        return say.n.format(0)
    parts = [
        say.n.format(of.n),
        say.mean.format(number(of.mean, comma)),
        say.median.format(number(of.quartiles[1], comma)),
        say.difficulty.format(number(of.difficulty, comma)),
    ]
    if of.discrimination is not None:
        parts.append(say.discrimination.format(number(of.discrimination, comma)))
    return "  ·  ".join(parts)


def _says(of: Summary, say: PlotWords, comma: bool) -> str:
    filled = [bin for bin in of.histogram if bin.count]
    bars = [
        say.says_bar.format(start=number(bin.start, comma), end=number(bin.end, comma), count=bin.count)
        for bin in filled
    ]
    return "; ".join([_figures(of, say, comma), *bars]) if bars else say.empty
