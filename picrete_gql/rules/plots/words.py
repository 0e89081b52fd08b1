"""The words in pictures, in Russian and English."""

from dataclasses import dataclass

from picrete_gql.problems import Locale
from picrete_gql.rules.statistics import Level, Subject

from .axes import fitting

TITLE_CHARS = 58


@dataclass(frozen=True)
class PlotWords:
    """What stands in the pictures of one language."""

    task: str
    variant: str
    criterion: str
    points: str
    students: str
    histogram: str
    empty: str
    n: str
    mean: str
    median: str
    difficulty: str
    discrimination: str
    quartiles: str
    ai: str
    teacher: str
    scatter: str
    no_pairs: str
    exact: str
    error: str
    bias: str
    kappa: str
    same: str
    says_bar: str
    says_pair: str


RU = PlotWords(
    task="Задача {number}. {name}",
    variant="{name}: вариант {number}",
    criterion="Критерий {number}. {name}",
    points="Баллы (максимум {most})",
    students="Студенты",
    histogram="Распределение баллов",
    empty="Оценок пока нет",
    n="n = {}",
    mean="среднее {}",
    median="медиана {}",
    difficulty="доля максимума {}",
    discrimination="различение {}",
    quartiles="половина студентов — от {} до {}",
    ai="Баллы предпроверки",
    teacher="Баллы преподавателя",
    scatter="Предпроверка и преподаватель",
    no_pairs="Сравнивать пока нечего",
    exact="совпало {} %",
    error="средняя ошибка {}",
    bias="смещение {}",
    kappa="каппа {}",
    same="одинаково",
    says_bar="от {start} до {end}: {count}",
    says_pair="предпроверка {ai}, преподаватель {teacher}: {count}",
)
EN = PlotWords(
    task="Task {number}. {name}",
    variant="{name}: variant {number}",
    criterion="Criterion {number}. {name}",
    points="Points (maximum {most})",
    students="Students",
    histogram="Distribution of points",
    empty="No marks yet",
    n="n = {}",
    mean="mean {}",
    median="median {}",
    difficulty="share of maximum {}",
    discrimination="discrimination {}",
    quartiles="half of the students: from {} to {}",
    ai="Precheck's points",
    teacher="Teacher's points",
    scatter="Precheck and teacher",
    no_pairs="Nothing to compare yet",
    exact="equal {}%",
    error="mean error {}",
    bias="bias {}",
    kappa="kappa {}",
    same="equal",
    says_bar="from {start} to {end}: {count}",
    says_pair="precheck {ai}, teacher {teacher}: {count}",
)


def words(locale: Locale) -> PlotWords:
    """The words of a language."""
    return RU if locale is Locale.RU else EN


def title(of: Subject, say: PlotWords) -> str:
    """What a picture is about."""
    if of.level is Level.WORK:
        return fitting(of.name, TITLE_CHARS)
    form = {Level.TASK: say.task, Level.VARIANT: say.variant, Level.CRITERION: say.criterion}[of.level]
    return form.format(number=of.number, name=fitting(of.name, TITLE_CHARS - 14))
