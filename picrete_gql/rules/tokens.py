"""Tokens: signed access tokens (JWT, RFC 7519), random refresh tokens and invite codes kept as keyed hashes."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import jwt

from picrete_gql.settings import Auth

ALGORITHM = "HS256"
ISSUER = "picrete"
# What opens the panel opens nothing else, and the other way round.
PANEL = "picrete-admin"


@dataclass(frozen=True)
class Access:
    """What an access token says: whose it is, which sign-in it belongs to, and until when it holds."""

    account_id: UUID
    sign_in_id: UUID
    expires_at: datetime


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
    return jwt.encode(claims, of.secret_key.get_secret_value(), ALGORITHM)


def _read(of: Auth, issuer: str, token: str, now: datetime) -> Access | None:
    try:
        claims = jwt.decode(
            token,
            of.secret_key.get_secret_value(),
            algorithms=[ALGORITHM],
            issuer=issuer,
            options={"require": ["exp", "sub", "sid"], "verify_exp": False, "verify_iat": False},
        )
        ends = datetime.fromtimestamp(int(claims["exp"]), tz=now.tzinfo)
        access = Access(UUID(claims["sub"]), UUID(claims["sid"]), ends)
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError):
        return None
    return access if now < access.expires_at else None


def new_refresh() -> str:
    """A refresh token: 256 random bits."""
    return "rt_" + secrets.token_urlsafe(32)


def keyed_hash(of: Auth, secret: str) -> str:
    """The only form in which a token or code is kept: HMAC-SHA-256 with the server's key, in hex."""
    return hmac.new(of.secret_key.get_secret_value().encode(), secret.encode(), hashlib.sha256).hexdigest()
