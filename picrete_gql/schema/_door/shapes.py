"""How large a document is, fragments spread, without spreading them: one walk over each definition, once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    Visitor,
    visit,
)

INTROSPECTION = ("__schema", "__type")
Definition = OperationDefinitionNode | FragmentDefinitionNode


@dataclass
class Shape:
    """What a definition holds; `spreads` are the fragments in it with the depth at which they are spread."""

    selections: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    introspects: bool = False
    spreads: list[tuple[str, int]] = field(default_factory=list)

    def take(self, other: "Shape", depth: int) -> None:
        """Add what a fragment holds."""
        self.selections += other.selections
        self.aliases += other.aliases
        self.directives += other.directives
        self.depth = max(self.depth, depth + other.depth)
        self.introspects = self.introspects or other.introspects


def shapes_of(document: DocumentNode) -> list[tuple[Definition, Shape]]:
    """Every definition with its fragments in it. Linear in the document, however often they are spread."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    own = {name: _own(fragment) for name, fragment in fragments.items()}
    full: dict[str, Shape] = {}
    for name in _leaves_first(own):
        full[name] = _sum(own[name], full)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    whole: list[tuple[Definition, Shape]] = [(node, _sum(_own(node), full)) for node in operations]
    return whole + [(fragment, full[name]) for name, fragment in fragments.items()]


def holds_nul(document: DocumentNode) -> bool:
    """Whether a text in the document holds a NUL, which no text of PostgreSQL can hold."""
    found = _Nul()
    visit(document, found)
    return found.seen


class _Nul(Visitor):
    seen = False

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        self.seen = self.seen or "\0" in node.value


def _own(definition: Definition) -> Shape:
    shape = Shape(directives=len(definition.directives or ()))
    waiting: list[tuple[SelectionSetNode, int]] = [(definition.selection_set, 1)]
    while waiting:
        selection_set, depth = waiting.pop()
        for node in selection_set.selections:
            shape.selections += 1
            shape.directives += len(node.directives or ())
            if isinstance(node, FragmentSpreadNode):
                shape.spreads.append((node.name.value, depth - 1))
                continue
            inner = depth
            if isinstance(node, FieldNode):
                inner += 1
                shape.depth = max(shape.depth, depth)
                shape.aliases += node.alias is not None
                shape.introspects = shape.introspects or node.name.value in INTROSPECTION
            if node.selection_set:
                waiting.append((node.selection_set, inner))
    return shape


def _sum(own: Shape, full: Mapping[str, Shape]) -> Shape:
    total = Shape(own.selections, own.aliases, own.directives, own.depth, own.introspects)
    for name, depth in own.spreads:
        if name in full:
            total.take(full[name], depth)
    return total


def _leaves_first(own: Mapping[str, Shape]) -> Iterable[str]:
    """Fragments in an order in which each comes after those it spreads. A circle is cut; validation refuses it."""
    done: dict[str, None] = {}
    for root in own:
        way: list[tuple[str, Sequence[str]]] = [(root, _next(own, root))]
        open_ = {root}
        while way:
            name, rest = way[-1]
            ahead = next((one for one in rest if one not in done and one not in open_), None)
            if ahead is None:
                way.pop()
                done[name] = None
            else:
                open_.add(ahead)
                way.append((ahead, _next(own, ahead)))
    return done


def _next(own: Mapping[str, Shape], name: str) -> Sequence[str]:
    return [spread for spread in dict.fromkeys(spread for spread, _ in own[name].spreads) if spread in own]
