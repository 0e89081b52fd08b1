"""`picrete new-key`: a key, and how to change to it without logging anybody out."""

import secrets

import typer

KEY_BYTES = 48
HOW = """
A first key: PICRETE_AUTH__SECRET_KEY={key}

To change the key of a running system, without a gap:
  1. Everywhere: PICRETE_AUTH__PREVIOUS_KEYS=["{key}"], and start all processes again.
     From now on each of them knows the new key; none uses it yet.
  2. Everywhere: PICRETE_AUTH__SECRET_KEY={key} and PICRETE_AUTH__PREVIOUS_KEYS=["<the old key>"]; start again.
  3. Wait until `picrete keys` says that nothing hangs on the old key: at most PICRETE_AUTH__REFRESH_DAYS for sign-ins;
     an invite code goes over when somebody uses it, and a teacher can make another. Then remove the old key.
When a key has leaked, skip 1 and 3: set a new one and no previous keys. Everybody signs in again."""


def new_key() -> str:
    """384 random bits, in letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(KEY_BYTES)


def run(*, bare: bool) -> int:
    """Print a key; `bare`: nothing else."""
    key = new_key()
    typer.echo(key if bare else HOW.format(key=key).strip())
    return 0
