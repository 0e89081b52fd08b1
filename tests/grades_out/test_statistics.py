"""The figures of a class, computed by hand beside those of the database."""

from dataclasses import replace
from typing import Any

import pytest

from picrete_gql.call import Actor, Context
from picrete_gql.problems import Invalid, Locale
from picrete_gql.resolvers import statistics
from picrete_gql.rules.plots import PlotFormat
from picrete_gql.rules.statistics import Level
from picrete_gql.schema import schema as door
from tests.grades_out.marks import Marked, small
from tests.support.world import World
from tests.test_statements import counting


async def test_the_whole_work(world: World) -> None:
    made = small(world)
    teacher = await made.stored()
    [found] = await statistics.of_works(teacher, [made.work.id], 5)
    assert found is not None
    # 0 4 5 6 8 10: of the sixth student the second attempt, which is the last one with points.
    assert (found.n, found.mean, found.lowest, found.highest, found.difficulty) == (6, 5.5, 0, 10, 0.55)
    assert found.quartiles == (4.25, 5.5, 7.5)
    assert found.deviation == pytest.approx((59.5 / 5) ** 0.5)
    assert found.discrimination is None
    assert [(bar.start, bar.end, bar.count) for bar in found.histogram] == [
        (0, 2, 1),
        (2, 4, 0),
        (4, 6, 2),
        (6, 8, 1),
        (8, 10, 2),
    ]
    assert found.distribution is not None
    assert [(int(one.points), one.count) for one in found.distribution] == [(n, 1) for n in (0, 4, 5, 6, 8, 10)]


async def test_tasks_criteria_and_variants(world: World) -> None:
    made = small(world)
    teacher = await made.stored()
    first, second = await statistics.of_tasks(teacher, [task.id for task in made.tasks])
    assert first is not None and second is not None
    # 6 4 4 0 3: the mark of eight says nothing of its parts, the one of nothing says all.
    assert (first.n, first.mean, first.subject.max_points) == (5, 3.4, 6)
    assert first.difficulty == pytest.approx(3.4 / 6)
    assert first.discrimination == pytest.approx(10.8 / (19.2 * 11.2) ** 0.5)
    assert (second.n, second.mean) == (5, 1.6)
    line, *_ = await statistics.of_criteria(teacher, [row.id for row in made.criteria])
    assert line is not None and (line.n, line.mean, line.difficulty) == (5, 2.2, 0.55)
    assert line.discrimination == pytest.approx(12.2 / (8.8 * 18.8) ** 0.5)
    one, two = await statistics.of_variants(teacher, [row.id for row in made.variants[:2]])
    assert one is not None and two is not None
    assert (one.n, one.lowest, one.highest) == (3, 0, 6) and (two.n, two.lowest, two.highest) == (2, 3, 4)
    assert one.discrimination is not None and two.discrimination is None, "two marks always lie on a line"


async def test_everything_is_as_sure_as_nothing(world: World) -> None:
    made = Marked(world)
    made.mark(made.student("full"), "10")
    made.mark(made.student("none"), "0")
    made.mark(made.student("some"), "9.99")
    teacher = await made.stored()
    found = await statistics.of_criteria(teacher, [row.id for row in made.criteria])
    assert [(one and one.n, one and one.highest) for one in found] == [(2, 4), (2, 2), (2, 4)]


async def test_without_marks(world: World) -> None:
    made = Marked(world)
    teacher = await made.stored()
    [found] = await statistics.of_works(teacher, [made.work.id])
    assert found is not None and (found.n, found.mean, found.quartiles, found.difficulty) == (0, None, None, None)
    assert [bar.count for bar in found.histogram] == [0] * 10 and found.distribution == []
    [pair] = await statistics.agreement_of_works(teacher, [made.work.id])
    assert pair is not None and (pair.n, pair.exact, pair.kappa) == (0, None, None)
    for format in PlotFormat:
        for draw in (statistics.histograms, statistics.scatters):
            [plot] = await draw(teacher, [made.work.id], Level.WORK, format)
            assert plot is not None and plot.data


async def test_limits(world: World) -> None:
    made = small(world)
    teacher = await made.stored()
    for bins in (0, -1, 51):
        with pytest.raises(Invalid):
            await statistics.of_works(teacher, [made.work.id], bins)
    world.runtime.settings.statistics.max_values = 5
    world.runtime.settings.statistics.plots_at_once = 1
    [found] = await statistics.of_works(teacher, [made.work.id])
    assert found is not None and found.distribution is None
    with pytest.raises(Invalid):
        await statistics.histograms(teacher, [row.id for row in made.tasks], Level.TASK, PlotFormat.SVG)


