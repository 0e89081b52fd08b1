"""Whether a template can lead to an answer at all."""

from .problems import TemplateBroken
from .relations import RELATIONS, Relation
from .template import GAP, NAME, Parameter, Rule, Source, Template
from .values import unit_of

MOST_VALUES = 100_000


def ensure_sound(template: Template) -> None:
    """Raises TemplateBroken that says where: names, units, ranges, inputs, gaps in the texts."""
    names: set[str] = set()
    parts: tuple[Parameter | Rule, ...] = (*template.parameters, *template.rules)
    for part in parts:
        if not NAME.fullmatch(part.name) or part.name in names:
            raise TemplateBroken(
                part.name or "name", "имя — латинские буквы и цифры, у каждого своё.",
                "a name is Latin letters and digits, each another.",
            )  # fmt: skip
        if isinstance(part, Parameter):
            _ensure_parameter(part)
        else:
            _ensure_rule(part, names)
        names.add(part.name)
    if not template.rules or not template.parameters:
        raise TemplateBroken(
            "rules", "нужны хотя бы один параметр и одно правило.", "a parameter and a rule are needed."
        )
    unit_of(template.units, "units")
    _ensure_gaps(template, names)


def _ensure_parameter(parameter: Parameter) -> None:
    unit_of(parameter.unit, parameter.name)
    numbers = (parameter.low, parameter.high, parameter.step, *parameter.choices)
    good = all(number.is_finite() and abs(number.adjusted()) < 30 for number in numbers)
    if good and not parameter.choices:
        good = parameter.step > 0 and parameter.low <= parameter.high
        good = good and (parameter.high - parameter.low) / parameter.step < MOST_VALUES
    if not good or len(set(parameter.choices)) < len(parameter.choices):
        raise TemplateBroken(
            parameter.name,
            f"нужен диапазон с шагом больше 0 (до {MOST_VALUES} значений) или разные значения.",
            f"a range with a step above 0 (up to {MOST_VALUES} values) or different choices are needed.",
        )


def _ensure_rule(rule: Rule, names: set[str]) -> None:
    relation = RELATIONS.get(rule.relation)
    if relation is None:
        raise TemplateBroken(rule.name, "такого соотношения нет.", "there is no such relation.")
    wanted = set(relation.inputs) - set(relation.optional)
    if not wanted <= set(rule.inputs) <= set(relation.inputs):
        inputs = ", ".join(relation.inputs)
        raise TemplateBroken(rule.name, f"нужны входы: {inputs}.", f"these inputs are needed: {inputs}.")
    for name, source in rule.inputs.items():
        _ensure_source(f"{rule.name}.{name}", source, names)
    _ensure_chemicals(rule, relation)


def _ensure_source(place: str, source: Source, names: set[str]) -> None:
    known = source.name in names and source.value is None
    constant = not source.name and source.value is not None and source.value.is_finite()
    if not known and not constant:
        raise TemplateBroken(
            place,
            "нужен параметр, результат предыдущего правила или число.",
            "a parameter, the result of an earlier rule, or a number is needed.",
        )
    unit_of(source.unit, place)


def _ensure_chemicals(rule: Rule, relation: Relation) -> None:
    for what in relation.chemicals:
        if not getattr(rule, what):
            raise TemplateBroken(f"{rule.name}.{what}", "нужно указать.", "this is needed.")
    try:
        if "formula" in relation.chemicals:
            _ = rule.chemicals.molar_mass
        if "equation" in relation.chemicals:
            _ = rule.chemicals.ratio
    except ValueError as error:
        raise TemplateBroken(
            rule.name, f"формулы не подходят ({error}).", f"the formulas do not fit ({error})."
        ) from error


def _ensure_gaps(template: Template, names: set[str]) -> None:
    told = set(GAP.findall(template.text))
    parameters = {parameter.name for parameter in template.parameters}
    if told != parameters:
        missing = ", ".join(sorted(told ^ parameters))
        raise TemplateBroken(
            "text", f"в тексте должны стоять все параметры и только они: {missing}.",
            f"the text must have a gap for every parameter and no other: {missing}.",
        )  # fmt: skip
    if unknown := set(GAP.findall(template.solution)) - names:
        missing = ", ".join(sorted(unknown))
        raise TemplateBroken("solution", f"таких имён нет: {missing}.", f"there are no such names: {missing}.")
