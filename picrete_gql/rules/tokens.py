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


@dataclass(frozen=True)
class Access:
    """What an access token says: whose it is, which sign-in it belongs to, and until when it holds."""

    account_id: UUID
    sign_in_id: UUID
    expires_at: datetime


def sign_access(of: Auth, account_id: UUID, sign_in_id: UUID, now: datetime) -> tuple[str, datetime]:
    """A signed access token and its end."""
    ends = now + timedelta(minutes=of.access_minutes)
    claims = {"iss": ISSUER, "sub": str(account_id), "sid": str(sign_in_id), "iat": now, "exp": ends}
    return jwt.encode(claims, of.secret_key.get_secret_value(), ALGORITHM), ends


def read_access(of: Auth, token: str, now: datetime) -> Access | None:
    """What a token says, or None when it is forged, malformed or over."""
    try:
        claims = jwt.decode(
            token,
            of.secret_key.get_secret_value(),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
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
