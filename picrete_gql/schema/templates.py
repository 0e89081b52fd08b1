"""Templates of tasks: parameters, rules that compute the answer, samples, and the variants made of them."""

from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import strawberry

from picrete_gql.resolvers import templates
from picrete_gql.rules.templates import RELATIONS, Parameter, Relation, Rule, Sample, Source, Template

from ._ids import parse
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, enum, extends, field, id_input, mutation, says
from .tasks import Task


def _told(relation: Relation) -> str:
    inputs = [f"{name} ({unit})" if unit else name for name, unit in relation.inputs.items()]
    needs = [f"`{what}`" for what in relation.chemicals]
    gives = f" Gives {relation.unit}." if relation.unit else " Gives a plain number."
    return f"Computes {relation.says}. Inputs: {', '.join(inputs + needs)}.{gives}"


RuleRelation: Any = Enum("RuleRelation", {name.upper(): name for name in RELATIONS})
RuleRelation.__doc__ = "A relation that a rule computes with; the description names its inputs and units."
enum(RuleRelation, **{name: _told(relation) for name, relation in RELATIONS.items()})


@described
class TemplateParameter:
    """A number that differs from variant to variant: one of `choices`, or from `low` by `step` to `high`."""

    name: str = says("Its name: Latin letters, digits, underscores.")
    unit: str = says("Its unit; empty for a plain number.")
    low: Decimal = says("The least value.")
    high: Decimal = says("The greatest value.")
    step: Decimal = says("The distance of the values.")
    choices: list[Decimal] = says("The values one by one; empty when there is a range.")


@described
class RuleSource:
    """What goes into a rule."""

    input: str = says("The input of the relation.")
    name: str | None = says("The parameter or the earlier rule that it comes from; null for a constant.")
    value: Decimal | None = says("The constant; null when it comes from elsewhere.")
    unit: str = says("The unit of the constant.")


@described
class ValidationRule:
    """One step to the answer, computed from the student's own parameters."""

    name: str = says("Its name, by which later rules use its result.")
    relation: RuleRelation = says("What it computes with.")
    inputs: list[RuleSource] = says("What goes in.")
    formula: str = says("The substance, for relations that need one.")
    equation: str = says("The reaction, for relations that need one.")
    given: str = says("The substance of the reaction that is given.")
    wanted: str = says("The substance of the reaction that is wanted.")


@described
class TaskTemplate:
    """How the variants of a task are made and their answers computed; for teachers."""

    text: str = says("The text of a variant, with a gap `{name}` for every parameter.")
    parameters: list[TemplateParameter] = says("What differs.")
    rules: list[ValidationRule] = says("The way to the answer; the last one gives it.")
    units: str = says("The unit of the answer.")
    tolerance: Decimal = says("How far an answer may be off, as a share of it.")
    solution: str = says("The reference solution, with gaps for parameters and rules.")
    combinations: Decimal = says("How many different variants the parameters give.")


@described
class VariantSample:
    """A variant as it would be made."""

    content: str = says("What the student would read.")
    answer: str = says("The computed answer.")
    units: str = says("Its unit.")
    solution: str = says("The reference solution.")


def _rule(rule: Rule) -> ValidationRule:
    inputs = [RuleSource(input=key, name=s.name or None, value=s.value, unit=s.unit) for key, s in rule.inputs.items()]
    facts = rule.model_dump(include={"name", "formula", "equation", "given", "wanted"})
    return ValidationRule(**facts, relation=RuleRelation(rule.relation), inputs=inputs)


def _typed(template: Template) -> TaskTemplate:
    parameters = [
        TemplateParameter(**{**parameter.model_dump(), "choices": list(parameter.choices)})
        for parameter in template.parameters
    ]
    return TaskTemplate(
        **template.model_dump(include={"text", "units", "tolerance", "solution"}),
        parameters=parameters,
        rules=[_rule(rule) for rule in template.rules],
        combinations=Decimal(template.combinations),
    )


def _sample(one: Sample) -> VariantSample:
    return VariantSample(content=one.content, answer=one.answer, units=one.units, solution=one.solution)


@extends(Task)
class _:
    @field(templates.of_tasks)
    async def template(self, info: Info) -> TaskTemplate | None:
        found = await batch(info, templates.of_tasks, self.id)
        return found and _typed(found)

    @field(templates.samples_of_tasks)
    async def samples(
        self,
        info: Info,
        first: Annotated[int, argument("How many.")] = 5,
        seed: Annotated[int, argument("What decides which; the same seed gives the same variants.")] = 0,
    ) -> list[VariantSample] | None:
        found = await batch(info, templates.samples_of_tasks, self.id, first, seed)
        return found and [_sample(one) for one in found]


