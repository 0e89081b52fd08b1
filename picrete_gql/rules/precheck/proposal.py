"""What an admitted answer becomes, and the refusal of one that is not."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


class Inadmissible(Exception):
    """An answer that breaks the contract. `reason_for_model` says how, for the one re-ask and for the run's record."""

    def __init__(self, reason_for_model: str) -> None:
        super().__init__(reason_for_model)
        self.reason_for_model = reason_for_model


@dataclass(frozen=True)
class CriterionProposal:
    """Points for one criterion. A quote stands on the page of `photo_id`, and `block_id` is a block of that page."""

    criterion_id: UUID
    points: Decimal
    comment: str
    quote: str | None = None
    block_id: str | None = None
    photo_id: UUID | None = None
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A whole admitted answer, in the order of the rubric. `unreadable` is the reason, None when it was readable."""

    scores: tuple[CriterionProposal, ...]
    feedback: str
    total: Decimal
    unreadable: str | None = None