async def test_how_near_the_precheck_came(world: World) -> None:
    made = small(world)
    teacher = await made.stored()
    [whole] = await statistics.agreement_of_works(teacher, [made.work.id])
    # Precheck and teacher: 9 10, 6 6, 4 4, 7 8, 9 9.
    assert whole is not None and (whole.n, whole.exact) == (5, 60)
    assert (whole.error, whole.bias) == (pytest.approx(0.4), pytest.approx(-0.4))
    assert whole.kappa == pytest.approx(1 - 0.4 / (3.6 + 4.64 + 0.16))
    first, _ = await statistics.agreement_of_tasks(teacher, [task.id for task in made.tasks])
    # 6 6, 4 4, 3 4.
    assert first is not None and (first.n, first.exact) == (3, pytest.approx(200 / 3))
    assert first.bias == pytest.approx(-1 / 3)
    *_, line = await statistics.agreement_of_criteria(teacher, [row.id for row in made.criteria])
    # 3 4, 2 2, 1 0.
    assert line is not None and (line.n, line.bias) == (3, 0)
    assert line.error == pytest.approx(2 / 3) and line.kappa == pytest.approx(0.8)
    [some] = await statistics.pairs_of(teacher, [made.criteria[2].id], Level.CRITERION)
    assert sorted((pair.ai, pair.teacher, pair.count) for pair in some) == [(1, 0, 1), (2, 2, 1), (3, 4, 1)]


ALL = """query($id: ID!) { work(id: $id) { title %s
  tasks { %s criteria { %s } variants { statistics { n plot(format: SVG) { mime } } } } } }"""
PART = "statistics(bins: 4) { n mean plot(format: SVG) { svg } } agreement { n plot(format: SVG) { dataUri } }"


async def test_a_list_costs_the_same_for_any_length(world: World) -> None:
    made = small(world)
    teacher = await made.stored()
    counts = []
    for id in (made.room.work.id, made.work.id):
        with counting(world.runtime) as statements:
            variables = {"id": f"work_{id.hex}"}
            result = await door.execute(ALL % (PART, PART, PART), variable_values=variables, context_value=teacher)
        assert result.errors is None, result.errors
        # The process looks for lost rings now and then.
        counts.append(len([text for text in statements if "pg_snapshot" not in text]))
    assert len(result.data["work"]["tasks"][0]["criteria"]) == 2
    assert counts[0] == counts[1], "one task of one line, or two tasks of three"


async def test_only_teachers_are_told(world: World) -> None:
    made = small(world)
    student = made.student("nosy")
    teacher = await made.stored()
    await world.course("other", "elsewhere")
    for who in (Context(world.runtime, Actor(student.account.id)), await world.person("elsewhere")):
        assert await statistics.of_works(who, [made.work.id]) == [None]
        assert await statistics.of_tasks(who, [made.tasks[0].id]) == [None]
        assert await statistics.agreement_of_criteria(who, [made.criteria[0].id]) == [None]
        assert await statistics.histograms(who, [made.variants[0].id], Level.VARIANT, PlotFormat.PNG) == [None]
        assert await statistics.pairs_of(who, [made.criteria[0].id], Level.CRITERION) == [[]]
    both = await statistics.of_works(teacher, [made.room.work.id, made.work.id])
    assert [one and one.n for one in both] == [0, 6], "in the order of the ids"


async def test_a_picture_speaks_the_language_of_the_request(world: World) -> None:
    made = small(world)
    teacher = await made.stored()
    document = """query($id: ID!) { work(id: $id) { statistics { plot(format: SVG) { mime width height svg dataUri } }
      agreement { plot(format: PNG) { mime svg dataUri } } } }"""
    for locale, word in ((Locale.RU, "среднее 5,5"), (Locale.EN, "mean 5.5")):
        variables = {"id": f"work_{made.work.id.hex}"}
        result: Any = await door.execute(
            document, variable_values=variables, context_value=replace(teacher, locale=locale)
        )
        assert result.errors is None, result.errors
        drawn = result.data["work"]["statistics"]["plot"]
        assert word in drawn["svg"] and drawn["mime"] == "image/svg+xml" and drawn["width"] > drawn["height"]
        assert drawn["dataUri"].startswith("data:image/svg+xml;base64,")
        dots = result.data["work"]["agreement"]["plot"]
        assert dots["svg"] is None and dots["dataUri"].startswith("data:image/png;base64,iVBOR")