@asked
class TemplateParameterInput:
    """A number that differs: list `choices`, or give a range."""

    name: str = says("Latin letters, digits, underscores; up to 20.")
    unit: str = strawberry.field(default="", description="Its unit, such as моль/л.")
    low: Decimal = strawberry.field(default=Decimal(0), description="The least value.")
    high: Decimal = strawberry.field(default=Decimal(0), description="The greatest value.")
    step: Decimal = strawberry.field(default=Decimal(1), description="The distance of the values, more than 0.")
    choices: list[Decimal] = strawberry.field(default_factory=list, description="The values one by one.")


@asked
class RuleSourceInput:
    """What goes into a rule: a `name`, or a constant `value` with its `unit`."""

    input: str = says("The input of the relation.")
    name: str = strawberry.field(default="", description="A parameter or an earlier rule.")
    value: Decimal | None = strawberry.field(default=None, description="A constant.")
    unit: str = strawberry.field(default="", description="The unit of the constant.")


@asked
class ValidationRuleInput:
    """One step to the answer."""

    name: str = says("Its name, by which later rules use its result.")
    relation: RuleRelation = says("What it computes with.")
    inputs: list[RuleSourceInput] = strawberry.field(default_factory=list, description="All inputs of the relation.")
    formula: str = strawberry.field(default="", description="The substance, where the relation needs one.")
    equation: str = strawberry.field(default="", description="The reaction; it is balanced for you.")
    given: str = strawberry.field(default="", description="The substance of the reaction that is given.")
    wanted: str = strawberry.field(default="", description="The substance of the reaction that is wanted.")


@asked
class TaskTemplatePutInput:
    """A template for a draft's task."""

    task_id: strawberry.ID = says("The task.")
    text: str = says("The text of a variant, with a gap `{name}` for every parameter.")
    parameters: list[TemplateParameterInput] = says("What differs.")
    rules: list[ValidationRuleInput] = says("The way to the answer; the last one gives it.")
    units: str = strawberry.field(default="", description="The unit of the answer; by default that of the relation.")
    tolerance: Decimal = strawberry.field(default=Decimal("0.01"), description="0 to 1, a share of the answer.")
    solution: str = strawberry.field(default="", description="The reference solution, with gaps.")


TaskTemplateRemoveInput = id_input("TaskTemplateRemoveInput", "task")


@asked
class VariantsMakeInput:
    """Variants from the template of a draft's task, in the place of those that it has."""

    task_id: strawberry.ID = says("The task.")
    count: int = says("How many, 1 to 200.")
    seed: int = strawberry.field(default=0, description="What decides which; the same seed gives the same variants.")


@described
class TaskTemplatePutPayload(Payload):
    """The answer to `taskTemplatePut`."""

    task: Task | None = strawberry.field(default=None, description="The task with its template.")


@described
class TaskTemplateRemovePayload(Payload):
    """The answer to `taskTemplateRemove`."""

    task: Task | None = strawberry.field(default=None, description="The task without it.")


@described
class VariantsMakePayload(Payload):
    """The answer to `variantsMake`."""

    task: Task | None = strawberry.field(default=None, description="The task with its new variants.")


def _asked(input: TaskTemplatePutInput) -> Template:
    """The input as the resolver wants it."""
    rules = [
        Rule(**{**vars(rule), "relation": rule.relation.value, "inputs": {i.input: _source(i) for i in rule.inputs}})
        for rule in input.rules
    ]
    parameters = tuple(Parameter(**{**vars(one), "choices": tuple(one.choices)}) for one in input.parameters)
    plain = {key: getattr(input, key) for key in ("text", "units", "tolerance", "solution")}
    return Template(**plain, parameters=parameters, rules=tuple(rules))


def _source(input: RuleSourceInput) -> Source:
    return Source(name=input.name, value=input.value, unit=input.unit)


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(templates.put)
    async def task_template_put(
        self, info: Info, input: Annotated[TaskTemplatePutInput, argument("The template.")]
    ) -> TaskTemplatePutPayload | None:
        id = parse("task", input.task_id, "taskId")
        return TaskTemplatePutPayload(task=await templates.put(info.context, id, _asked(input)))

    @mutation(templates.remove)
    async def task_template_remove(
        self, info: Info, input: Annotated[TaskTemplateRemoveInput, argument("The task.")]
    ) -> TaskTemplateRemovePayload | None:
        return TaskTemplateRemovePayload(task=await templates.remove(info.context, parse("task", input.id)))

    @mutation(templates.make)
    async def variants_make(
        self, info: Info, input: Annotated[VariantsMakeInput, argument("How many, and the seed.")]
    ) -> VariantsMakePayload | None:
        id = parse("task", input.task_id, "taskId")
        made = await templates.make(info.context, id, input.count, input.seed)
        return VariantsMakePayload(task=made)
