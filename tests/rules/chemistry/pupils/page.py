"""One page of a pupil."""

from dataclasses import dataclass

NUMBERS = frozenset(("arithmetic", "conversion", "molar_mass", "answer", "dimension"))
"""A slip in a calculation may be named where it was made, or where it led to."""


@dataclass(frozen=True)
class Sheet:
    """Its text with the teacher's reference; `wrong` are the kinds that its one error may be called, empty for none."""

    name: str
    reference: str | None
    units: str | None
    text: str
    wrong: frozenset[str] = frozenset()
