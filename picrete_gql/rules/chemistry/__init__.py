"""Chemistry that can be computed: checks of recognised text that are certain, or say that they are not.

`check` turns pages and tasks into findings anchored to blocks; `propose` turns them into points (engine `rules`). Both
are pure, never raise on text, and take time linear in it. Precision comes first: `wrong` is only what is certainly
wrong as it was read, and `unsure` never counts against a student.
"""

from .finding import SURE, Finding, Kind, Verdict
from .findings import check
from .formulas import Formula, NotAFormula, parse
from .pages import Block, Page, Task
from .scoring import ENGINE, Criterion, CriterionScore, RulesProposal, propose

__all__ = [
    "ENGINE",
    "SURE",
    "Block",
    "Criterion",
    "CriterionScore",
    "Finding",
    "Formula",
    "Kind",
    "NotAFormula",
    "Page",
    "RulesProposal",
    "Task",
    "Verdict",
    "check",
    "parse",
    "propose",
]
