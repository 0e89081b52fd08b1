"""Templates for the tests."""

from decimal import Decimal
from typing import Any

from picrete_gql.rules.templates import Parameter, Rule, Source, Template


def choices(name: str, unit: str, *values: str) -> Parameter:
    return Parameter(name=name, unit=unit, choices=tuple(map(Decimal, values)))


def rule(relation: str, inputs: dict[str, str] | None = None, name: str = "result", **more: Any) -> Rule:
    """A rule whose inputs come from the parameters or rules named."""
    return Rule(name=name, relation=relation, inputs={k: Source(name=v) for k, v in (inputs or {}).items()}, **more)


def single(relation: str, units: str = "", /, chemicals: dict[str, str] | None = None, **values: str) -> Template:
    """One rule, and a parameter with one value for each of its inputs: `c="0,1 моль/л"`."""
    split = {name: text.partition(" ") for name, text in values.items()}
    parameters = tuple(choices(name, unit, number) for name, (number, _, unit) in split.items())
    text = " ".join(f"{{{name}}}" for name in values)
    one = rule(relation, {name: name for name in values}, **(chemicals or {}))
    return Template(text=text, parameters=parameters, rules=(one,), units=units)


DILUTION = Template(
    text="Сколько мл раствора кислоты {c1} нужно, чтобы приготовить {v2} раствора {c2}?",
    parameters=(
        Parameter(name="c1", unit="моль/л", low=Decimal(2), high=Decimal(6), step=Decimal("0.5")),
        Parameter(name="v2", unit="мл", low=Decimal(100), high=Decimal(500), step=Decimal(50)),
        choices("c2", "моль/л", "0.1", "0.2", "0.25"),
    ),
    rules=(rule("dilution_volume", {"c1": "c1", "c2": "c2", "v2": "v2"}, "v1"),),
    units="мл",
    solution="V1 = c2·V2/c1 = {v1}",
)
