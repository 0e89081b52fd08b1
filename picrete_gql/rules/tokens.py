"""Tokens: signed access tokens (JWT, RFC 7519), random refresh tokens and invite codes kept as keyed hashes."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import jwt
from jwt.types import Options

from picrete_gql.settings import Auth

ALGORITHM = "HS256"
ISSUER = "picrete"
KEY_ID_BYTES = 4
DECODING: Options = {"require": ["exp", "sub", "sid"], "verify_exp": False, "verify_iat": False}
# What opens the panel opens nothing else, and the other way round.
PANEL = "picrete-admin"


@dataclass(frozen=True)
class Access:
    """What an access token says: whose it is, which sign-in it belongs to, and until when it holds."""

    account_id: UUID
    sign_in_id: UUID
    expires_at: datetime


def key_id(secret: str) -> str:
    """The name of a key, which tells nothing of it: 8 hex digits."""
    return hmac.digest(secret.encode(), b"picrete key id", "sha256")[:KEY_ID_BYTES].hex()


def keys(of: Auth) -> Mapping[str, str]:
    """The keys that are accepted, by their names: the present one, with which all new things are made, comes first."""
    known = [of.secret_key, *of.previous_keys]
    return {key_id(secret): secret for key in known if (secret := key.get_secret_value())}


def present_key(of: Auth) -> str:
    """The name of the key with which new things are made."""
    return key_id(of.secret_key.get_secret_value())


def sign_access(of: Auth, account_id: UUID, sign_in_id: UUID, now: datetime) -> tuple[str, datetime]:
    """A signed access token and its end."""
    ends = now + timedelta(minutes=of.access_minutes)
    return _sign(of, ISSUER, Access(account_id, sign_in_id, ends), now), ends


def sign_panel(of: Auth, access: Access, now: datetime) -> str:
    """The value of the panel's cookie: whose sign-in it is. Whether that holds is asked at every request."""
    return _sign(of, PANEL, access, now)


def read_access(of: Auth, token: str, now: datetime) -> Access | None:
    """What a token says, or None when it is forged, malformed or over."""
    return _read(of, ISSUER, token, now)


def read_panel(of: Auth, token: str, now: datetime) -> Access | None:
    """What the panel's cookie says, or None when it is forged, malformed or over."""
    return _read(of, PANEL, token, now)


def _sign(of: Auth, issuer: str, access: Access, now: datetime) -> str:
    claims = {
        "iss": issuer,
        "sub": str(access.account_id),
        "sid": str(access.sign_in_id),
        "iat": now,
        "exp": access.expires_at,
    }
    secret = of.secret_key.get_secret_value()
    return jwt.encode(claims, secret, ALGORITHM, headers={"kid": present_key(of)})


def _read(of: Auth, issuer: str, token: str, now: datetime) -> Access | None:
    try:
        secret = _secret_of(of, jwt.get_unverified_header(token).get("kid"))
        claims = jwt.decode(token, secret, algorithms=[ALGORITHM], issuer=issuer, options=DECODING)
        ends = datetime.fromtimestamp(int(claims["exp"]), tz=now.tzinfo)
        access = Access(UUID(claims["sub"]), UUID(claims["sid"]), ends)
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError):
        return None
    return access if now < access.expires_at else None


def _secret_of(of: Auth, kid: object) -> str:
    # Before keys had names tokens named none. They live for minutes, and are of the present key.
    found = keys(of).get(kid) if isinstance(kid, str) else of.secret_key.get_secret_value()
    if found is None:
        raise jwt.InvalidTokenError
    return found


def new_refresh() -> str:
    """A refresh token: 256 random bits."""
    return "rt_" + secrets.token_urlsafe(32)


def keyed_hash(of: Auth, secret: str) -> str:
    """The only form in which a token or code is kept: HMAC-SHA-256 with the server's present key, in hex."""
    return _hashed(of.secret_key.get_secret_value(), secret)


def keyed_hashes(of: Auth, secret: str) -> list[str]:
    """Every form in which it may be kept, by whichever key that is still accepted."""
    return [_hashed(key, secret) for key in keys(of).values()]


def _hashed(key: str, secret: str) -> str:
    return hmac.digest(key.encode(), secret.encode(), "sha256").hex()
