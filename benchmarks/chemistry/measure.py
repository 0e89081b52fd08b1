"""Precision and recall on pages with one planted error each, or none."""

import random
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from picrete_gql.rules.chemistry import Block, Finding, Task, Verdict, check
from picrete_gql.rules.chemistry import Page as Read

from .more import MORE
from .noise import noisy
from .page import Page
from .scenarios import SCENARIOS
from .style import style

PHOTO = UUID(int=1)
# What a planted error may rightly be called. Later results rest on it, so that they are wrong too.
NUMBERS = {"arithmetic", "conversion", "molar_mass", "answer"}
RIGHTLY = {
    "coefficient": {"equation"}, "charge": {"ion", "equation"}, "electrons": {"oxidation", "equation"},
    "state": {"oxidation"}, "nuclear": {"nuclear"}, "unit": {"dimension", "answer"}, "symbol": {"dimension"},
    "molar_mass": NUMBERS, "sum": NUMBERS, "arithmetic": NUMBERS, "conversion": NUMBERS, "answer": {"answer"},
}  # fmt: skip


@dataclass
class Figures:
    """Counted accusations and pages."""

    right: int = 0
    false: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    rightly: Counter[str] = field(default_factory=Counter)
    falsely: Counter[str] = field(default_factory=Counter)
    accused: int = 0
    clean: int = 0
    examples: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Right accusations of all."""
        return self.right / max(1, self.right + self.false)

    @property
    def recall(self) -> float:
        """Pages whose planted error was named, of all pages with one."""
        return sum(self.found.values()) / max(1, sum(self.planted.values()))


@dataclass(frozen=True)
class Sheet:
    """A page with one, two or three solved tasks."""

    tasks: tuple[Page, ...]
    text: str

    @property
    def planted(self) -> str | None:
        """The kind of its error."""
        return next((task.planted for task in self.tasks if task.planted), None)


def pages(count: int, seed: int) -> list[Sheet]:
    """So many pages, every second with an error in one of its tasks, over all scenarios and kinds alike."""
    chance = random.Random(seed)
    scenarios = [*SCENARIOS, *MORE]
    made = []
    for number in range(count):
        build, kinds = scenarios[number // 2 % len(scenarios)]
        habits = style(chance)
        page = build(habits, chance, chance.choice(kinds) if number % 2 else None)
        others = [chance.choice(scenarios)[0](habits, chance, None) for _ in range(chance.choice([0, 0, 0, 1, 1, 2]))]
        tasks = [page, *others]
        chance.shuffle(tasks)
        made.append(Sheet(tuple(tasks), _text(tasks, chance)))
    return made


def _text(tasks: list[Page], chance: random.Random) -> str:
    if len(tasks) == 1:
        return tasks[0].text
    heading = chance.choice(["Задача {}", "Задание {}.", "№ {}", "Задача №{}"])
    return "\n".join(f"{heading.format(number)}\n{task.text}" for number, task in enumerate(tasks, 1))


def findings(page: Sheet, text: str) -> list[Finding]:
    """What the checks say about it: one block per line, as readers return it."""
    blocks = tuple(Block(f"b{number}", line) for number, line in enumerate(text.split("\n")))
    tasks = [Task(number, task.reference, units=task.units) for number, task in enumerate(page.tasks, 1)]
    return check(tasks, [Read(PHOTO, blocks)])


def measure(count: int, seed: int, rate: float) -> Figures:
    """Check so many pages with so much noise."""
    figures = Figures()
    chance = random.Random(seed + 1)
    for page in pages(count, seed):
        text = noisy(page.text, rate, chance)
        wrong = [one for one in findings(page, text) if one.verdict is Verdict.WRONG]
        rightly = RIGHTLY[page.planted] if page.planted else set()
        good = [one for one in wrong if one.kind.value in rightly]
        figures.rightly.update(one.kind.value for one in good)
        figures.falsely.update(one.kind.value for one in wrong if one not in good)
        figures.right += len(good)
        figures.false += len(wrong) - len(good)
        if page.planted:
            figures.planted[page.planted] += 1
            figures.found[page.planted] += bool(good)
        else:
            figures.clean += 1
            figures.accused += bool(wrong)
        if len(wrong) > len(good):
            bad = next(one for one in wrong if one not in good)
            figures.examples.append(f"{page.planted}: {bad.kind}: {bad.quote!r} expected {bad.expected!r}")
        elif page.planted and not good:
            figures.missed.append(f"{page.planted}: {page.text!r}")
    return figures
