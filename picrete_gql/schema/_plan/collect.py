"""The fields of a selection, merged as the GraphQL specification says (CollectFields)."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    SelectionSetNode,
)

from .words import Unplannable

Fields = dict[str, list[FieldNode]]


def collected(
    kind: GraphQLObjectType, selections: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Fields:
    """The fields by the names of their answers, in order. Raises Unplannable for directives that vary."""
    found: Fields = {}
    for selection_set in selections:
        _collect(kind, selection_set, fragments, found, set())
    return found


def below(nodes: Iterable[FieldNode]) -> list[SelectionSetNode]:
    """The selections of fields that are answered as one."""
    return [node.selection_set for node in nodes if node.selection_set is not None]


def _collect(kind: Any, of: SelectionSetNode, fragments: Any, found: Fields, seen: set[str]) -> None:
    for node in of.selections:
        if not _included(node.directives or ()):
            continue
        if isinstance(node, FieldNode):
            found.setdefault((node.alias or node.name).value, []).append(node)
        elif isinstance(node, InlineFragmentNode):
            if node.type_condition is None or _fits(kind, node.type_condition.name.value):
                _collect(kind, node.selection_set, fragments, found, seen)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
            seen.add(node.name.value)
            fragment = fragments[node.name.value]
            if _fits(kind, fragment.type_condition.name.value):
                _collect(kind, fragment.selection_set, fragments, found, seen)


def _fits(kind: GraphQLObjectType, name: str) -> bool:
    return kind.name == name or any(interface.name == name for interface in kind.interfaces)


def _included(directives: Iterable[DirectiveNode]) -> bool:
    for directive in directives:
        name = directive.name.value
        argument = directive.arguments[0].value if directive.arguments else None
        if name not in ("include", "skip") or not isinstance(argument, BooleanValueNode):
            raise Unplannable(f"@{name}")
        if argument.value is (name == "skip"):
            return False
    return True
