"""How a class did, and how near the precheck came to its teachers."""

from decimal import Decimal
from typing import Annotated

import strawberry

from picrete_gql.resolvers import statistics as figures
from picrete_gql.rules import plots
from picrete_gql.rules import statistics as rules

from ._words import Info, argument, batch, enum, extends, field, row, says
from .tasks import Criterion, Task, Variant
from .works import Work

enum(plots.PlotFormat, svg="A drawing as text, sharp at any size.", png="A picture of dots, twice as fine as its size.")
Bins = Annotated[int, argument("How many bars the histogram has: 1 to 50.")]
Format = Annotated[plots.PlotFormat, argument("How the picture is written.")]


@row(plots.Plot)
class Plot:
    """A picture in the language of the request, good for any page: it holds no script, no style and no link."""

    mime: str = says("Its media type.")
    width: int = says("Pixels that it should take on a page.")
    height: int = says("Pixels that it should take on a page.")

    @strawberry.field(description="The whole picture as a data URI, for the `src` of an image.")
    def data_uri(self) -> str:
        return self.uri

    @strawberry.field(description="The text of an SVG, to stand in a page; null for a PNG.")
    def svg(self) -> str | None:
        return self.data.decode() if self.format is plots.PlotFormat.SVG else None


@row(rules.Bin)
class HistogramBin:
    """One bar of a histogram."""

    start: float = says("Points from which it counts.")
    end: float = says("Points up to which it counts; only the last bar counts them too.")
    count: int = says("How many marks.")


@row(rules.Value)
class PointsCount:
    """How many marks have exactly so many points."""

    points: Decimal = says("The points.")
    count: int = says("How many marks.")


@row(rules.Summary)
class Statistics:
    """Figures of the marks that count: of each student the latest attempt that is approved, with its final points.

    A mark that was given only as a whole counts for a task or a criterion where it leaves no doubt: nothing, or all.
    """

    n: int = says("How many marks.")
    mean: float | None = says("The mean.")
    difficulty: float | None = says("The mean as a share of the most points: the easier, the nearer to 1.")
    discrimination: float | None = says(
        "Corrected item-total correlation (Henrysson 1963): the points against the rest of the mark; for points that"
        " are all or nothing the point-biserial one. Null for a whole work, for less than three marks, and where"
        " either does not vary."
    )
    histogram: list[HistogramBin] = says("Bars of one width from 0 to the most points.")
    distribution: list[PointsCount] | None = says("Each number of points that occurs; null when there are too many.")

    @strawberry.field(description="The most points there are.")
    def max_points(self) -> Decimal:
        return self.subject.max_points

    @strawberry.field(description="The standard deviation of a sample; null for one mark.")
    def standard_deviation(self) -> float | None:
        return self.deviation

    @strawberry.field(description="The least points that somebody has.")
    def min(self) -> Decimal | None:
        return self.lowest

    @strawberry.field(description="The most points that somebody has.")
    def max(self) -> Decimal | None:
        return self.highest

    @strawberry.field(description="A quarter of the marks lies below; interpolated between neighbours.")
    def lower_quartile(self) -> float | None:
        return self.quartiles and self.quartiles[0]

    @strawberry.field(description="Half of the marks lies below.")
    def median(self) -> float | None:
        return self.quartiles and self.quartiles[1]

    @strawberry.field(description="A quarter of the marks lies above.")
    def upper_quartile(self) -> float | None:
        return self.quartiles and self.quartiles[2]

    @field(figures.histograms)
    async def plot(self, info: Info, format: Format) -> Plot | None:
        of, bins = self.subject, len(self.histogram)
        return await batch(info, figures.histograms, of.id, of.level, format, bins)


@row(rules.Agreement)
class Agreement:
    """How near the precheck came to the teachers, over all approved submissions that have the points of both.

    A teacher who approves a proposal has seen it, so the figures say how often it stood, not how two strangers judge.
    """

    n: int = says("How many submissions.")
    bias: float | None = says("How many points the precheck gives more than the teachers, on the average.")

    @strawberry.field(description="Percent of the submissions with the same points from both.")
    def exact_percent(self) -> float | None:
        return self.exact

    @strawberry.field(description="How far apart the points lie, on the average.")
    def mean_absolute_error(self) -> float | None:
        return self.error

    @strawberry.field(
        description="Cohen's kappa with quadratic weights (Cohen 1968, Fleiss and Cohen 1973): 1 for the same points,"
        " 0 for no more than chance. Null where both always give the same points."
    )
    def weighted_kappa(self) -> float | None:
        return self.kappa

    @field(figures.scatters)
    async def plot(self, info: Info, format: Format) -> Plot | None:
        return await batch(info, figures.scatters, self.subject.id, self.subject.level, format)


@extends(Work)
class _OfWork:
    @field(figures.of_works)
    async def statistics(self, info: Info, bins: Bins = figures.BINS) -> Statistics | None:
        return await batch(info, figures.of_works, self.id, bins)

    @field(figures.agreement_of_works)
    async def agreement(self, info: Info) -> Agreement | None:
        return await batch(info, figures.agreement_of_works, self.id)


@extends(Task)
class _OfTask:
    @field(figures.of_tasks)
    async def statistics(self, info: Info, bins: Bins = figures.BINS) -> Statistics | None:
        return await batch(info, figures.of_tasks, self.id, bins)

    @field(figures.agreement_of_tasks)
    async def agreement(self, info: Info) -> Agreement | None:
        return await batch(info, figures.agreement_of_tasks, self.id)


@extends(Variant)
class _OfVariant:
    @field(figures.of_variants)
    async def statistics(self, info: Info, bins: Bins = figures.BINS) -> Statistics | None:
        return await batch(info, figures.of_variants, self.id, bins)


@extends(Criterion)
class _OfCriterion:
    @field(figures.of_criteria)
    async def statistics(self, info: Info, bins: Bins = figures.BINS) -> Statistics | None:
        return await batch(info, figures.of_criteria, self.id, bins)

    @field(figures.agreement_of_criteria)
    async def agreement(self, info: Info) -> Agreement | None:
        return await batch(info, figures.agreement_of_criteria, self.id)
