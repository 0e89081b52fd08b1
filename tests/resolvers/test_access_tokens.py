"""Access tokens as forgers make them, before the door."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from picrete_gql.rules.tokens import ALGORITHM, ISSUER, keyed_hash, new_refresh, read_access, sign_access
from picrete_gql.settings import Auth

AUTH = Auth(secret_key="a-secret-of-the-tests-that-is-long-enough")
OTHER = Auth(secret_key="another-secret-of-the-tests-that-is-long")
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECRET = AUTH.secret_key.get_secret_value()
WHO, SIGN_IN = uuid4(), uuid4()


def claims(**changes: Any) -> dict[str, Any]:
    """What a good token says, but for some changes; None leaves a claim out."""
    good = {"iss": ISSUER, "sub": str(WHO), "sid": str(SIGN_IN), "iat": NOW, "exp": NOW + timedelta(minutes=5)}
    return {key: value for key, value in {**good, **changes}.items() if value is not None}


def signed(algorithm: str = ALGORITHM, secret: str = SECRET, **changes: Any) -> str:
    """A token."""
    return jwt.encode(claims(**changes), secret, algorithm)


def bare(header: dict[str, Any], **changes: Any) -> str:
    """A token without a signature."""
    plain = {
        key: int(value.timestamp()) if isinstance(value, datetime) else value
        for key, value in claims(**changes).items()
    }
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, plain)]
    return ".".join([*parts, ""])


def test_what_was_signed_is_read() -> None:
    token, ends = sign_access(AUTH, WHO, SIGN_IN, NOW)
    found = read_access(AUTH, token, NOW + timedelta(minutes=1))
    assert found is not None
    assert (found.account_id, found.sign_in_id, found.expires_at) == (WHO, SIGN_IN, ends)
    assert ends == NOW + timedelta(minutes=AUTH.access_minutes)
    assert read_access(AUTH, signed(), NOW) is not None


def test_a_token_ends_to_the_second_by_our_clock() -> None:
    token, ends = sign_access(AUTH, WHO, SIGN_IN, NOW)
    assert read_access(AUTH, token, ends - timedelta(seconds=1))
    assert read_access(AUTH, token, ends) is None
    assert read_access(AUTH, token, ends + timedelta(days=1)) is None


FORGED = {
    "another key": signed(secret=OTHER.secret_key.get_secret_value()),
    "no key": signed(secret="x" * 32),
    "alg none": bare({"alg": "none", "typ": "JWT"}),
    "alg None": bare({"alg": "None"}),
    "alg HS256 unsigned": bare({"alg": "HS256"}),
    "alg HS512": signed("HS512"),
    "another issuer": signed(iss="somebody"),
    "no issuer": signed(iss=None),
    "no end": signed(exp=None),
    "no sign-in": signed(sid=None),
    "no subject": signed(sub=None),
    "subject is no id": signed(sub="admin"),
    "sign-in is no id": signed(sid="1"),
    "end is a word": bare({"alg": "HS256"}, exp="never"),
    "end in an impossible year": signed(exp=10**18),
    "ended before it began": signed(exp=NOW - timedelta(days=1)),
    "cut": signed()[:-3],
    "tampered": signed().replace(".", ".e", 1),
    "two tokens": signed() + "." + signed(),
    "empty": "",
    "dots": "..",
    "words": "let me in",
    "not ASCII": "ключ.ключ.ключ",
    "refresh token": new_refresh(),
    "huge": "x" * 100_000,
}


@pytest.mark.parametrize("name", sorted(FORGED))
def test_a_forged_token_opens_nothing(name: str) -> None:
    assert read_access(AUTH, FORGED[name], NOW) is None


def test_a_payload_cannot_be_changed_under_its_signature() -> None:
    head, _, signature = signed().split(".")
    other = jwt.encode(claims(sub=str(uuid4())), "x" * 32, ALGORITHM).split(".")[1]
    assert read_access(AUTH, f"{head}.{other}.{signature}", NOW) is None


def test_hashes_of_tokens_depend_on_the_servers_key() -> None:
    token = new_refresh()
    assert keyed_hash(AUTH, token) == keyed_hash(AUTH, token) != keyed_hash(OTHER, token)
    assert len({new_refresh() for _ in range(1000)}) == 1000
