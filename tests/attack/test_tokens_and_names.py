"""Whoever tries to be somebody else: at the sign-in, with tokens, and by fields that nobody offered."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from graphql import GraphQLInputObjectType, get_named_type

from picrete_gql.call import Context
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.tokens import ALGORITHM
from tests.door.conftest import Opener
from tests.door.porch import GRAPHQL, Porch
from tests.schema.digests import digest
from tests.schema.inputs import value
from tests.schema.selections import SCHEMA

ME = "{ me { username } }"
ONE = '{ signIn(input: {username: "%s", password: "%s"}) { problem { code } tokens { accessToken } } }'
TRIES = 5
# Spellings that a careless comparison takes for “kirill”: they are other names, or they are counted with it.
LIKE = ["KIRILL", "Kirill", "\u212airill", "kır\u0131ll", "kirill ", " kirill", "kirill\u200b", "kіrіll", "ｋirill"]


async def test_many_tries_in_one_request_each_count(opener: Opener) -> None:
    limits = {"sign_in_tries": TRIES, "sign_in_tries_per_ip": 1000}
    async with opener(limits=limits) as porch:
        await porch.world.person("kirill")
        await porch.runtime.gateways.redis.flushdb()
        guesses = [f"guess-{n}-of-many" for n in range(20)] + ["password-of-kirill"]
        body = " ".join(f"a{n}: signIn{(ONE % ('kirill', word))[8:-2]}" for n, word in enumerate(guesses))
        answer = (await porch.post(f"mutation {{ {body} }}")).json()
        told = [one for one in answer["data"].values() if one]
        assert [one["problem"]["code"] for one in told] == ["UNAUTHENTICATED"] * TRIES
        codes = [error["extensions"]["code"] for error in answer["errors"]]
        assert codes == ["RATE_LIMITED"] * (len(guesses) - TRIES), "the right one, too"


async def test_other_spellings_are_other_names_or_count_as_the_same(opener: Opener) -> None:
    async with opener(limits={"sign_in_tries": TRIES, "sign_in_tries_per_ip": 1000}) as porch:
        await porch.world.person("kirill")
        await porch.runtime.gateways.redis.flushdb()
        for _ in range(TRIES):
            await porch.post("mutation " + ONE % ("kirill", "wrong-password"))
        for name in LIKE:
            answer = (await porch.post("mutation " + ONE % (name, "password-of-kirill"))).json()
            assert not (answer["data"]["signIn"] or {}).get("tokens"), name


def part(value: Any) -> str:
    """A part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forged(good: str, secret: str) -> Iterator[tuple[str, str]]:
    """Tokens made from a good one of somebody."""
    head, body, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    for alg in ("none", "None", "NONE", "nOnE", "", "HS384", "RS256", "ES256", "EdDSA", 1, None, ["HS256"], {}):
        yield f"alg {alg!r} unsigned", f"{part({'alg': alg, 'typ': 'JWT'})}.{body}."
        yield f"alg {alg!r} with another signature", f"{part({'alg': alg})}.{body}.{signature}"
    yield "no alg", f"{part({'typ': 'JWT'})}.{body}.{signature}"
    # Keys that the token brings or points at are nobody's business.
    own = {"jwk": {"kty": "oct", "k": part(b"mine-and-long-enough-for-a-key-of-ours")}, "x5u": "http://127.0.0.1/"}
    for extra in ({"kid": "../../dev/null"}, {"kid": "' OR 1=1"}, {"jku": "http://127.0.0.1/"}, own, {"crit": ["x"]}):
        for key in ("x", "mine-and-long-enough-for-a-key-of-ours"):
            yield f"{sorted(extra)} by {key!r}", jwt.encode(claims, key, ALGORITHM, headers=extra)
    yield "the public half as a secret", jwt.encode(claims, "-" * 5 + "BEGIN PUBLIC KEY" + "-" * 5, ALGORITHM)
    yield "in the wrong order", f"{body}.{head}.{signature}"
    deep, digits = b'{"alg":' + b"[" * 20_000, b'{"alg":' + b"1" * 20_000 + b"}"
    for name, first in (("deep", b"[" * 20_000 + b"]" * 20_000), ("deep in the header", deep), ("digits", digits)):
        yield name, f"{part(first)}.{body}.{signature}"
    yield "compressed", jwt.encode(claims, secret, ALGORITHM, headers={"zip": "DEF"}) + "x"
    for name, other in (("exp", 1), ("exp", "9" * 30), ("sub", "../x"), ("sid", None)):
        yield f"{name} {other!r}", jwt.encode({**claims, name: other}, secret + "x", ALGORITHM)


