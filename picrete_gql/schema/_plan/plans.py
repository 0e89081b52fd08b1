"""The plans of one operation, made when they are first wanted and kept as long as its document."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    print_ast,
)
from graphql.execution.values import VariableValues, get_variable_values

from picrete_gql import tracing
from picrete_gql.call import Context
from picrete_gql.problems import Unavailable
from picrete_gql.runtime import DATABASE_FAULTS, away

from .collect import Fields, collected
from .kept import Kept
from .plan import Plan, compiled, has_plan
from .scope import scope_of
from .slots import Unreadable
from .words import Unplannable

log = structlog.get_logger(__name__)
# So many ways to give arguments to one field are kept; a document that is asked in more ways is executed as usual.
VARIANTS = 8
Key = tuple[str, str, bool]


class Plans:
    """How the root fields of one operation are read in one statement each."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode, answers: Kept
    ) -> None:
        self.schema, self.node, self.answers = schema, node, answers
        self.times = 0
        # What an answer is kept under: who asks may be read for in two ways.
        text = document.loc.source.body if document.loc else print_ast(document)
        self.name = (text, node.name.value if node.name else "")
        self.fragments: Mapping[str, FragmentDefinitionNode] = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self.kept: dict[Key, list[Plan] | None] = {}
        self.texts = _texts(node)
        self.roots: Fields | None = self._roots() if node.operation is OperationType.QUERY else None

    def _roots(self) -> Fields | None:
        """The root fields, if a plan might answer each of them."""
        kind = self.schema.query_type
        assert kind is not None
        try:
            found = collected(kind, [self.node.selection_set], self.fragments)
        except Unplannable:
            return None
        return found if all(has_plan(kind.fields.get(nodes[0].name.value)) for nodes in found.values()) else None

    async def whole(self, context: Context, given: Mapping[str, Any] | None) -> bytes | None:
        """The data of a query, sign-in included, or None if it must be executed. Raises Unavailable."""
        if self.roots is None or not self._is_frequent(context):
            return None
        variables = self._variables(given or {})
        if isinstance(variables, list):
            return None
        pieces = []
        for answer, nodes in self.roots.items():
            text = await self._text(context, answer, nodes, variables, signed=True)
            if text is None:
                return None
            pieces.append(b'"%b":%b' % (answer.encode(), text))
        return b"{%b}" % b",".join(pieces)

    def _variables(self, given: Mapping[str, Any]) -> Any:
        if self.texts is not None and all(type(given.get(name)) is str for name in self.texts):
            # What most reads have: ids alone, and these are what they are.
            return VariableValues({}, {name: given[name] for name in self.texts})
        return get_variable_values(self.schema, self.node.variable_definitions or (), dict(given))

    async def field(self, context: Context, answer: str, nodes: Sequence[FieldNode], values: Any) -> bytes | None:
        """One root field of whoever is known to be signed in, or None if it must be executed. Raises Unavailable."""
        # A query has been counted already, and was not read whole.
        frequent = (
            self.times > context.runtime.settings.graphql.plan_after if self.roots else self._is_frequent(context)
        )
        return await self._text(context, answer, nodes, VariableValues({}, values), signed=False) if frequent else None

    def _is_frequent(self, context: Context) -> bool:
        # Making a plan costs about as much as executing its operation a few times.
        self.times += 1
        return self.times > context.runtime.settings.graphql.plan_after

    async def _text(
        self, context: Context, answer: str, nodes: Sequence[FieldNode], variables: Any, *, signed: bool
    ) -> bytes | None:
        try:
            scope = scope_of(context)
        except Unplannable:
            return None
        if signed and context.actor.account_id in self.answers.teachers.known:
            text = await self._text_for(context, (answer, "teacher", signed), nodes, variables)
            if text is not None:
                return text
        return await self._text_for(context, (answer, scope, signed), nodes, variables)

    async def _text_for(self, context: Context, key: Key, nodes: Sequence[FieldNode], variables: Any) -> bytes | None:
        field = nodes[0].name.value
        try:
            plan, values = self._plan(context, key, nodes, variables)
            with tracing.span(f"plan {field}", door=context.door) as span:
                text = await plan.text(context, values, self.answers, (*self.name, key[0]))
                if span is not None:
                    # Without a text the field is executed, which says why.
                    span.set_attribute("plan.outcome", "executed" if text is None else "told")
                return text
        except Unplannable:
            return None
        except DATABASE_FAULTS as error:
            if away(error):
                raise Unavailable("database", detail=str(error)[:300]) from error
            log.error("plan.fault", field=field, exc_info=error)
            return None

    def _plan(self, context: Context, key: Key, nodes: Sequence[FieldNode], variables: Any) -> tuple[Plan, Any]:
        kept = self.kept.setdefault(key, [])
        if kept is None:
            raise Unplannable
        for plan in kept:
            values = plan.values(variables)
            if values is not None:
                return plan, values
        if len(kept) == VARIANTS:
            raise Unplannable("variants")
        kind = self.schema.get_root_type(self.node.operation)
        assert kind is not None
        _, scope, signed = key
        try:
            of, limits = kind.fields[nodes[0].name.value], context.runtime.settings.limits
            plan = compiled(of, nodes, self.fragments, variables, scope, limits, signed=signed)
        except Unreadable:
            raise
        except Unplannable as why:
            log.debug("plan.none", field=nodes[0].name.value, why=str(why))
            self.kept[key] = None
            raise
        kept.append(plan)
        values = plan.values(variables)
        assert values is not None
        return plan, values


CURRENT: ContextVar[Plans | None] = ContextVar("CURRENT", default=None)


def _texts(node: OperationDefinitionNode) -> list[str] | None:
    """The names of an operation's variables, if all of them must be texts."""
    found = []
    for one in node.variable_definitions or ():
        if not isinstance(one.type, NonNullTypeNode) or not isinstance(one.type.type, NamedTypeNode):
            return None
        if one.type.type.name.value not in ("ID", "String"):
            return None
        found.append(one.variable.name.value)
    return found


async def planned(info: Any) -> bytes | None:
    """The JSON of the root field that is being resolved, if the door has plans for the operation that it belongs to."""
    raw, plans = info._raw_info, CURRENT.get()
    # The query in a mutation's payload has the same fields, but is no root: two of them may be called alike.
    if plans is None or raw.operation is not plans.node or raw.path.prev is not None:
        return None
    return await plans.field(info.context, raw.path.key, raw.field_nodes, raw.variable_values)
