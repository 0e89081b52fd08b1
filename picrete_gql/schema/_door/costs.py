"""What an operation asks for: how many objects by its page sizes, and how often the same answer again.

Fragments are spread here, so `shapes` must have found before that this is a bounded number of selections.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_composite_type,
    visit,
)

PAGE_LISTS = ("edges", "nodes")


@dataclass
class Counter:
    """Walks one operation. `page` and `most` are the usual and the largest page size, `list_size` any other list."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    page: int
    most: int
    list_size: int
    cost: int = 0
    repeats: int = 0
    spread: set[str] = field(default_factory=set)

    def objects(self, selection_set: SelectionSetNode, parent: Any, size: int, seen: dict[str, Any]) -> int:
        """How many objects one object of `parent` brings; `size` is the page size when it is a connection."""
        total = 0
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                total += self.field(node, parent, size, seen)
            elif isinstance(node, InlineFragmentNode):
                kind = self.kind(node.type_condition.name.value) if node.type_condition else parent
                total += self.objects(node.selection_set, kind, size, seen)
            elif isinstance(node, FragmentSpreadNode):
                total += self.fragment(node.name.value, size, seen)
        return total

    def fragment(self, name: str, size: int, seen: dict[str, Any]) -> int:
        """A named fragment where it is spread; in a circle it brings nothing."""
        fragment = self.fragments.get(name)
        if fragment is None or name in self.spread:
            return 0
        self.spread.add(name)
        found = self.objects(fragment.selection_set, self.kind(fragment.type_condition.name.value), size, seen)
        self.spread.discard(name)
        return found

    def field(self, node: FieldNode, parent: Any, size: int, seen: dict[str, Any]) -> int:
        """A field: as many objects as its list is long, each with what is below."""
        name = node.name.value
        answer = (node.alias or node.name).value
        self.repeats += answer in seen
        below: dict[str, Any] = seen.setdefault(answer, {})
        definition: GraphQLField | None = self.schema.get_field(parent, name) if parent is not None else None
        if definition is None or node.selection_set is None or not is_composite_type(get_named_type(definition.type)):
            return 0
        kind = get_named_type(definition.type)
        asked = self.first(node, definition)
        inner = self.objects(node.selection_set, kind, asked or size, below)
        if not _is_list(definition.type):
            return 1 + inner
        return (asked or (size if name in PAGE_LISTS else self.list_size)) * (1 + inner)

    def first(self, node: FieldNode, definition: GraphQLField) -> int:
        """The page size of a field that has one, else 0. One that is too large is the resolver's to refuse."""
        if "first" not in definition.args:
            return 0
        for argument in node.arguments or ():
            if argument.name.value == "first":
                value = argument.value
                if isinstance(value, IntValueNode):
                    return _within(int(value.value[:10]), self.most)
                if isinstance(value, VariableNode):
                    given = self.variables.get(value.name.value)
                    return _within(given, self.most) if isinstance(given, int) else self.page
        return self.page

    def kind(self, name: str) -> Any:
        """A type by its name."""
        return self.schema.get_type(name)


def count(
    schema: GraphQLSchema,
    document: DocumentNode,
    root: OperationDefinitionNode | FragmentDefinitionNode,
    variables: Mapping[str, Any],
    sizes: Mapping[str, int],
) -> Counter:
    """How many objects a definition asks for (`cost`) and how many answers it repeats."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    defaults = {
        one.variable.name.value: int(one.default_value.value[:10])
        for one in root.variable_definitions or ()
        if isinstance(one.default_value, IntValueNode)
    }
    counter = Counter(schema, fragments, {**defaults, **variables}, **sizes)
    if isinstance(root, FragmentDefinitionNode):
        counter.spread.add(root.name.value)
        kind = counter.kind(root.type_condition.name.value)
    else:
        kind = schema.get_root_type(root.operation)
    counter.cost = counter.objects(root.selection_set, kind, counter.page, {})
    return counter


def sizes_of(document: DocumentNode) -> tuple[str, ...]:
    """The variables that page sizes come from: the cost of an operation depends on no others."""
    found = _Sizes()
    visit(document, found)
    return tuple(sorted(found.names))


class _Sizes(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if node.name.value == "first" and isinstance(node.value, VariableNode):
            self.names.add(node.value.name.value)


def _within(value: int, most: int) -> int:
    return max(1, min(value, most))


def _is_list(kind: Any) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)
