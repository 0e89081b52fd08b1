"""All checks of a work at once."""

from collections.abc import Sequence

from .final import answer_findings
from .finding import SURE, Finding
from .molar import molar_mass_findings
from .pages import Page, Task, lines_of
from .reactions import equation_findings
from .sections import Section, split

MAX_FINDINGS = 500

__all__ = ["MAX_FINDINGS", "Finding", "check", "check_sections", "sections_of"]


def sections_of(tasks: Sequence[Task], pages: Sequence[Page]) -> list[Section]:
    """The lines of the pages, given to the tasks by their headings."""
    return split(lines_of(pages), [task.number for task in tasks])


def check(tasks: Sequence[Task], pages: Sequence[Page], *, sure: float = SURE) -> list[Finding]:
    """What can be computed about a work: its equations, stated molar masses, final answers and their units.

    Answers first, one per task, in the order of the tasks. Never raises, whatever the text; `wrong` is only what is
    certainly wrong as it was read; text read with less confidence than `sure` accuses nobody.
    """
    return check_sections(tasks, sections_of(tasks, pages), sure=sure)


def check_sections(tasks: Sequence[Task], sections: Sequence[Section], *, sure: float = SURE) -> list[Finding]:
    """The same for a work that is already divided."""
    answers = answer_findings(tasks, sections, sure)
    evidence = [*equation_findings(sections, sure), *molar_mass_findings(sections, sure)]
    return answers + evidence[:MAX_FINDINGS]
