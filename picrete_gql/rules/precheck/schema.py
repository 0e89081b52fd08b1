"""The JSON schema of an answer, made from the rubric, so that the model can neither invent nor omit a criterion."""

from collections.abc import Sequence
from typing import Any

from .keys import criterion_keys
from .sheets import CriterionSheet, TaskSheet

Json = dict[str, Any]


def answer_schema(tasks: Sequence[TaskSheet]) -> Json:
    """A strict schema (every property required, nothing additional, optional = union with null).

    It keeps to the part of JSON Schema that every structured-output server takes: no number ranges (some refuse the
    whole request for them), so the maximum stands in the description and is checked when the answer is admitted.
    Evidence comes before points: a model writes in this order and should look before it grades.
    """
    criteria = {key: _criterion(sheet) for key, sheet in criterion_keys(tasks).items()}
    return _object(
        {
            "criteria": _object(criteria),
            "total": {"type": "number", "description": "The exact sum of the points of all criteria."},
            "feedback": {"type": "string", "description": "Overall feedback to the student."},
            "unreadable": {"type": "boolean", "description": "True only if the pages cannot be read."},
            "unreadable_reason": _nullable("string"),
        }
    )


def _criterion(sheet: CriterionSheet) -> Json:
    # Nothing but the maximum is described here: it is sent once per criterion, the rest stands in the instructions.
    most = {"description": f"From 0 to {sheet.max_points:f}, at most two decimals."}
    return _object(
        {
            "quote": _nullable("string"),
            "page": _nullable("integer"),
            "block_id": _nullable("string"),
            "errors": {"type": "array", "items": {"type": "string"}},
            "comment": {"type": "string"},
            "points": {"type": "number", **most},
        },
        description=sheet.name,
    )


def _object(properties: Json, **more: str) -> Json:
    return {
        "type": "object",
        **more,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _nullable(kind: str) -> Json:
    return {"type": [kind, "null"]}
