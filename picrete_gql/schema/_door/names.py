"""Which names of operations are told apart in metrics. Names are the client's invention: without a bound they fill
the memory of whoever counts.
"""

from collections.abc import Mapping

from graphql import OperationDefinitionNode, parse

from .documents import Operation

OTHER, ANONYMOUS, LONGEST = "other", "anonymous", 80


class Names:
    """The names that one process knows: those of trusted documents, or else the first so many that came.

    Half of the room is kept for whoever is signed in: passing strangers cannot fill it.
    """

    def __init__(self, trusted: Mapping[str, str], most: int) -> None:
        self.known = {name for text in trusted.values() for name in _named(text)}
        self.most, self.strangers = 0 if trusted else most, 0

    def of(self, operation: Operation, *, by_stranger: bool) -> str:
        """The name to count an operation under."""
        node = operation.node.name
        if node is None:
            return ANONYMOUS
        name = node.value
        if name not in self.known and len(name) <= LONGEST and self._has_room(by_stranger):
            self.known.add(name)
            self.strangers += by_stranger
        return name if name in self.known else OTHER

    def _has_room(self, by_stranger: bool) -> bool:
        return len(self.known) < self.most and not (by_stranger and self.strangers >= self.most // 2)


def _named(text: str) -> list[str]:
    nodes = parse(text).definitions
    return [node.name.value for node in nodes if isinstance(node, OperationDefinitionNode) and node.name]