async def test_no_forged_token_is_anybody(porch: Porch) -> None:
    good, secret = await porch.token("victim"), porch.runtime.settings.auth.secret_key.get_secret_value()
    assert "victim" in (await porch.post(ME, {"authorization": f"Bearer {good}"})).text
    for name, token in forged(good, secret):
        answer = await porch.post(ME, {"authorization": f"Bearer {token}"})
        assert answer.status_code == 200 and "UNAUTHENTICATED" in answer.text, (name, answer.text)
        async with porch.socket() as wire:
            await wire.say(type="connection_init", payload={"authorization": f"Bearer {token}"})
            assert (await wire.closed())[0] == 4403, name


async def test_a_token_counts_in_its_header_alone(porch: Porch) -> None:
    token = await porch.token("victim")
    for headers in (
        {"cookie": f"authorization=Bearer {token}; token={token}; session={token}"},
        {"x-authorization": f"Bearer {token}"},
        {"authorization": token},
        {"authorization": f"Basic {token}"},
        {"authorization": f"Bearer {token}, Bearer x"},
    ):
        assert "UNAUTHENTICATED" in (await porch.post(ME, headers)).text, headers
    answer = await porch.get(query=ME, access_token=token, token=token)
    assert "UNAUTHENTICATED" in answer.text and "set-cookie" not in answer.headers


async def test_a_stolen_refresh_token_ends_with_its_first_use(porch: Porch) -> None:
    await porch.world.person("robbed")
    tokens = await sign_ins.sign_in(Context(porch.runtime, ip="home"), "robbed", "password-of-robbed")
    inner = "problem { code } tokens { accessToken refreshToken }"
    refresh = f'mutation {{ tokenRefresh(input: {{refreshToken: "%s"}}) {{ {inner} }} }}'
    thief = (await porch.post(refresh % tokens.refresh_token)).json()["data"]["tokenRefresh"]["tokens"]
    assert "UNAUTHENTICATED" in (await porch.post(refresh % tokens.refresh_token)).text
    for access in (thief["accessToken"], tokens.access_token):
        assert "UNAUTHENTICATED" in (await porch.post(ME, {"authorization": f"Bearer {access}"})).text
    assert "UNAUTHENTICATED" in (await porch.post(refresh % thief["refreshToken"])).text


EXTRA = {
    "isPlatformAdmin": True,
    "isActive": True,
    "roles": ["TEACHER"],
    "role": "TEACHER",
    "status": "APPROVED",
    "passwordHash": "x",
    "studentId": "account_" + "0" * 32,
    "accountId": "account_" + "0" * 32,
    "courseId": "course_" + "0" * 32,
    "number": 1,
    "points": "10",
    "finalPoints": "10",
    "expiresAt": "2030-01-01T00:00:00Z",
    "createdAt": "2030-01-01T00:00:00Z",
    "__proto__": {"isPlatformAdmin": True},
}


async def test_a_field_that_is_not_offered_is_refused_by_every_mutation(porch: Porch) -> None:
    """Mass assignment: what a client adds to an input is never taken over, not even silently ignored."""
    assert SCHEMA.mutation_type is not None
    before = await digest(porch.runtime)
    for name, field in SCHEMA.mutation_type.fields.items():
        kind = get_named_type(field.args["input"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        good = value(field.args["input"].type, "input", "work_" + "0" * 32)
        good = {key: one for key, one in good.items() if key != "file"}
        document = f"mutation($i: {kind.name}!) {{ {name}(input: $i) {{ problem {{ code }} }} }}"
        for key in EXTRA.keys() - kind.fields.keys():
            answer = await porch.post(document, {"accept": GRAPHQL}, variables={"i": {**good, key: EXTRA[key]}})
            assert answer.status_code == 400 and key in answer.text, (name, key, answer.text)
    assert await digest(porch.runtime) == before


@pytest.mark.parametrize("name", ["kirill", "nobody-of-this-name", "x" * 64, "", "кирилл", "a\u0000b"])
async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(porch: Porch, name: str) -> None:
    await porch.world.person("kirill")
    query = "mutation($i: SignInInput!) { signIn(input: $i) { problem { __typename code message } } }"
    said = []
    for who in (name, "kirill"):
        answer = await porch.post(query, variables={"i": {"username": who, "password": "wrong-password"}})
        said.append((answer.status_code, answer.text))
    assert said[0] == said[1] or (name == "a\0b" and said[0][0] == 400)
