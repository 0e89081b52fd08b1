"""Text that is already the answer goes through Strawberry's execution untouched."""

from typing import Any

import orjson
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import ExecutionResult


class Told(ExecutionResult):
    """A result whose data is finished text, and all that there is to say."""

    def __init__(self, text: bytes) -> None:
        super().__init__(data=orjson.Fragment(text), errors=None)
        self.text = text


class Spliced:
    """The finished JSON of a field."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        self.text = text


class SplicingContext(StrawberryGraphQLCoreExecutionContext):
    """Completes values as usual, but for finished ones."""

    def complete_value(self, return_type: Any, field_nodes: Any, info: Any, path: Any, result: Any, *more: Any) -> Any:
        """The value as it goes to the wire."""
        if type(result) is Spliced:
            return orjson.Fragment(result.text)
        return super().complete_value(return_type, field_nodes, info, path, result, *more)
