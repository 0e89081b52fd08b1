"""Random selections of what plans know, made from the executable schema."""

import random
from functools import cache

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from picrete_gql.schema._plan.plan import has_plan
from tests.schema.selections import SCHEMA

THIN = ("Connection", "Edge", "PageInfo", "FlagReason", "AttemptCount", "Block")


@cache
def known(of: str) -> dict[str, GraphQLField]:
    """The fields of a type that can be read with their parent."""
    kind = SCHEMA.type_map[of]
    assert isinstance(kind, GraphQLObjectType)
    found = {}
    for name, field in kind.fields.items():
        made = field.extensions["strawberry-definition"]
        plain = made.base_resolver is None and is_leaf_type(get_named_type(field.type))
        if plain or has_plan(field) or of.endswith(THIN):
            found[name] = field
    return found


def selection(of: str, deep: int, dice: random.Random) -> str:
    """Some fields of a type and of what hangs on it, with aliases, fragments and repetitions."""
    parts = []
    for name, field in known(of).items():
        named = get_named_type(field.type)
        if any(map(is_required_argument, field.args.values())):
            continue
        thin = named.name.endswith(THIN)
        if is_leaf_type(named):
            if dice.random() < 0.6:
                parts.append(name if dice.random() < 0.9 else f"alias_{name}: {name}")
        elif (deep > 0 or thin) and dice.random() < (0.9 if thin else 0.7):
            below = selection(named.name, deep if thin else deep - 1, dice)
            parts.append(f"{name}{arguments(field, dice)} {below}")
    dice.shuffle(parts)
    if dice.random() < 0.3:
        parts.insert(0, "__typename")
    if len(parts) > 2 and dice.random() < 0.3:
        parts[1:2] = [f"... on {of} {{ {parts[1]} {parts[0] if '(' not in parts[0] else ''} }}"]
    if dice.random() < 0.1:
        parts.append("... @include(if: false) { __typename }")
    return "{ " + " ".join(parts or ["__typename"]) + " }"


def arguments(field: GraphQLField, dice: random.Random) -> str:
    """Values for some of a field's arguments."""
    given = []
    if "first" in field.args:
        given.append(f"first: {dice.choice([1, 2, 3])}")
    if "statuses" in field.args and dice.random() < 0.4:
        given.append(f"statuses: {dice.choice(['[]', '[ACTIVE]', '[ACTIVE, DRAFT]', 'null'])}")
    if "kind" in field.args and dice.random() < 0.3:
        given.append(f"kind: {dice.choice(['CONTROL', 'HOMEWORK', 'null'])}")
    if "status" in field.args and dice.random() < 0.3:
        given.append(f"status: {dice.choice(['ACTIVE', 'LEFT'])}")
    if "role" in field.args and dice.random() < 0.3:
        given.append(f"role: {dice.choice(['TEACHER', 'STUDENT'])}")
    if "filter" in field.args and dice.random() < 0.5:
        chosen = ["{}", "{statuses: [ACTIVE, SUBMITTED, GRADED]}", "{submissionStatuses: [APPROVED, PRELIMINARY]}"]
        given.append(f"filter: {dice.choice(chosen)}")
    return f"({', '.join(given)})" if given else ""
