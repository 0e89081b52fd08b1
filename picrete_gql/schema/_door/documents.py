"""Documents: parsed, measured and validated once, kept by their text."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from picrete_gql.runtime import Runtime
from picrete_gql.schema._plan.checks import Checks
from picrete_gql.schema._plan.kept import Kept
from picrete_gql.schema._plan.plans import Plans

from .asks import Ask
from .costs import count, sizes_of
from .refusals import Unfit, unfit
from .shapes import Shape, holds_nul, shapes_of

MOST_COSTS = 100
RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
PARSE, VALIDATE, RESOLVE = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_RESOLUTION_FAILURE"
LIMIT = "LIMIT_EXCEEDED"


@dataclass
class Operation:
    """An operation of a sound document."""

    text: str
    document: DocumentNode
    node: OperationDefinitionNode
    introspects: bool
    plans: Plans
    sizes: tuple[str, ...] = ()
    costs: dict[tuple[int | None, ...], int] = field(default_factory=dict)

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.node.operation


PREPARED: ContextVar[Operation | None] = ContextVar("PREPARED", default=None)


class Prepared(SchemaExtension):
    """Gives Strawberry the document that the door has already parsed and validated."""

    def on_parse(self) -> Any:
        """Hand the document over."""
        operation = PREPARED.get()
        if operation is not None and operation.text is self.execution_context.query:
            self.execution_context.graphql_document = operation.document
            self.execution_context.validation_rules = ()
        yield


class Documents:
    """The documents of one process, good and bad. The least recently used are forgotten."""

    def __init__(self, schema: Schema, runtime: Runtime) -> None:
        self.schema, self.of = schema._schema, runtime.settings.graphql
        pages = runtime.settings.limits
        self.sizes = {"page": pages.page_default, "most": pages.page_max, "list_size": self.of.list_size}
        self.answers = Kept(self.of.kept_bytes, self.of.kept_seconds, Checks(runtime))
        self.kept: OrderedDict[str, list[Operation] | Unfit] = OrderedDict()

    def operation(self, text: str, ask: Ask) -> Operation:
        """The operation of a text that `ask` means. Raises Unfit."""
        operation = _chosen(self._remembered(text), ask.operation_name)
        if operation.node.variable_definitions:
            self._ensure_affordable(self._cost(operation, ask.variables or {}))
        return operation

    def _cost(self, operation: Operation, variables: Mapping[str, Any]) -> int:
        given = (variables.get(name) for name in operation.sizes)
        sizes = tuple(size if isinstance(size, int) else None for size in given)
        found = operation.costs.get(sizes)
        if found is None:
            found = count(self.schema, operation.document, operation.node, variables, self.sizes).cost
            if len(operation.costs) < MOST_COSTS:
                operation.costs[sizes] = found
        return found

    def _remembered(self, text: str) -> list[Operation]:
        if text in self.kept:
            self.kept.move_to_end(text)
        else:
            try:
                self.kept[text] = self._sound(text)
            except Unfit as error:
                self.kept[text] = error
            while len(self.kept) > self.of.cached_documents:
                self.kept.popitem(last=False)
        found = self.kept[text]
        if isinstance(found, Unfit):
            raise Unfit(found.errors, found.code)
        return found

    def _sound(self, text: str) -> list[Operation]:
        document = self._parsed(text)
        operations, repeats = [], 0
        for node, shape in shapes_of(document):
            self._ensure_small(shape)
            found = count(self.schema, document, node, {}, self.sizes)
            repeats += found.repeats
            if isinstance(node, OperationDefinitionNode):
                if not node.variable_definitions:
                    self._ensure_affordable(found.cost)
                plans = Plans(self.schema, document, node, self.answers)
                operations.append(Operation(text, document, node, shape.introspects, plans, sizes_of(document)))
        # Validation compares every two fields with the same answer, so it takes the square of their number.
        if repeats > self.of.max_repeats:
            raise unfit(f"Too many repeated fields: at most {self.of.max_repeats}.", LIMIT)
        self._ensure_valid(document)
        return operations

    def _ensure_valid(self, document: DocumentNode) -> None:
        most, strict = self.of.max_errors, {"hide_suggestions": True, "allow_empty_selection_sets": False}
        if errors := validate(self.schema, document, RULES, max_errors=most, **strict):
            raise Unfit(errors[:most], VALIDATE)

    def _parsed(self, text: str) -> DocumentNode:
        of = self.of
        if len(text) > of.max_characters:
            raise unfit(f"The document is longer than {of.max_characters} characters.", LIMIT)
        try:
            document = parse(text, max_tokens=of.max_tokens, allow_empty_selection_sets=False)
        except GraphQLError as error:
            raise Unfit([error], PARSE) from None
        if sum(isinstance(node, FragmentDefinitionNode) for node in document.definitions) > of.max_fragments:
            raise unfit(f"Too many fragments: at most {of.max_fragments}.", LIMIT)
        if holds_nul(document):
            raise unfit("The document holds a NUL character.", PARSE)
        return document

    def _ensure_small(self, shape: Shape) -> None:
        for what, has, most in (
            ("levels of fields", shape.depth, self.of.max_depth),
            ("aliases", shape.aliases, self.of.max_aliases),
            ("fields", shape.selections, self.of.max_fields),
            ("directives", shape.directives, self.of.max_directives),
        ):
            if has > most:
                raise unfit(f"Too many {what}: at most {most}.", LIMIT)

    def _ensure_affordable(self, cost: int) -> None:
        if cost > self.of.max_cost:
            most = self.of.max_cost
            raise unfit(f"This asks for up to {cost} objects, more than {most}: take smaller pages.", LIMIT)


def _chosen(operations: Sequence[Operation], name: str | None) -> Operation:
    """GraphQL specification, GetOperation()."""
    if not operations:
        raise unfit("The document has no operation.", RESOLVE)
    if name is None:
        if len(operations) > 1:
            raise unfit("The document has several operations: operationName must say which.", RESOLVE)
        return operations[0]
    for operation in operations:
        if operation.node.name and operation.node.name.value == name:
            return operation
    raise unfit(f"There is no operation named “{name[:100]}”.", RESOLVE)
