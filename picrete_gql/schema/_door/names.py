"""Which names of operations are told apart in metrics. Names are the client's invention: without a bound they fill
the memory of whoever counts.
"""

from collections.abc import Mapping

from graphql import OperationDefinitionNode, parse

from .documents import Operation

OTHER, ANONYMOUS, LONGEST = "other", "anonymous", 80


class Names:
    """The names that one process knows: those of trusted documents, or else the first so many that came."""

    def __init__(self, trusted: Mapping[str, str], most: int) -> None:
        self.known = {name for text in trusted.values() for name in _named(text)}
        self.most = 0 if trusted else most

    def of(self, operation: Operation) -> str:
        """The name to count an operation under."""
        node = operation.node.name
        if node is None:
            return ANONYMOUS
        name = node.value
        if name not in self.known and len(self.known) < self.most and len(name) <= LONGEST:
            self.known.add(name)
        return name if name in self.known else OTHER


def _named(text: str) -> list[str]:
    nodes = parse(text).definitions
    return [node.name.value for node in nodes if isinstance(node, OperationDefinitionNode) and node.name]
