"""One answer, one decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .admit import admit
from .answer import parse
from .proposal import Inadmissible, Proposal
from .sheets import Page, TaskSheet


class FlagReason(StrEnum):
    """Why a human has to look."""

    PRECHECK_FAILED = "precheck_failed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Admit:
    """The answer keeps the contract."""

    proposal: Proposal


@dataclass(frozen=True)
class Reask:
    """Ask once more (`prompt.reask`) and say what was wrong."""

    reason: str


@dataclass(frozen=True)
class DoubleBudget:
    """The answer did not fit: ask the same question with twice the tokens, once."""


@dataclass(frozen=True)
class Flag:
    """No grade from this run; a human takes over. `detail` is for the run's record and for staff."""

    reason: FlagReason
    detail: str


Outcome = Admit | Reask | DoubleBudget | Flag


def decide(
    content: str | None,
    finish_reason: str,
    refusal: str | None,
    tasks: Sequence[TaskSheet],
    pages: Sequence[Page],
    *,
    doubled: bool = False,
    reasked: bool = False,
) -> Outcome:
    """What to do with an answer. `doubled` and `reasked` say what this run has already been granted; each is once."""
    if refusal:
        return _failed(f"the model refused: {refusal}")
    if finish_reason == "content_filter":
        return _failed("the content filter stopped the answer")
    if finish_reason == "length":
        return _failed("the answer was cut twice") if doubled else DoubleBudget()
    try:
        if finish_reason != "stop":
            raise Inadmissible(f"The answer ended with “{finish_reason}” and is not complete.")
        if not (content or "").strip():
            raise Inadmissible("The answer was empty.")
        proposal = admit(parse(content or ""), tasks, pages)
    except Inadmissible as problem:
        return _failed(problem.reason_for_model) if reasked else Reask(problem.reason_for_model)
    if proposal.unreadable:
        return Flag(FlagReason.UNREADABLE, proposal.unreadable)
    return Admit(proposal)


def _failed(detail: str) -> Flag:
    return Flag(FlagReason.PRECHECK_FAILED, detail)
