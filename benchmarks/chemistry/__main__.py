"""Print the table of figures: precision and recall by noise, recall by kind of error, speed."""

import argparse

from .measure import Figures, measure, pages
from .speed import equations, formulas, per_second, whole_pages

RATES = (0.0, 0.01, 0.03)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=600, help="how many pages, half of them with one error")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--examples", type=int, default=0, help="print so many false accusations and misses each")
    given = parser.parse_args()
    sheets = pages(given.pages, given.seed)
    chars = sum(len(sheet.text) for sheet in sheets) // len(sheets)
    print(f"{len(sheets)} pages, {chars} characters on average, seed {given.seed}\n")
    print("| noise | precision | recall | right | false | correct pages accused |")
    print("|---|---|---|---|---|---|")
    figures = [measure(given.pages, given.seed, rate) for rate in RATES]
    for rate, one in zip(RATES, figures, strict=True):
        print(
            f"| {rate:.0%} | {one.precision:.3f} | {one.recall:.3f} | {one.right} | {one.false} "
            f"| {one.accused} of {one.clean} |"
        )
    _kinds(figures)
    print("\n| on one core | per second |\n|---|---|")
    print(f"| formulas parsed | {per_second(formulas):,.0f} |")
    print(f"| equations balanced | {per_second(equations):,.0f} |")
    print(f"| whole pages checked | {per_second(whole_pages):,.0f} |")
    for one in figures:
        for line in (*one.examples[: given.examples], *one.missed[: given.examples]):
            print("-", line)


def _kinds(figures: list[Figures]) -> None:
    print("\n| planted error | pages | " + " | ".join(f"named at {rate:.0%}" for rate in RATES) + " |")
    print("|---|---|" + "---|" * len(RATES))
    for kind in sorted(figures[0].planted):
        named = " | ".join(str(one.found[kind]) for one in figures)
        print(f"| {kind} | {figures[0].planted[kind]} | {named} |")


if __name__ == "__main__":
    main()
