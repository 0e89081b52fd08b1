"""Operations made at random from the schema (by hypothesis-graphql), with values that mean something put into them."""

import random
from typing import Any

import graphql as g
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import Mode, mutations, nodes, queries

from tests.attack.values import DECIMALS, JSONS, Values
from tests.schema.selections import SCHEMA

SCALARS = {
    "DateTime": st.sampled_from(["2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "", "now"]).map(nodes.String),
    "Decimal": st.sampled_from(DECIMALS).map(nodes.String),
    "JSON": st.just(nodes.Object([])),
    "Upload": st.just(nodes.String("")),
}
COMMON: dict[str, Any] = {"custom_scalars": SCALARS, "print_ast": lambda document: document}
MEANT, ODD, EACH = 0.85, 0.12, 3


class Plausible(g.Visitor):
    """Puts values in the place of those that were made without any knowledge."""

    def __init__(self, info: g.TypeInfo, values: Values) -> None:
        super().__init__()
        self.info, self.values = info, values

    def enter(self, node: g.Node, key: Any, parent: Any, path: Any, ancestors: list[Any]) -> Any:
        """Another value for a scalar; None leaves the one that is there."""
        wanted = self.info.get_input_type()
        if not isinstance(node, g.ValueNode) or wanted is None or isinstance(parent, g.VariableDefinitionNode):
            return None
        scalar = g.get_nullable_type(wanted)
        if not isinstance(scalar, g.GraphQLScalarType):
            return None
        above = [*ancestors, parent]
        names = [one.name.value for one in above if isinstance(one, (g.ArgumentNode, g.ObjectFieldNode))]
        fields = [one.name.value for one in above if isinstance(one, g.FieldNode)]
        if scalar.name != "Upload" and self.values.chance.random() > MEANT:
            return None
        return self.leaf(scalar.name, names[-1], fields[-1])

    def leaf(self, scalar: str, name: str, owner: str) -> g.ValueNode | None:
        """A value of a scalar for a field, somewhere in the arguments of `owner`."""
        made = self.values
        match scalar:
            case "Upload":
                return g.VariableNode(name=g.NameNode(value=made.file()))
            case "Int":
                return g.IntValueNode(value=str(made.whole(name)))
            case "JSON":
                return _json(made.chance.choice(JSONS))
            case "ID":
                return nodes.String(made.id(name, owner))
            case "DateTime":
                return nodes.String(made.moment())
            case "Decimal":
                return nodes.String(made.chance.choice(DECIMALS))
            case "String":
                return nodes.String(made.text(name))
        return None


def written(document: g.DocumentNode, ids: dict[str, list[str]], chance: random.Random) -> tuple[str, list[str]]:
    """The text of an operation with other values, and the variables of its files."""
    values, info = Values(ids, chance), g.TypeInfo(SCHEMA)
    text = g.print_ast(g.visit(document, g.TypeInfoVisitor(info, Plausible(info, values))))
    if values.files:
        declared = ", ".join(f"${name}: Upload!" for name in values.files)
        text = text.replace("mutation", f"mutation({declared})", 1)
    return text, values.files


def drawn(count: int, chance: random.Random) -> list[g.DocumentNode]:
    """So many operations: a few of each root field, some of many fields at once or with one mistake."""
    assert SCHEMA.query_type is not None and SCHEMA.mutation_type is not None
    roots = [(queries, name) for name in SCHEMA.query_type.fields]
    roots += [(mutations, name) for name in SCHEMA.mutation_type.fields]
    found: list[g.DocumentNode] = []
    while len(found) < count:
        for make, name in chance.sample(roots, len(roots)):
            alone = {"fields": (name,)} if chance.random() > ODD else {"mode": chance.choice(list(Mode))}
            found += _examples(make(SCHEMA, **alone, **COMMON), EACH, chance.getrandbits(32))
            if len(found) >= count:
                break
    return found[:count]


def _examples(of: st.SearchStrategy[Any], count: int, number: int) -> list[g.DocumentNode]:
    found: list[g.DocumentNode] = []

    @seed(number)
    @settings(
        max_examples=count + 1,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(of)
    def draw(made: g.DocumentNode) -> None:
        found.append(made)

    draw()
    # The first one is always the simplest there is.
    return found[1:] or found


def _json(value: Any) -> g.ValueNode:
    if isinstance(value, dict):
        return nodes.Object(
            [g.ObjectFieldNode(name=g.NameNode(value=key), value=_json(of)) for key, of in value.items()]
        )
    if isinstance(value, list):
        return nodes.List([_json(one) for one in value])
    if value is None:
        return nodes.Null
    return nodes.Int(value) if isinstance(value, int) else nodes.String(value)
