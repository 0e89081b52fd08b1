"""Tasks whose answer is computed: parameters drawn for every student, and rules that lead from them to the answer.

A `Template` is what a teacher writes; `draw` makes variants of it, `answer` computes the answer from the parameters of
one variant. Pure, and the same for the same seed, today and in a year.
"""

from .answer import answer, reference
from .draw import Sample, draw, preview
from .problems import TemplateBroken, TooFewVariants
from .relations import RELATIONS, Relation
from .template import Parameter, Rule, Source, Template

__all__ = [
    "RELATIONS",
    "Parameter",
    "Relation",
    "Rule",
    "Sample",
    "Source",
    "Template",
    "TemplateBroken",
    "TooFewVariants",
    "answer",
    "draw",
    "preview",
    "reference",
]
