"""What a teacher writes: a text with gaps, parameters that fill them, and rules that lead to the answer."""

import re
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from .chemicals import Chemicals

NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
GAP = re.compile(r"\{([^{}]*)\}")


class _Part(BaseModel):
    """Kept as JSON beside the task, so numbers stay exact and nothing unknown slips in."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Part):
    """A number that differs: one of `choices`, or `low`, `low + step`, … up to `high`; in `unit`."""

    name: str
    unit: str = ""
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    choices: tuple[Decimal, ...] = ()

    @property
    def count(self) -> int:
        """How many values it may have."""
        return len(self.choices) or int((self.high - self.low) // self.step) + 1

    def value(self, number: int) -> Decimal:
        """The value of this number, from 0."""
        return self.choices[number] if self.choices else self.low + self.step * number


class Source(_Part):
    """Where an input comes from: a parameter or an earlier rule by `name`, or a constant `value` in `unit`."""

    name: str = ""
    value: Decimal | None = None
    unit: str = ""


class Rule(_Part):
    """One step: a relation with its inputs. Its result has the rule's name, for later rules and the solution."""

    name: str
    relation: str
    inputs: dict[str, Source] = Field(default_factory=dict)
    formula: str = ""
    equation: str = ""
    given: str = ""
    wanted: str = ""

    @property
    def chemicals(self) -> Chemicals:
        """The substances that it speaks of."""
        return Chemicals(self.formula, self.equation, self.given, self.wanted)


class Template(_Part):
    """The whole. The last rule gives the answer, in `units` (of its relation, if empty); `solution` has gaps too."""

    text: str
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    units: str = ""
    tolerance: Decimal = Decimal("0.01")
    solution: str = ""

    @property
    def combinations(self) -> int:
        """How many different variants the parameters give."""
        total = 1
        for parameter in self.parameters:
            total *= parameter.count
        return total
