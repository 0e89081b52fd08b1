"""What the deterministic checks found, typed."""

from typing import Any

import strawberry

from picrete_gql.problems import Locale
from picrete_gql.resolvers import findings
from picrete_gql.rules import chemistry

from ._problems import locale_of
from ._words import Info, batch, described, enum, extends, field, says
from .grades import Grade, Proposal

FindingKind = enum(
    chemistry.Kind,
    called="FindingKind",
    equation="Whether an equation is balanced, atoms and charges.",
    molar_mass="Whether a molar mass fits the table.",
    answer="The final answer against the reference.",
    dimension="Whether a unit measures the right thing.",
    arithmetic="A calculation, computed again.",
    conversion="A conversion of units, computed again.",
    oxidation="Oxidation states and electrons given or taken.",
    ion="The charge of an ion.",
    nuclear="Mass numbers and charges of a nuclear reaction.",
    figures="The significant figures of the answer; never wrong.",
)
FindingVerdict = enum(
    chemistry.Verdict,
    called="FindingVerdict",
    ok="It is right.",
    wrong="It is certainly wrong, as it was read.",
    unsure="It cannot be said; never counts against a student.",
)


@described
class Finding:
    """One thing that was checked, and where it stands."""

    kind: chemistry.Kind = says("What was looked at.")
    verdict: chemistry.Verdict = says("How it came out.")
    task_number: int | None = says("The number of the task, when it is known.")
    photo_id: strawberry.ID | None = says("The photo where it stands.")
    block_id: strawberry.ID | None = says("The recognised block where it stands.")
    quote: str = says("What stands there, letter by letter.")
    expected: str | None = says("What should stand there; null when there is nothing to say, or not to the viewer.")
    found: str | None = says("What was found; null for an answer that was not found at all.")
    explanation: str = says("A sentence for a person, in the language of the request.")


def _typed(kept: dict[str, Any], locale: Locale) -> Finding:
    """A finding as it was kept with the run."""
    return Finding(
        kind=chemistry.Kind(kept["kind"]),
        verdict=chemistry.Verdict(kept["verdict"]),
        task_number=kept["task"],
        photo_id=kept["photo"],
        block_id=kept["block"],
        quote=kept["quote"],
        expected=kept["expected"],
        found=kept["found"],
        explanation=kept["explanation"][locale.value],
    )


@extends(Proposal)
class _:
    @field(findings.of_submissions)
    async def findings(self, info: Info) -> list[Finding]:
        kept = await batch(info, findings.of_submissions, self.id)
        return [_typed(one, locale_of(info)) for one in kept]


@extends(Grade)
class _OfGrade:
    @field(findings.released_of_submissions)
    async def findings(self, info: Info) -> list[Finding]:
        kept = await batch(info, findings.released_of_submissions, self.id)
        return [_typed(one, locale_of(info)) for one in kept]
