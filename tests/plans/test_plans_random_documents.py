"""Whatever valid document comes: if a plan answers it, it says what the ordinary execution says."""

from dataclasses import replace
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, StringValueNode, Visitor, parse, print_ast, visit
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries

from picrete_gql.schema import schema as door
from picrete_gql.schema._door.refusals import Unfit
from tests.plans.both import difference, planned, runner_of, same, usual
from tests.schema.campus import Campus

ROOTS = ["course", "courseBySlug", "courses", "work", "attempt", "photo", "myMemberships"]
PEOPLE = ["owner", "teacher", "admin", "classmate", "stranger"]
SDL = door.as_str()


class Real(Visitor):
    """Puts ids of things that exist where a document would have invented some, and takes pages of a likely size."""

    def __init__(self, campus: Campus) -> None:
        super().__init__()
        paper, self.root = campus.papers["owner"], ""
        self.names = {
            "course": f"course_{campus.here.course.id.hex}",
            "courseBySlug": campus.here.course.slug,
            "work": f"work_{campus.here.work.id.hex}",
            "attempt": f"attempt_{paper.attempt.id.hex}",
            "photo": f"photo_{paper.photos[0].id.hex}",
        }

    def enter_field(self, node: FieldNode, key: Any, parent: Any, path: Any, ancestors: Any) -> FieldNode | None:
        """A root field says by its name what its argument should be."""
        operations = [one for one in ancestors if isinstance(one, OperationDefinitionNode)]
        if operations and node in operations[0].selection_set.selections and node.name.value in self.names:
            value = StringValueNode(value=self.names[node.name.value])
            return replace(node, arguments=tuple(replace(argument, value=value) for argument in node.arguments))
        return None


def document_of(campus: Campus, text: str) -> str:
    """The document about things of the campus."""
    return print_ast(visit(parse(text), Real(campus)))


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(text=queries(SDL, fields=ROOTS, allow_null=True), name=st.sampled_from(PEOPLE))
async def test_any_document(campus: Campus, text: str, name: str) -> None:
    runner, context = runner_of(campus), campus.of(name)
    document = document_of(campus, text)
    try:
        quick = await planned(runner, context, document)
    except Unfit:
        # Too large, or too dear.
        assume(False)
    if quick is not None:
        slow = await usual(runner, context, document)
        assert same(quick, slow), f"{name}: {document}\n{difference(quick, slow)}"
