"""The answer of one variant, computed from its own parameters."""

from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Any

from .problems import TemplateBroken
from .relations import RELATIONS
from .template import Rule, Source, Template
from .values import Value, read, rounded, shown


def answer(template: Template, parameters: Mapping[str, Any]) -> Value:
    """The result of the last rule in the template's units, not rounded. Raises TemplateBroken."""
    known = results(template, parameters)
    value = known[template.rules[-1].name]
    units = template.units or value.unit
    return Value(value.within(units, "units"), units)


def reference(template: Template, parameters: Mapping[str, Any]) -> tuple[str, str] | None:
    """The rounded answer and its units, as a variant keeps them; None when these parameters give none."""
    try:
        value = answer(template, parameters)
    except TemplateBroken:
        return None
    return shown(rounded(value.number)), value.unit


def results(template: Template, parameters: Mapping[str, Any]) -> dict[str, Value]:
    """Every parameter and the result of every rule, by name. Raises TemplateBroken."""
    known: dict[str, Value] = {}
    for parameter in template.parameters:
        value = read(parameters.get(parameter.name), parameter.unit)
        if value is None:
            raise TemplateBroken(
                parameter.name, "в варианте нет этого числа.", "the variant does not have this number."
            )
        known[parameter.name] = value
    for rule in template.rules:
        known[rule.name] = _result(rule, known)
    return known


def _result(rule: Rule, known: Mapping[str, Value]) -> Value:
    relation = RELATIONS[rule.relation]
    numbers = dict(relation.optional)
    for name, source in rule.inputs.items():
        place = f"{rule.name}.{name}"
        numbers[name] = _value(source, known).within(relation.inputs[name], place)
    try:
        result = relation.compute(numbers, rule.chemicals)
    except (ValueError, DecimalException) as error:
        raise TemplateBroken(
            rule.name, f"с такими числами не считается ({error}).", f"it does not work with these numbers ({error})."
        ) from error
    return Value(result, relation.unit)


def _value(source: Source, known: Mapping[str, Value]) -> Value:
    return known[source.name] if source.name else Value(source.value or Decimal(0), source.unit)
