"""Regular expressions mean the same in every Python that we promise to run on."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import picrete_gql

CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
# Possessive quantifiers and atomic groups came with Python 3.11 and were wrong with captures inside until 3.11.4.
NEW = re.compile(r"(?<!\\)(?:[*?}]|(?<!\+)\+)\+|\(\?>")


def patterns() -> Iterator[tuple[str, str]]:
    """Every compiled pattern that some module keeps, by its name."""
    for found in pkgutil.walk_packages(picrete_gql.__path__, "picrete_gql."):
        # The readers of pages come in two kinds, and only one is installed.
        if found.name.endswith("__main__") or ".ocr.reading." in found.name:
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{found.name}.{name}", value.pattern


def test_no_pattern_needs_a_python_newer_than_the_oldest() -> None:
    found = dict(patterns())
    assert len(found) > 50
    assert [name for name, pattern in found.items() if NEW.search(CLASS.sub("x", pattern))] == []


def test_what_is_looked_for_would_be_found() -> None:
    assert all(NEW.search(text) for text in (r"\d++", r"(?:a)?+", r"\d{1,3}+", "(?>a)"))
    assert not any(NEW.search(CLASS.sub("x", text)) for text in (r"[*+]", r"\++", "a+", r"\d{2}", "[+-]?a"))
