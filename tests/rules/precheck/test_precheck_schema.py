from decimal import Decimal

import pytest

from picrete_gql.rules.precheck import TaskSheet, answer_schema
from tests.rules.precheck.samples import TASKS, criterion
from tests.servers.openai_validate import Wrong, check_strict


def test_the_schema_is_strict_as_the_real_service_wants_it():
    check_strict(answer_schema(TASKS))


def test_criteria_are_fixed_keys_all_of_them_required():
    criteria = answer_schema(TASKS)["properties"]["criteria"]
    assert criteria["required"] == ["t1c1", "t1c2", "t2c1"] == list(criteria["properties"])
    assert criteria["additionalProperties"] is False


def test_each_criterion_says_its_maximum_and_asks_for_evidence_before_points():
    item = answer_schema(TASKS)["properties"]["criteria"]["properties"]["t1c2"]
    assert "0 to 1.50" in item["properties"]["points"]["description"]
    names = list(item["properties"])
    assert names.index("quote") < names.index("comment") < names.index("points")
    assert item["properties"]["quote"]["type"] == ["string", "null"]


def test_no_id_of_ours_is_in_it():
    assert "0000" not in str(answer_schema(TASKS))


@pytest.mark.parametrize("tasks", [[], [TaskSheet(1, "s", "c", ())], [TASKS[0], TASKS[0]]])
def test_what_cannot_be_graded_is_refused(tasks):
    with pytest.raises(ValueError, match="criteria"):
        answer_schema(tasks)


def test_a_long_rubric_still_fits_the_limits():
    many = tuple(criterion(n, f"Критерий {n}", str(Decimal(n) / 4)) for n in range(1, 101))
    check_strict(answer_schema([TaskSheet(n, "s", "c", many) for n in range(1, 4)]))


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "object", "properties": {}, "required": []},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": [], "additionalProperties": False},
        {"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "properties": {}, "required": [], "additionalProperties": False, "oneOf": []},
    ],
)
def test_the_checker_itself_refuses(broken):
    with pytest.raises(Wrong):
        check_strict(broken)
