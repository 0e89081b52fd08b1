"""Pages written by hand, in other words and styles than the generator of the benchmark has."""

import random

import pytest

from benchmarks.chemistry.noise import noisy
from picrete_gql.rules.chemistry import Finding, Verdict, check
from tests.rules.chemistry.pupils import SHEETS, Sheet
from tests.rules.chemistry.works import page, task

WRONG = [sheet for sheet in SHEETS if sheet.wrong]
SEEDS = 20
MOST_FALSE = 0.03


def accusations(sheet: Sheet, text: str) -> list[Finding]:
    """What the checks hold against a page, one block per line."""
    found = check([task(sheet.reference, sheet.units)], [page(*text.split("\n"))])
    return [finding for finding in found if finding.verdict is Verdict.WRONG]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_nothing_but_the_error_is_accused(sheet: Sheet) -> None:
    found = accusations(sheet, sheet.text)
    assert {finding.kind.value for finding in found} <= sheet.wrong
    assert all(finding.quote in sheet.text and finding.block_id is not None for finding in found)


def test_nearly_every_error_is_named() -> None:
    named = [sheet for sheet in WRONG if accusations(sheet, sheet.text)]
    assert len(SHEETS) >= 40 and len(WRONG) >= 20
    assert len(named) >= 0.95 * len(WRONG), {sheet.name for sheet in WRONG} - {sheet.name for sheet in named}


@pytest.mark.parametrize("rate", [0.01, 0.03])
def test_noise_is_not_held_against_a_pupil(rate: float) -> None:
    right = false = 0
    for seed in range(SEEDS):
        chance = random.Random(seed)
        for sheet in SHEETS:
            found = accusations(sheet, noisy(sheet.text, rate, chance))
            good = sum(finding.kind.value in sheet.wrong for finding in found)
            right, false = right + good, false + len(found) - good
    assert right > 50 and false <= MOST_FALSE * (right + false), (right, false)
