"""Usernames, passwords, and what people agree to."""

import re
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from picrete_gql.problems import Code, Invalid, Problem
from picrete_gql.rules.erasures import PSEUDONYM
from picrete_gql.settings import Auth

USERNAME = re.compile(r"[A-Za-z0-9_.-]{3,64}")
USERNAME_MOST = 64
PASSWORD_LEAST, PASSWORD_MOST = 8, 200


@dataclass(eq=False)
class UsernameTaken(Problem):
    """Another account has this name, perhaps in other letters' case."""

    username: str
    ru = "Имя пользователя «{username}» уже занято."
    en = "The username “{username}” is taken."


@dataclass(eq=False)
class ConsentRequired(Problem):
    """Nobody signs up without consent to the processing of personal data, the terms and the privacy policy."""

    code = Code.INVALID_INPUT
    ru = "Нужно согласие на обработку персональных данных, условия и политику конфиденциальности."
    en = "Consent to personal-data processing, the terms and the privacy policy is required."


@dataclass(eq=False)
class WrongCredentials(Problem):
    """Username or password is wrong, or the account is closed: which of them is not said."""

    code = Code.UNAUTHENTICATED
    ru = "Неверное имя пользователя или пароль."
    en = "Wrong username or password."


@dataclass(eq=False)
class LastAdmin(Problem):
    """The platform would be left without an active administrator."""

    ru = "Последнего администратора нельзя отключить или понизить."
    en = "The last platform administrator cannot be removed or demoted."


@dataclass(eq=False)
class NotYourself(Problem):
    """Nobody closes or demotes their own account."""

    ru = "Нельзя отключить или понизить самого себя."
    en = "You cannot remove or demote yourself."


def username(value: str) -> str:
    """A valid username as given. Raises Invalid, also for the name of somebody who was erased."""
    if not USERNAME.fullmatch(value) or value.lower().startswith(PSEUDONYM):
        raise Invalid(
            "username",
            "Имя пользователя: 3–64 символа из A–Z, a–z, 0–9, «_», «.», «-».",
            "A username has 3–64 characters of A–Z, a–z, 0–9, “_”, “.”, “-”.",
        )
    return value


def password(value: str) -> str:
    """A password that may be set. Raises Invalid when it is shorter than 8 or longer than 200 characters."""
    if not PASSWORD_LEAST <= len(value) <= PASSWORD_MOST:
        raise Invalid(
            "password",
            f"Пароль: от {PASSWORD_LEAST} до {PASSWORD_MOST} символов.",
            f"A password has {PASSWORD_LEAST} to {PASSWORD_MOST} characters.",
        )
    return value


def hasher(of: Auth) -> PasswordHasher:
    """Argon2id with the configured cost (RFC 9106)."""
    return PasswordHasher(time_cost=of.argon2_time_cost, memory_cost=of.argon2_memory_kib, parallelism=1)


def verified(of: Auth, stored: str | None, given: str) -> bool:
    """Whether the password fits. Takes the same time when there is no account, so that names cannot be probed."""
    check = hasher(of)
    if stored is None or len(given) > PASSWORD_MOST:
        check.hash(given[:PASSWORD_MOST])
        return False
    try:
        return check.verify(stored, given)
    except (VerificationError, InvalidHashError):
        return False
