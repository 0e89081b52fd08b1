"""Pages of the documentation that the code itself writes: permissions, refusals, settings."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from graphql import DirectiveNode, FieldDefinitionNode, ObjectTypeDefinitionNode, parse
from pydantic import BaseModel

from picrete_gql import problems
from picrete_gql.commands.settings_file import plain
from picrete_gql.problems import Code, Locale
from picrete_gql.schema import sdl
from picrete_gql.schema._problems import CODES, FACES
from picrete_gql.scopes import ROLES
from picrete_gql.settings import Settings

FOLDER = Path("docs/reference")
ROOTS = ("Query", "Mutation", "Subscription")
MADE = "<!-- Made by `picrete reference`. Change the code, not this page. -->\n"


def pages() -> dict[Path, str]:
    """Every page by its place."""
    made = {"permissions.md": _permissions(), "refusals.md": _refusals(), "settings.md": _settings()}
    return {FOLDER / name: MADE + text for name, text in made.items()}


def _permissions() -> str:
    kinds = [node for node in parse(sdl()).definitions if isinstance(node, ObjectTypeDefinitionNode)]
    roots = [kind for name in ROOTS for kind in kinds if kind.name.value == name]
    others = sorted((kind for kind in kinds if kind.name.value not in ROOTS), key=lambda kind: kind.name.value)
    lines = [
        "# Permission matrix\n",
        "What `schema.graphql` prints as `@allow`, as tables. A platform administrator may whatever any role may;",
        "a field without a line here is open to whoever sees its object. What the words mean stands in",
        "[the security model](../security.md).\n",
    ]
    for kind in roots:
        lines += [f"## {kind.name.value}\n", *_matrix(_allowed(kind)), ""]
    lines += ["## Fields of types\n"]
    lines += _matrix((f"{kind.name.value}.{name}", allow) for kind in others for name, allow in _allowed(kind))
    return "\n".join(lines) + "\n"


def _allowed(kind: ObjectTypeDefinitionNode) -> Iterator[tuple[str, dict[str, str]]]:
    for field in kind.fields or ():
        for directive in field.directives or ():
            if directive.name.value == "allow":
                yield field.name.value, _roles(field, directive)


def _roles(field: FieldDefinitionNode, directive: DirectiveNode) -> dict[str, str]:
    given: Any = {argument.name.value: argument.value for argument in directive.arguments or ()}
    return {role: given[role].value.lower() if role in given else "" for role in ROLES}


def _matrix(rows: Iterator[tuple[str, dict[str, str]]]) -> list[str]:
    head = [f"| field | {' | '.join(ROLES)} |", "|---|" + "---|" * len(ROLES)]
    return head + [f"| `{name}` | {' | '.join(allow.values())} |" for name, allow in rows]


def _refusals() -> str:
    lines = [
        "# Codes and refusals\n",
        "Switch on `code`, show `message`. [Over HTTP](../clients/http.md#refusals) says how they reach a client.\n",
        "## Codes\n",
        "| `code` | when |",
        "|---|---|",
        *(f"| `{code.value}` | {CODES[code.name.lower()]} |" for code in Code),
        "\n## In `errors[]`\n",
        "The request itself is at fault, or the house is; `extensions` has `code` and the facts.\n",
        *_sentences(kind for kind in _loud()),
        "\n## In a payload's `problem`\n",
        "Expected refusals of a mutation. The type's name tells them apart, its fields are the facts.\n",
        *_sentences(sorted(FACES, key=lambda kind: kind.__name__)),
    ]
    return "\n".join(lines) + "\n"


def _loud() -> list[type[problems.Problem]]:
    known = [value for value in vars(problems).values() if isinstance(value, type)]
    loud = [kind for kind in known if issubclass(kind, problems.Problem) and "ru" in vars(kind) and kind not in FACES]
    return sorted(loud, key=lambda kind: kind.__name__)


def _sentences(kinds: Any) -> list[str]:
    lines = ["| refusal | code | facts | in English | по-русски |", "|---|---|---|---|---|"]
    for kind in kinds:
        facts = ", ".join(f"`{name}`" for name in _facts(kind))
        english, russian = (_sentence(kind, locale) for locale in (Locale.EN, Locale.RU))
        lines.append(f"| `{kind.__name__}` | `{kind.code.value}` | {facts} | {english} | {russian} |")
    return lines


def _facts(kind: type[problems.Problem]) -> list[str]:
    # What an outage was about is for the log.
    silent = issubclass(kind, (problems.Unavailable, problems.Refused))
    return [_camel(field.name) for field in fields(kind) if not silent and not field.name.startswith("reason_")]


def _sentence(kind: type[problems.Problem], locale: Locale) -> str:
    said: Any = getattr(kind, locale.value)
    # Some put their sentence together from what is wrong.
    return _cell(said) if isinstance(said, str) else "…"


def _settings() -> str:
    lines = [
        "# Settings\n",
        "Environment variables, or lines of `.env`. Lists and objects are JSON.",
        "The same with its defaults, ready to be copied: `.env.example`.\n",
        *_group("PICRETE_", "The process", Settings),
    ]
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            lines += ["", *_group(f"PICRETE_{name.upper()}__", f"`{name}`", kind)]
    return "\n".join(lines) + "\n"


def _group(prefix: str, title: str, group: type[BaseModel]) -> list[str]:
    lines = [f"## {title}\n", "| variable | default | |", "|---|---|---|"]
    for name, field in group.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            continue
        default = plain(field.default)
        shown = f"`{_cell(default)}`" if default else ""
        lines.append(f"| `{prefix}{name.upper()}` | {shown} | {_cell(field.description or '')} |")
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
