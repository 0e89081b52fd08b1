"""Pictures hold what they were given, in both forms, whatever it was called."""

import io
import itertools
import xml.etree.ElementTree as ET
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from picrete_gql.problems import Locale
from picrete_gql.rules import plots
from picrete_gql.rules.plots.axes import number, ticks
from picrete_gql.rules.plots.scene import Box, Dot
from picrete_gql.rules.statistics import Agreement, Level, Pair, Subject, Summary, bars

SVG = "{http://www.w3.org/2000/svg}"
BAR = "#4f86c6"


def subject(name: str = "Контрольная", most: str = "10", level: Level = Level.WORK) -> Subject:
    return Subject(level, uuid4(), Decimal(most), name, 1)


def summary(name: str = "Контрольная") -> Summary:
    heights = bars(Decimal(10), 5, {1: 1, 3: 2, 5: 4})
    three = (4.0, 5.5, 9.0)
    return Summary(subject(name), 7, 5.5, 2.5, Decimal(1), Decimal(10), three, 0.25, heights, [])


def test_the_bars_are_as_high_as_the_counts() -> None:
    scene = plots.histogram(summary(), Locale.RU)
    heights = [part.height for part in scene.parts if isinstance(part, Box) and part.fill == BAR]
    assert heights[1] == heights[3] == 0
    assert heights[2] == pytest.approx(2 * heights[0]) and heights[4] == pytest.approx(4 * heights[0])
    root = ET.fromstring(plots.draw(scene, plots.PlotFormat.SVG).data)
    assert (root.attrib["role"], root.find(f"{SVG}title").text) == ("img", "Контрольная. Распределение баллов")  # type: ignore[union-attr]
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"Баллы (максимум 10)", "Студенты", "1", "2", "4"} <= set(texts)
    assert "n = 7  ·  среднее 5,5  ·  медиана 5,5  ·  доля максимума 0,55  ·  различение 0,25" in texts
    assert "от 8 до 10: 4" in (root.find(f"{SVG}desc").text or "")  # type: ignore[union-attr]


def test_the_commoner_the_larger() -> None:
    pairs = [Pair(5, 5, 9), Pair(7, 6, 1)]
    scene = plots.scatter(Agreement(subject(), 10, 90, 0.1, 0.1, 0.9), pairs, Locale.EN)
    same, off = [part for part in scene.parts if isinstance(part, Dot) and part.fill != "#ffffff"]
    assert same.radius > off.radius and same.fill != off.fill
    assert off.x > same.x and off.y < same.y, "more points stand further right and higher"
    said = [part.words for part in scene.parts if hasattr(part, "words")]
    assert {"Teacher's points", "Precheck's points", "9"} <= set(said)
    assert "n = 10  ·  equal 90%  ·  mean error 0.1  ·  bias 0.1  ·  kappa 0.9" in said


def test_a_crowd_is_gathered() -> None:
    pairs = [Pair(ai / 100, teacher / 100, 1) for ai in range(0, 1001, 20) for teacher in range(0, 1001, 20)]
    scene = plots.scatter(Agreement(subject(), len(pairs), 2, 3, 0, 0), pairs, Locale.EN)
    circles = [part for part in scene.parts if isinstance(part, Dot) and part.fill != "#ffffff"]
    assert len(circles) == 25 * 25 < len(pairs)
    assert len(plots.draw(scene, plots.PlotFormat.SVG).data) < 200_000


@pytest.mark.parametrize("locale", Locale)
def test_a_png_is_a_picture(locale: Locale) -> None:
    drawn = plots.draw(plots.histogram(summary(), locale), plots.PlotFormat.PNG)
    image = Image.open(io.BytesIO(drawn.data))
    assert image.size == (2 * drawn.width, 2 * drawn.height) and image.format == "PNG"
    colors = {color for _, color in image.getcolors(1 << 20) or ()}
    assert (0x4F, 0x86, 0xC6) in colors and (0xD1, 0x49, 0x5B) in colors
    russian, english = (
        plots.draw(plots.histogram(summary("ЖШЩ"), one), plots.PlotFormat.PNG).data for one in (locale, locale)
    )
    assert russian == english, "drawn twice it is the same"
    letters = [plots.draw(plots.histogram(summary(name), locale), plots.PlotFormat.PNG).data for name in ("Ж", "Ы")]
    assert letters[0] != letters[1], "the font knows Cyrillic"


HOSTILE = ["<script>alert(1)</script>", "]]>&amp;", '"><image href="http://evil"/>', "\x00\x1b\ufffe", "ё" * 500, "😀"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_only_words(name: str) -> None:
    for level in Level:
        of = Summary(subject(name, level=level), histogram=bars(Decimal(10), 10, {}))
        text = plots.draw(plots.histogram(of, Locale.RU), plots.PlotFormat.SVG).data.decode()
        kinds = {element.tag.removeprefix(SVG) for element in ET.fromstring(text).iter()}
        assert kinds <= {"svg", "title", "desc", "rect", "line", "circle", "text"}
        assert "href" not in "".join(key for element in ET.fromstring(text).iter() for key in element.attrib)
        assert plots.draw(plots.histogram(of, Locale.EN), plots.PlotFormat.PNG).data


@settings(deadline=None)
@given(st.decimals("0.01", "1000", places=2), st.integers(1, 50))
def test_bars_join_and_reach_the_most(most: Decimal, bins: int) -> None:
    made = bars(most, bins, {bins: 3})
    assert len(made) == bins and made[0].start == 0 and made[-1].end == pytest.approx(float(most))
    assert all(one.end == other.start for one, other in itertools.pairwise(made))
    assert [one.count for one in made] == [0] * (bins - 1) + [3]


@settings(deadline=None)
@given(st.floats(0.01, 100_000))
def test_ticks_are_few_and_within(most: float) -> None:
    found = ticks(most)
    assert found[0] == 0 and 2 <= len(found) <= 13 and found[-1] <= most * (1 + 1e-6)
    assert len(set(found)) == len(found)


def test_numbers_as_people_write_them() -> None:
    said = [number(value, True) for value in (7.0, 7.25, 7.256, -0.5, -0.001, 10, 100, None)]
    assert said == ["7", "7,25", "7,26", "−0,5", "0", "10", "100", "—"]
    assert number(61.1, False, 0) == "61" and number(100.0, False, 0) == "100"
