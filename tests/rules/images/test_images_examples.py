"""The example pages are what they are said to be: as pictures, and as chemistry."""

import json
import re
from collections import Counter
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from picrete_gql.rules.images import phash_distance, prepare
from picrete_gql.settings import Photos

EXAMPLES = Path(__file__).parents[3] / "examples"
WORK = json.loads((EXAMPLES / "work.json").read_text("utf-8"))
DESCRIBED = json.loads((EXAMPLES / "pages.json").read_text("utf-8"))
PAGES: list[dict[str, Any]] = DESCRIBED["pages"] + DESCRIBED["other_formats"]
NAMES = [page["file"] for page in PAGES]
NUMBER = r"\d+(?:,\d+)?"
SUM = re.compile(rf"({NUMBER}(?: [*/+] {NUMBER})+) = ({NUMBER})")


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def wrong_sums(lines: list[str]) -> list[str]:
    """The calculations whose result is not what is written, to the digits that are written."""
    wrong = []
    for line in lines:
        for expression, result in SUM.findall(line):
            first, *rest = expression.split(" ")
            value = number(first)
            for sign, operand in zip(rest[::2], map(number, rest[1::2]), strict=True):
                value = {"*": value * operand, "/": value / operand, "+": value + operand}[sign]
            if value.quantize(number(result)) != number(result):
                wrong.append(line)
    return wrong


def atoms(side: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for term in side.split(" + "):
        times, formula = re.fullmatch(r"(\d*)([A-Z][A-Za-z0-9]*)", term.strip()).groups()
        for symbol, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
            total[symbol] += int(times or 1) * int(count or 1)
    return total


def unbalanced(lines: list[str]) -> list[str]:
    equations = [line for line in lines if re.fullmatch(r"[0-9A-Za-z +]+ = [0-9A-Za-z +]+", line) and "w" not in line]
    equations = [line for line in equations if re.search("[A-Z]", line)]
    return [line for line in equations if atoms(line.split(" = ")[0]) != atoms(line.split(" = ")[1])]


def variant(page: dict[str, Any]) -> dict[str, Any]:
    task = next(task for task in WORK["tasks"] if task["number"] == page["task"])
    return next(variant for variant in task["variants"] if variant["number"] == page["variant"])


def answer_is_right(page: dict[str, Any]) -> bool:
    found = re.fullmatch(rf"Ответ: ({NUMBER}) (\S+)", page["lines"][-1])
    assert found and found[2] == variant(page)["units"]
    return abs(number(found[1]) - Decimal(variant(page)["reference_answer"])) <= Decimal(variant(page)["tolerance"])


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_the_picture_is_taken_as_a_phones(page: dict[str, Any]) -> None:
    path = EXAMPLES / page["file"]
    assert path.stat().st_size < 600_000
    prepared = prepare(path.read_bytes(), limits=Photos())
    assert (prepared.width > prepared.height) == (page["exif_orientation"] not in (6, 8))
    if page["format"] == "jpeg":
        stored = Image.open(path)
        assert stored.getexif()[ExifTags.Base.Orientation] == page["exif_orientation"]
        assert stored.getexif().get_ifd(ExifTags.IFD.GPSInfo), "a phone writes where it was"
        assert (stored.size == (prepared.width, prepared.height)) == (page["exif_orientation"] in (1, 3))


def test_pages_can_be_told_apart_by_their_hash() -> None:
    hashes = {name: prepare((EXAMPLES / name).read_bytes(), limits=Photos()).phash for name in NAMES}
    assert min(phash_distance(hashes[a], hashes[b]) for a, b in combinations(NAMES, 2)) > 8


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_the_chemistry_is_what_is_said(page: dict[str, Any]) -> None:
    lines = page["lines"]
    assert lines[0] == f"Задача {page['task']}"
    flaws = wrong_sums(lines) + unbalanced(lines)
    if page["kind"] == "unfinished":
        assert not flaws and "Ответ" not in lines[-1]
    elif page["kind"] == "correct":
        assert not flaws and answer_is_right(page) and page["mistake"] is None
    else:
        assert page["mistake"] and (flaws or not answer_is_right(page))


def test_every_variant_has_a_right_and_a_wrong_page() -> None:
    wanted = {
        (task["number"], variant["number"], kind)
        for task in WORK["tasks"]
        for variant in task["variants"]
        for kind in ("correct", "error")
    }
    assert wanted <= {(page["task"], page["variant"], page["kind"]) for page in DESCRIBED["pages"]}
    assert sorted(path.name for path in (EXAMPLES / "pages").iterdir()) == sorted(Path(name).name for name in NAMES)


@pytest.mark.parametrize("task", WORK["tasks"], ids=lambda task: task["title"])
def test_the_work_is_in_order(task: dict[str, Any]) -> None:
    criteria = task["rubric"]
    assert not criteria or sum(Decimal(one["max_points"]) for one in criteria) == Decimal(task["max_points"])
    assert len(task["variants"]) >= 2
    for one in task["variants"]:
        lines = one["reference_solution"].split("\n")
        assert not wrong_sums(lines) and not unbalanced(lines)
        assert lines[-1] == f"Ответ: {one['reference_answer'].replace('.', ',')} {one['units']}"
