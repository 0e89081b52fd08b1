"""The scanners; and that their silence is not taken for an all-clear."""

import json

import pytest

from tests.attack.scan import bandit, verdict

GOOD = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1"}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}
OURS = {"name": "picrete-gql", "skip_reason": "not found"}


def test_bandit_has_nothing_left_to_say() -> None:
    content, said = bandit()
    assert content, said


@pytest.mark.parametrize(
    ("packages", "content"),
    [([GOOD, OURS], True), ([GOOD, BAD], False), ([BAD, UNKNOWN], False), ([GOOD, UNKNOWN], None), ([UNKNOWN], None)],
)
def test_what_could_not_be_asked_is_not_checked(packages: list[object], content: bool | None) -> None:
    said = verdict(json.dumps({"dependencies": packages}), "")
    assert said[0] is content and ("NOT CHECKED" in said[1]) is (content is None)


@pytest.mark.parametrize("said", ["", "{}", "[]", "Traceback"])
def test_a_service_that_does_not_answer_is_no_failure_and_no_success(said: str) -> None:
    assert verdict(said, "ConnectionError: no route\n")[0] is None
