"""What a template can be refused for."""

from dataclasses import dataclass

from picrete_gql.problems import Code, Problem


@dataclass(eq=False)
class TemplateBroken(Problem):
    """A template that leads to no answer; `place` says where: a parameter, a rule, the text."""

    place: str
    why_ru: str
    why_en: str
    code = Code.INVALID_INPUT
    ru = "Шаблон, {place}: {why_ru}"
    en = "The template, {place}: {why_en}"


@dataclass(eq=False)
class TooFewVariants(Problem):
    """The parameters do not allow so many different variants."""

    wanted: int
    available: int
    code = Code.INVALID_INPUT
    ru = "Нужно вариантов: {wanted}, а различных параметры дают только {available}."
    en = "{wanted} variants are wanted; the parameters give only {available} different ones."
