"""How a class did: figures of the marks that count, and how near the precheck came to its teachers."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from picrete_gql import measures
from picrete_gql.call import Call, Context, query, recipe
from picrete_gql.rules import plots
from picrete_gql.rules import statistics as rules
from picrete_gql.rules.plots import Plot, PlotFormat
from picrete_gql.rules.statistics import Agreement, Level, Pair, Subject, Summary, Value
from picrete_gql.scopes import ANY

BINS = 10


@query(teacher=ANY)
async def of_works(call: Call, ids: Sequence[UUID], bins: int = BINS) -> list[Summary | None]:
    """Figures of the final points: of each student the latest attempt that is approved. Null for students."""
    return await _summaries(call, Level.WORK, ids, bins)


@query(teacher=ANY)
async def of_tasks(call: Call, ids: Sequence[UUID], bins: int = BINS) -> list[Summary | None]:
    """Figures of the final points for the task, in the marks that count. Null for students."""
    return await _summaries(call, Level.TASK, ids, bins)


@query(teacher=ANY)
async def of_variants(call: Call, ids: Sequence[UUID], bins: int = BINS) -> list[Summary | None]:
    """Figures of the final points for the task where this variant was drawn. Null for students."""
    return await _summaries(call, Level.VARIANT, ids, bins)


@query(teacher=ANY)
async def of_criteria(call: Call, ids: Sequence[UUID], bins: int = BINS) -> list[Summary | None]:
    """Figures of the final points for the criterion, in the marks that count. Null for students."""
    return await _summaries(call, Level.CRITERION, ids, bins)


@query(teacher=ANY)
async def agreement_of_works(call: Call, ids: Sequence[UUID]) -> list[Agreement | None]:
    """How near the precheck came to the final points, over all approved submissions with both. Null for students."""
    return await _agreements(call, Level.WORK, ids)


@query(teacher=ANY)
async def agreement_of_tasks(call: Call, ids: Sequence[UUID]) -> list[Agreement | None]:
    """The same for the points of the task. Null for students."""
    return await _agreements(call, Level.TASK, ids)


@query(teacher=ANY)
async def agreement_of_criteria(call: Call, ids: Sequence[UUID]) -> list[Agreement | None]:
    """The same for the points of the criterion. Null for students."""
    return await _agreements(call, Level.CRITERION, ids)


@query(teacher=ANY)
async def pairs_of(call: Call, ids: Sequence[UUID], level: Level) -> list[list[Pair]]:
    """How often the precheck gave so many points where a teacher gave so many."""
    subjects = await _subjects(call, level, ids)
    pair = measures.pairs(level, list(subjects)).c
    counted = select(pair.subject, pair.ai, pair.teacher, func.count()).group_by(pair.subject, pair.ai, pair.teacher)
    found: dict[UUID, list[Pair]] = {id: [] for id in ids}
    for subject, ai, teacher, count in (await call.session.execute(counted)).all():
        found[subject].append(Pair(float(ai), float(teacher), count))
    return [found[id] for id in ids]


@recipe(like=of_works)
async def histograms(
    context: Context, ids: Sequence[UUID], level: Level, format: PlotFormat, bins: int = BINS
) -> list[Plot | None]:
    """The histogram as a picture in the language of the request."""
    rules.ensure_few(len(ids), context.runtime.settings.statistics.plots_at_once)
    found = await SUMMARIES[level](context, ids, bins)
    draw = partial(_drawn, context, format)
    return [one and await draw(partial(plots.histogram, one, context.locale)) for one in found]


@recipe(like=of_works)
async def scatters(context: Context, ids: Sequence[UUID], level: Level, format: PlotFormat) -> list[Plot | None]:
    """The points of the precheck against those of the teachers, as a picture in the language of the request."""
    rules.ensure_few(len(ids), context.runtime.settings.statistics.plots_at_once)
    found = await AGREEMENTS[level](context, ids)
    counted = await pairs_of(context, ids, level)
    draw = partial(_drawn, context, format)
    both = zip(found, counted, strict=True)
    return [one and await draw(partial(plots.scatter, one, some, context.locale)) for one, some in both]


SUMMARIES: Mapping[Level, Callable[..., Any]] = {
    Level.WORK: of_works,
    Level.TASK: of_tasks,
    Level.VARIANT: of_variants,
    Level.CRITERION: of_criteria,
}
AGREEMENTS: Mapping[Level, Callable[..., Any]] = {
    Level.WORK: agreement_of_works,
    Level.TASK: agreement_of_tasks,
    Level.CRITERION: agreement_of_criteria,
}


async def _drawn(context: Context, format: PlotFormat, scene: Callable[[], plots.Scene]) -> Plot:
    return await context.runtime.compute(lambda: plots.draw(scene(), format))


async def _subjects(call: Call, level: Level, ids: Sequence[UUID]) -> dict[UUID, Subject]:
    found = measures.subjects(level, ids, call.visible(measures.MODELS[level]))
    rows = (await call.session.execute(found)).all()
    return {row[0]: Subject(level, *row) for row in rows}


async def _summaries(call: Call, level: Level, ids: Sequence[UUID], bins: int) -> list[Summary | None]:
    limits = call.settings.statistics
    rules.ensure_bins(bins, limits.max_bins)
    subjects = await _subjects(call, level, ids)
    item = measures.points(level, list(subjects)).c
    figures = select(item.subject, *measures.summary(item)).group_by(item.subject)
    rows = {row.subject: row for row in (await call.session.execute(figures)).all()}
    bars = await _bars(call, item, list(subjects.values()), bins)
    values = await _values(call, item)
    found = {}
    for id, subject in subjects.items():
        heights, listed = bars.get(id, {}), values.get(id, [])
        found[id] = Summary(
            subject,
            **_figures(rows.get(id)),
            histogram=rules.bars(subject.max_points, bins, heights),
            distribution=listed if len(listed) <= limits.max_values else None,
        )
    return [found.get(id) for id in ids]


async def _bars(call: Call, item: Any, subjects: Sequence[Subject], bins: int) -> dict[UUID, dict[int, int]]:
    if not subjects:
        return {}
    bucket = measures.bucket(item, subjects, bins).label("bucket")
    counted = select(item.subject, bucket, func.count()).group_by(item.subject, bucket)
    found: dict[UUID, dict[int, int]] = {}
    for subject, number, count in (await call.session.execute(counted)).all():
        found.setdefault(subject, {})[number] = count
    return found


async def _values(call: Call, item: Any) -> dict[UUID, list[Value]]:
    counted = select(item.subject, item.points, func.count()).group_by(item.subject, item.points)
    found: dict[UUID, list[Value]] = {}
    for subject, value, count in (await call.session.execute(counted.order_by(item.points))).all():
        found.setdefault(subject, []).append(Value(value, count))
    return found


def _figures(row: Any) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "n": row.n,
        "mean": float(row.mean),
        "deviation": _number(row.deviation),
        "lowest": row.lowest,
        "highest": row.highest,
        "quartiles": tuple(row.quartiles),
        "discrimination": row.discrimination,
    }


async def _agreements(call: Call, level: Level, ids: Sequence[UUID]) -> list[Agreement | None]:
    subjects = await _subjects(call, level, ids)
    pair = measures.pairs(level, list(subjects)).c
    figures = select(pair.subject, *measures.agreement(pair.ai, pair.teacher)).group_by(pair.subject)
    rows = {row.subject: row for row in (await call.session.execute(figures)).all()}
    found = {}
    for id, subject in subjects.items():
        row = rows.get(id)
        said = {key: _number(getattr(row, key)) for key in ("exact", "error", "bias", "kappa")} if row else {}
        found[id] = Agreement(subject, n=row.n if row else 0, **said)
    return [found.get(id) for id in ids]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
