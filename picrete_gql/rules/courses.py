"""Slugs, invite codes, identity policies and membership."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from picrete_gql.models import IdentityPolicy, Role
from picrete_gql.problems import Code, Invalid, Problem

from .texts import clean

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SHORT = {Role.TEACHER: "TEACH", Role.STUDENT: "STUD"}
DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


@dataclass(eq=False)
class SlugTaken(Problem):
    """Another course has this slug."""

    slug: str
    ru = "Курс с адресом «{slug}» уже есть."
    en = "A course with the slug “{slug}” already exists."


@dataclass(eq=False)
class InviteInvalid(Problem):
    """The code is unknown, replaced or over; which of them is not said."""

    code = Code.INVALID_INPUT
    ru = "Код приглашения не подходит или больше не действует."
    en = "The invite code is not valid or no longer works."


@dataclass(eq=False)
class IdentityRefused(Problem):
    """The identity given does not satisfy the course's policy."""

    policy: str
    code = Code.INVALID_INPUT
    ru = "Данные не соответствуют требованиям курса ({policy})."
    en = "The identity does not satisfy the course's policy ({policy})."


@dataclass(eq=False)
class MemberSuspended(Problem):
    """A suspended member does not come back by using a code."""

    code = Code.FORBIDDEN
    ru = "Ваше участие в курсе приостановлено. Обратитесь к преподавателю."
    en = "Your membership is suspended. Ask the course's teacher."


@dataclass(eq=False)
class LastTeacher(Problem):
    """A course keeps at least one active teacher."""

    ru = "В курсе должен остаться хотя бы один преподаватель."
    en = "A course keeps at least one active teacher."


def slug(value: str) -> str:
    """A valid slug. Raises Invalid."""
    if not SLUG.fullmatch(value):
        raise Invalid(
            "slug",
            "Адрес курса: 1–64 символа из a–z, 0–9 и «-», не с краю.",
            "A slug has 1–64 characters of a–z, 0–9 and inner “-”.",
        )
    return value


def new_code(course_slug: str, role: Role) -> str:
    """`<SLUG6>-<TEACH|STUD>-<8 characters>`: 40 random bits."""
    head = re.sub(r"[^A-Z0-9]", "", course_slug.upper())[:6]
    return f"{head}-{SHORT[role]}-{''.join(secrets.choice(ALPHABET) for _ in range(8))}"


def roles(values: Sequence[Role]) -> list[str]:
    """Roles without repeats, in a fixed order. Raises Invalid when there is none."""
    if not values:
        raise Invalid("roles", "Нужна хотя бы одна роль.", "At least one role is needed.")
    return sorted({role.value for role in values})


def policy(kind: IdentityPolicy, rule: str) -> str:
    """The rule that belongs to a policy. Raises Invalid."""
    rule = clean("identityRule", rule, most=200)
    if kind is IdentityPolicy.EMAIL_DOMAIN and not DOMAIN.fullmatch(rule):
        raise Invalid("identityRule", "Укажите домен, например niuitmo.ru.", "Give a domain such as example.org.")
    if kind is IdentityPolicy.CUSTOM_TEXT and not rule:
        raise Invalid("identityRule", "Укажите обязательный текст.", "Give the text that is required.")
    return rule if kind in (IdentityPolicy.EMAIL_DOMAIN, IdentityPolicy.CUSTOM_TEXT) else ""


def ensure_identity(kind: IdentityPolicy, rule: str, value: str) -> None:
    """Raises IdentityRefused when what a person shows does not satisfy the policy."""
    if kind is IdentityPolicy.ISU_6_DIGITS:
        fits = re.fullmatch(r"[0-9]{6}", value) is not None
    elif kind is IdentityPolicy.EMAIL_DOMAIN:
        fits = ADDRESS.fullmatch(value) is not None and value.lower().endswith("@" + rule.lower())
    else:
        fits = kind is IdentityPolicy.NONE or rule in value
    if not fits:
        raise IdentityRefused(kind.value)
