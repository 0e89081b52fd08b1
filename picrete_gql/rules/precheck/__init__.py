"""The contract with the language model that prechecks a solution: what it is asked, and which answer is admitted.

Pure functions on plain values. The way through: `messages_for` and `answer_schema` make the question, `decide` turns
one answer into what to do next, `reask` makes the one follow-up question that a broken answer gets.
"""

from .admit import admit
from .answer import parse
from .outcome import Admit, DoubleBudget, Flag, FlagReason, Outcome, Reask, decide
from .prompt import messages_for, prompt_hash, reask
from .proposal import CriterionProposal, Inadmissible, Proposal
from .schema import answer_schema
from .sheets import Block, Correction, CriterionSheet, Finding, Page, TaskSheet

__all__ = [
    "Admit",
    "Block",
    "Correction",
    "CriterionProposal",
    "CriterionSheet",
    "DoubleBudget",
    "Finding",
    "Flag",
    "FlagReason",
    "Inadmissible",
    "Outcome",
    "Page",
    "Proposal",
    "Reask",
    "TaskSheet",
    "admit",
    "answer_schema",
    "decide",
    "messages_for",
    "parse",
    "prompt_hash",
    "reask",
]
