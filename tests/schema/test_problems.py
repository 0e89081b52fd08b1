"""Refusals as the world sees them: expected ones in the payload, the others in `errors`, nothing leaks."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from graphql import GraphQLEnumType, GraphQLInterfaceType

from picrete_gql import problems
from picrete_gql.problems import Code, Locale
from picrete_gql.schema import schema as door
from picrete_gql.schema._problems import FACES, LOUD
from tests.schema.campus import Campus
from tests.schema.selections import SCHEMA

FACE = SCHEMA.type_map["Problem"]


def every(of: type[problems.Problem]) -> Iterator[type[problems.Problem]]:
    """All refusals that the product knows."""
    for kind in of.__subclasses__():
        yield kind
        yield from every(kind)


def test_every_expected_refusal_has_a_face_with_its_facts() -> None:
    assert isinstance(FACE, GraphQLInterfaceType) and FACE.fields.keys() == {"code", "message"}
    faces = {kind.name: kind for kind in SCHEMA.get_implementations(FACE).objects}
    known = {kind for kind in every(problems.Problem) if kind.__module__.startswith("picrete_gql.")}
    for kind in known:
        assert issubclass(kind, LOUD) is (kind not in FACES), f"{kind.__name__} is neither a face nor an error"
    assert faces.keys() == {kind.__name__ for kind in FACES}
    for kind in FACES:
        facts = {field.name.replace("_", "").lower() for field in fields(kind)}
        shown = {name.lower() for name in faces[kind.__name__].fields} - {"code", "message"}
        assert shown == facts, kind.__name__


def test_every_code_is_in_the_schema() -> None:
    codes = SCHEMA.type_map["ProblemCode"]
    assert isinstance(codes, GraphQLEnumType)
    assert set(codes.values) == {code.value for code in Code}


@pytest.mark.parametrize("kind", sorted(set(every(problems.Problem)), key=lambda kind: kind.__name__))
def test_every_refusal_speaks_both_languages(kind: type[problems.Problem]) -> None:
    hints = get_type_hints(kind)
    problem = kind(**{field.name: sample(hints[field.name]) for field in fields(kind) if field.init})
    said = {locale: problem.say(locale) for locale in Locale}
    assert all(text and "{" not in text for text in said.values())
    # `Invalid` says what its reasons say.
    assert said[Locale.RU] != said[Locale.EN] or kind is problems.Invalid
    assert isinstance(kind.code, Code)


def sample(of: Any) -> Any:
    """Some value of a fact's type."""
    listed = next((kind for kind in (get_origin(of), *get_args(of)) if kind in (list, tuple, Sequence)), None)
    return ["7"] if listed else datetime.now(UTC) if of is datetime else "7" if of is str else 7


async def test_an_expected_refusal_is_the_payloads_problem(campus: Campus) -> None:
    document = """mutation($id: ID!) { gradeApprove(input: {submissionId: $id, version: 99}) {
      submission { id } problem { __typename code message ... on VersionConflict { currentVersion } }
      query { serverTime } } }"""
    id = f"submission_{campus.papers['owner'].submission.id.hex}"
    result = await door.execute(document, variable_values={"id": id}, context_value=campus.of("teacher"))
    assert result.errors is None
    payload = result.data["gradeApprove"]
    assert payload["submission"] is None and payload["query"]["serverTime"]
    assert payload["problem"].pop("message").startswith("Данные изменились")
    assert payload["problem"] == {"__typename": "VersionConflict", "code": "VERSION_CONFLICT", "currentVersion": 1}


async def test_a_request_at_fault_is_an_error_and_its_neighbours_live(campus: Campus) -> None:
    document = '{ work(id: "x") { id } me { username } account(id: "account_%s") { id } }' % ("0" * 32)
    result = await door.execute(document, context_value=campus.of("owner"))
    assert result.data == {"work": None, "me": {"username": "owner"}, "account": None}
    found = {error.path[0]: error.extensions for error in result.errors}
    assert found["work"] == {"code": "INVALID_INPUT", "field": "id"}
    assert found["account"] == {"code": "NOT_FOUND", "what": "account"}


async def test_the_language_of_the_request_is_spoken(campus: Campus) -> None:
    for locale, word in ((Locale.RU, "Войдите"), (Locale.EN, "Sign in")):
        context = replace(campus.of("nobody"), locale=locale)
        result = await door.execute("{ me { username } }", context_value=context)
        assert result.errors[0].message.startswith(word)
