"""What holds for any two judges, and that the short form of kappa is the long one."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Numeric, column, select, text

from picrete_gql.measures import agreement
from tests.support.world import World

POINTS = st.integers(0, 40).map(lambda quarters: quarters / 4)
PAIRS = st.lists(st.tuples(POINTS, POINTS), min_size=1, max_size=12)
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def judged(world: World, pairs: list[tuple[float, float]]) -> Any:
    """What the database says of two lists."""
    ai, teacher = column("ai", Numeric), column("teacher", Numeric)
    both = text("unnest(CAST(:ai AS numeric[]), CAST(:teacher AS numeric[])) AS pair(ai, teacher)")
    both = both.bindparams(ai=[one for one, _ in pairs], teacher=[other for _, other in pairs])
    async with world.runtime.engine.connect() as connection:
        return (await connection.execute(select(*agreement(ai, teacher)).select_from(both))).one()


def by_tables(pairs: list[tuple[float, float]]) -> float | None:
    """Cohen's kappa from its definition: weights, observed and expected shares of all pairs of categories."""
    n = len(pairs)
    seen, first, second = Counter(pairs), Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum((a - b) ** 2 * count / n for (a, b), count in seen.items())
    expected = sum((a - b) ** 2 * one * other / n**2 for a, one in first.items() for b, other in second.items())
    return 1 - observed / expected if expected else None


async def test_by_hand(world: World) -> None:
    found = await judged(world, [(1, 1), (2, 2), (3, 2), (4, 4)])
    assert (found.n, float(found.exact), float(found.error), float(found.bias)) == (4, 75, 0.25, 0.25)
    # Variances 1.25 and 1.1875, means a quarter apart.
    assert float(found.kappa) == pytest.approx(1 - 0.25 / (1.25 + 1.1875 + 0.0625))


@QUICK
@given(pairs=PAIRS)
async def test_kappa_is_what_cohen_defined(world: World, pairs: list[tuple[float, float]]) -> None:
    found, wanted = (await judged(world, pairs)).kappa, by_tables(pairs)
    assert (found is None) == (wanted is None)
    assert found is None or float(found) == pytest.approx(wanted, abs=1e-9)


@QUICK
@given(points=st.lists(POINTS, min_size=1, max_size=12))
async def test_equal_lists_agree_wholly(world: World, points: list[float]) -> None:
    found = await judged(world, [(one, one) for one in points])
    assert (float(found.exact), float(found.error), float(found.bias)) == (100, 0, 0)
    assert found.kappa == (1 if len(set(points)) > 1 else None)


@QUICK
@given(pairs=PAIRS)
async def test_judges_may_change_places(world: World, pairs: list[tuple[float, float]]) -> None:
    one, other = await judged(world, pairs), await judged(world, [(b, a) for a, b in pairs])
    assert (one.n, one.exact, one.error, one.kappa) == (other.n, other.exact, other.error, other.kappa)
    assert one.bias == -other.bias
    assert abs(one.bias) <= one.error and 0 <= one.exact <= 100
    assert one.kappa is None or -1.000001 <= float(one.kappa) <= 1


@QUICK
@given(pairs=PAIRS, by=POINTS)
async def test_kappa_is_not_moved_with_both(world: World, pairs: list[tuple[float, float]], by: float) -> None:
    one, other = await judged(world, pairs), await judged(world, [(a + by, b + by) for a, b in pairs])
    assert one.kappa == other.kappa or float(one.kappa) == pytest.approx(float(other.kappa))
