"""What a soak leaves behind: figures as JSON, a page to read, and a picture of the whole time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from tests.soak.ledger import Ledger
from tests.soak.samples import Samples

WIDTH, HEIGHT, LEFT, TOP, GAP = 1200, 170, 70, 130, 40
COLOURS = ("#1b6ca8", "#d1495b", "#2e933c", "#8d6a9f", "#e08e45", "#3d3d3d", "#00a6a6", "#b5838d")
Line = tuple[str, Sequence[tuple[float, float]]]


@dataclass
class Panel:
    """Lines over one axis."""

    title: str
    lines: list[Line]


def panels(samples: Samples, ledger: Ledger) -> list[Panel]:
    """Memory, files, what the servers hold, and how much was done."""
    of = samples.of
    memory = [(name.removesuffix(" MB"), points) for name, points in of.items() if name.endswith(" MB")]
    files = [(name.removesuffix(" files"), points) for name, points in of.items() if name.endswith(" files")]
    names = ("postgres connections", "redis clients", "postgres idle in transaction")
    step, counted = 10, dict[int, int]()
    for second, _ in ledger.finished:
        counted[int(second // step)] = counted.get(int(second // step), 0) + 1
    rate = [(bucket * step, counted.get(bucket, 0) / step) for bucket in range(int(ledger.now // step))]
    return [
        Panel("memory, MB", memory),
        Panel("open files", files),
        Panel("connections", [(name, of[name]) for name in names if name in of]),
        Panel("calls answered per second", [("calls", rate)]),
    ]


def svg(samples: Samples, ledger: Ledger, timeline: Sequence[tuple[float, float, str]]) -> str:
    """The picture: four panels under one time, with the faults as bands."""
    shown = panels(samples, ledger)
    end = max([1.0, ledger.now, *(points[-1][0] for panel in shown for _, points in panel.lines if points)])
    height = TOP + len(shown) * (HEIGHT + GAP)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 180}" height="{height}"'
        ' font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>'
    ]
    for begin, over, name in timeline:
        x, wide = LEFT + begin / end * WIDTH, max(1.5, (over - begin) / end * WIDTH)
        out.append(f'<rect x="{x:.1f}" y="{TOP}" width="{wide:.1f}" height="{height - TOP - GAP}" fill="#f4d58d66"/>')
        place = f"translate({x + 4:.1f},{TOP - 6}) rotate(-35)"
        out.append(f'<text transform="{place}" fill="#805b10">{escape(name)}</text>')
    for number, panel in enumerate(shown):
        out += _panel(panel, TOP + number * (HEIGHT + GAP), end)
    return "\n".join([*out, "</svg>\n"])


def _panel(panel: Panel, top: float, end: float) -> list[str]:
    most = max([1.0, *(value for _, points in panel.lines for _, value in points)]) * 1.1
    out = [
        f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>',
        f'<text x="{LEFT + 6}" y="{top + 14}" font-weight="bold">{escape(panel.title)}</text>',
    ]
    for part in (0, 0.5, 1):
        y = top + HEIGHT * (1 - part)
        out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{most * part:.0f}</text>')
        second = f'<text x="{LEFT + WIDTH * part:.1f}" y="{top + HEIGHT + 14}" text-anchor="middle">'
        out.append(f"{second}{end * part / 60:.1f} min</text>")
    for number, (name, points) in enumerate(panel.lines):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{LEFT + x / end * WIDTH:.1f},{top + HEIGHT * (1 - value / most):.1f}" for x, value in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        out.append(f'<text x="{LEFT + WIDTH + 8}" y="{top + 12 + number * 13}" fill="{colour}">{escape(name)}</text>')
    return out


def words(facts: dict[str, Any]) -> str:
    """The page."""
    lines = [
        f"# Soak: {'as promised' if not facts['wrong'] else 'PROMISES BROKEN'}",
        "",
        f"{facts['minutes']:.1f} minutes, {facts['students']} students, {facts['teachers']} teachers,"
        f" seed {facts['seed']}; lives: {facts['lives']}.",
        "",
        *(f"- {name}: {value}" for name, value in facts["figures"].items()),
        "",
        "## What did not fit",
        "",
        *([f"- {one}" for one in facts["wrong"]] or ["Nothing."]),
        "",
        "## Calls, with the waiting for whatever was away",
        "",
        "| call | times | asked again | median s | 95 of 100 s | worst s |",
        "|---|---|---|---|---|---|",
    ]
    for name, (count, middle, high, worst) in facts["calls"].items():
        lines.append(f"| {name} | {count} | {facts['again'].get(name, 0)} | {middle:.2f} | {high:.2f} | {worst:.2f} |")
    lines += ["", "## Faults", "", *(f"- {begin:.0f}–{end:.0f} s: {name}" for begin, end, name in facts["faults"])]
    lines += [
        "",
        "## Growth after warming up, fitted",
        "",
        "| what | at the end | grew | allowed | |",
        "|---|---|---|---|---|",
    ]
    for name, last, grown, allowed, fits in facts["growth"]:
        lines.append(f"| {name} | {last:.0f} | {grown:+.1f} | {allowed:.0f} | {'ok' if fits else 'TOO MUCH'} |")
    return "\n".join([*lines, "", "![the whole time](report.svg)", ""])


def write(folder: Path, facts: dict[str, Any], picture: str) -> None:
    """All three files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.svg").write_text(picture)
    (folder / "report.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1, default=str))
    (folder / "report.md").write_text(words(facts))
