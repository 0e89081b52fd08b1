"""Print the table of figures: precision and recall by noise and by kind, and speed, beside their goals."""

import argparse

from .measure import Figures, measure, pages
from .speed import equations, formulas, per_second, whole_pages

RATES = (0.0, 0.01, 0.03)
PRECISION = {0.0: 0.99, 0.03: 0.97}
RECALL = {0.0: 0.9}
FORMULAS, EQUATIONS = 5_000, 500


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1200, help="how many pages, half of them with one error")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--examples", type=int, default=0, help="print so many false accusations and misses each")
    given = parser.parse_args()
    sheets = pages(given.pages, given.seed)
    chars = sum(len(sheet.text) for sheet in sheets) // len(sheets)
    print(f"{len(sheets)} pages, {chars} characters on average, seed {given.seed}\n")
    figures = [measure(given.pages, given.seed, rate) for rate in RATES]
    _totals(figures)
    _planted(figures)
    _called(figures)
    _speed()
    for one in figures:
        for line in (*one.examples[: given.examples], *one.missed[: given.examples]):
            print("-", line)


def _totals(figures: list[Figures]) -> None:
    print("| noise | precision | goal | recall | goal | right | false | correct pages accused |")
    print("|---|---|---|---|---|---|---|---|")
    for rate, one in zip(RATES, figures, strict=True):
        print(
            f"| {rate:.0%} | {one.precision:.3f} | {PRECISION.get(rate, '–')} | {one.recall:.3f} "
            f"| {RECALL.get(rate, '–')} | {one.right} | {one.false} | {one.accused} of {one.clean} |"
        )


def _planted(figures: list[Figures]) -> None:
    print("\n| planted error | pages | " + " | ".join(f"recall at {rate:.0%}" for rate in RATES) + " |")
    print("|---|---|" + "---|" * len(RATES))
    for kind in sorted(figures[0].planted):
        count = figures[0].planted[kind]
        named = " | ".join(f"{one.found[kind] / count:.2f}" for one in figures)
        print(f"| {kind} | {count} | {named} |")


def _called(figures: list[Figures]) -> None:
    print("\n| called | " + " | ".join(f"precision at {rate:.0%}" for rate in RATES) + " |")
    print("|---|" + "---|" * len(RATES))
    for kind in sorted({kind for one in figures for kind in (*one.rightly, *one.falsely)}):
        cells = []
        for one in figures:
            all_ = one.rightly[kind] + one.falsely[kind]
            cells.append(f"{one.rightly[kind] / all_:.3f} of {all_}" if all_ else "–")
        print(f"| {kind} | {' | '.join(cells)} |")


def _speed() -> None:
    print("\n| on one core | per second | goal | ratio |\n|---|---|---|---|")
    for name, work, goal in (("formulas parsed", formulas, FORMULAS), ("equations balanced", equations, EQUATIONS)):
        rate = per_second(work)
        print(f"| {name} | {rate:,.0f} | {goal:,} | {rate / goal:.0f}× |")
    print(f"| whole pages checked | {per_second(whole_pages):,.0f} | – | – |")


if __name__ == "__main__":
    main()
