"""A student compares what was read with the paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.commands.demo.proofreading import Read, aligned, folded, issues

PAPER = ("Задача 1", "2H2 + O2 = 2H2O", "m(H2O) = 3 * 18 = 54 г", "Ответ: 54 г")


def blocks(*texts: str) -> list[dict[str, str]]:
    """Blocks as the API gives them."""
    return [{"id": f"b{number}", "text": text} for number, text in enumerate(texts, 1)]


def test_what_was_read_rightly_needs_no_correction() -> None:
    assert issues(PAPER, blocks(*PAPER)) == []


@pytest.mark.parametrize("same", ["2Н2 + О2 = 2Н2О", "2H2+O2=2H2O", "2H2 + 02 = 2H20"])
def test_what_looks_the_same_on_paper_is_the_same(same: str) -> None:
    assert issues(PAPER, blocks(PAPER[0], same, *PAPER[2:])) == []


@pytest.mark.parametrize("other", ["2H2 + O2 = 2HO", "2H2 + O2 - 2H2O", "2h2 + O2 = 2H2O"])
def test_what_does_not_is_corrected_in_its_block(other: str) -> None:
    wanted = {"blockId": "b2", "original": other, "suggestion": PAPER[1], "severity": "MAJOR"}
    assert issues(PAPER, blocks(PAPER[0], other, *PAPER[2:])) == [wanted]


def test_a_wrong_answer_is_critical() -> None:
    (found,) = issues(PAPER, blocks(*PAPER[:3], "Ответ: 94 г"))
    assert found == {"blockId": "b4", "original": "Ответ: 94 г", "suggestion": "Ответ: 54 г", "severity": "CRITICAL"}


def test_a_line_that_was_missed_is_added_for_the_whole_page() -> None:
    (found,) = issues(PAPER, blocks(*PAPER[:3]))
    assert found["suggestion"] == "Ответ: 54 г" and found["severity"] == "CRITICAL"
    assert "blockId" not in found and len(found["polygon"]) == 2


def test_a_line_that_is_not_on_the_paper_is_only_noted() -> None:
    (found,) = issues(PAPER, blocks(PAPER[0], "~~~ клякса ~~~", *PAPER[1:]))
    assert found["blockId"] == "b2" and "suggestion" not in found and found["severity"] == "MINOR"


def test_a_block_may_hold_several_lines() -> None:
    one = "\n".join([*PAPER[:3], "Ответ: 5А г"])
    (found,) = issues(PAPER, blocks(one))
    assert (found["blockId"], found["original"], found["suggestion"]) == ("b1", "Ответ: 5А г", "Ответ: 54 г")


def test_a_page_where_nothing_was_read_is_written_down_whole() -> None:
    assert [issue["suggestion"] for issue in issues(PAPER, [])] == list(PAPER)


@given(st.lists(st.text(alphabet="abв2= ", min_size=1), max_size=6), st.lists(st.text(min_size=1), max_size=6))
def test_every_line_of_both_sides_stands_once_and_in_order(paper: list[str], read: list[str]) -> None:
    seen = [Read(str(number), text) for number, text in enumerate(read)]
    pairs = aligned(paper, seen)
    assert [true for true, _ in pairs if true is not None] == paper
    assert [one for _, one in pairs if one is not None] == seen
    assert (None, None) not in pairs


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)
