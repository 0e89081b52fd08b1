"""All checks of a work at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from .electrons import electron_findings
from .final import answer_findings
from .finding import SURE, Finding, Verdict
from .ions import ion_findings
from .legible import Trust, trust
from .molar import molar_mass_findings
from .nuclear import nuclear_findings
from .pages import Page, Task, lines_of
from .reactions import equation_findings
from .sections import Section, split
from .slips import slip_findings
from .symbols import symbol_findings

MAX_FINDINGS = 500

__all__ = ["MAX_FINDINGS", "Divided", "Finding", "check", "check_divided", "divided"]


@dataclass(frozen=True)
class Divided:
    """A work by tasks, and how far it may be believed."""

    sections: tuple[Section, ...]
    trust: Trust


def divided(tasks: Sequence[Task], pages: Sequence[Page]) -> Divided:
    """The lines of the pages, given to the tasks by their headings."""
    lines = lines_of(pages)
    confirmed = bool(pages) and all(page.confirmed for page in pages)
    return Divided(tuple(split(lines, [task.number for task in tasks])), trust(lines, confirmed=confirmed))


def check(tasks: Sequence[Task], pages: Sequence[Page], *, sure: float = SURE) -> list[Finding]:
    """What can be computed about a work: final answers, equations, calculations, units, states, ions, nuclei.

    Answers first, one per task, in the order of the tasks. Never raises, whatever the text; `wrong` is only what is
    certainly wrong as it was read; text read with less confidence than `sure` accuses nobody.
    """
    return check_divided(tasks, divided(tasks, pages), sure=sure)


def check_divided(tasks: Sequence[Task], work: Divided, *, sure: float = SURE) -> list[Finding]:
    """The same for a work that is already divided."""
    sections, believed = work.sections, work.trust
    answers = answer_findings(tasks, sections, believed, sure)
    equations = equation_findings(sections, believed, sure)
    halves = electron_findings(sections, believed, sure)
    evidence = [
        *(one for one in equations if one.verdict is not Verdict.UNSURE or not _beside(one, halves)),
        *(one for one in halves if not _beside(one, [e for e in equations if e.verdict is one.verdict])),
        *ion_findings(sections, believed, sure),
        *molar_mass_findings(sections, believed, sure),
        *slip_findings(sections, believed, sure),
        *symbol_findings(sections, believed, sure),
        *nuclear_findings(sections, believed, sure),
    ]
    return answers + evidence[:MAX_FINDINGS]


def _beside(one: Finding, others: Sequence[Finding]) -> bool:
    """Whether another finding is about the same place."""
    place = (one.photo_id, one.block_id)
    return any((o.photo_id, o.block_id) == place and (one.quote in o.quote or o.quote in one.quote) for o in others)
