"""The natural order, the reader of files, and the example bank, by values."""

import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.models import Answered
from picrete_gql.rules.bank import natural_key
from picrete_gql.rules.bank_file import parse
from picrete_gql.rules.bank_pack import NoPicture, safe
from picrete_gql.rules.chemistry import Task
from picrete_gql.rules.chemistry.reference import reference
from picrete_gql.rules.trainer_answers import check
from picrete_gql.settings import Bank

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "bank"
NUMBERS = st.lists(st.integers(0, 10**12), min_size=1, max_size=5).map(tuple)


def test_ten_comes_after_nine() -> None:
    ordered = ["1", "1.1", "1.1.2", "1.2", "1.9", "1.10", "1.10а", "1.10б", "2", "2а", "2.1", "10", "А1", "а2", "А10"]
    assert sorted(ordered, key=natural_key)[:9] == [*ordered[:9]]
    assert natural_key("2.10") > natural_key("2.9") > natural_key("2")
    assert natural_key("02") == natural_key("2")
    assert natural_key("А") == natural_key("а")
    assert natural_key("е") < natural_key("ё") < natural_key("ж")


@given(st.lists(NUMBERS, max_size=20), st.sampled_from([".", "-", " ", "/"]))
def test_numbers_are_ordered_as_numbers(numbers: list[tuple[int, ...]], separator: str) -> None:
    written = [separator.join(map(str, number)) for number in numbers]
    assert sorted(written, key=natural_key) == [separator.join(map(str, number)) for number in sorted(numbers)]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_number_has_a_key_that_the_database_takes(number: str) -> None:
    assert "\0" not in natural_key(number)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["paragraph", "topic", "theory", "tasks", "number", "text", "images"]), inner
            )
        ),
        max_leaves=30,
    )
)
def test_no_json_makes_the_reader_fall(found: object) -> None:
    """Either rows or faults; and what has a fault does not pass for a good file."""
    sections, faults = parse(json.dumps(found).encode(), Bank(), 100)
    assert faults or any(section.tasks for section in sections)


@given(st.text(max_size=20) | st.lists(st.sampled_from(["..", ".", "a", "", "a.png"]), max_size=5).map("/".join))
def test_a_safe_name_leads_down(name: str) -> None:
    try:
        found = safe(name)
    except NoPicture:
        return
    assert not found.startswith("/")
    assert ".." not in found.split("/")


@pytest.fixture(scope="module")
def example() -> list[dict[str, object]]:
    return json.loads((EXAMPLES / "general-chemistry.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_the_example_bank_is_what_its_program_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import make_bank  # type: ignore[import-not-found]

    try:
        assert (EXAMPLES / "general-chemistry.json").read_text("utf-8") == make_bank.text()
    finally:
        for name in ("make_bank", "tasks", "values", "pictures"):
            sys.modules.pop(name, None)


def test_the_example_bank_is_worth_it(example: list[dict[str, object]]) -> None:
    sections, faults = parse(json.dumps(example).encode(), Bank(), 20_000)
    tasks = [task for section in sections for task in section.tasks]
    assert not faults
    assert len(tasks) >= 60
    assert len(sections) >= 5
    assert all(section.theory for section in sections)
    assert sum("\\ce{" in task.text for task in tasks) > 20
    pictures = {name for task in tasks for name in task.images}
    assert len(pictures) >= 5
    assert all((EXAMPLES / name).is_file() for name in pictures)
    numeric = [task for task in tasks if task.answer[:1].isdigit()]
    assert len(numeric) > 50
    for task in numeric:
        found = reference(Task(1, task.answer))
        assert found is not None, task.answer
        assert len(found.quantities) == 1, task.answer
        assert check(task.answer, task.answer, Decimal("0.01")).verdict is Answered.RIGHT, task.number
