"""Nothing that a client writes makes a line of its own in the log, or speaks to whoever reads it there."""

import json
import logging

import pytest

from picrete_gql import logs

EVIL = 'a\nFAKE {"level": "info"}\r\n\x1b[31mred \x9b31m \x85 \u2028 \u2029 \u202e \u2066 \x7f \0 \ud800 \x0b\x0c \x1c'
UNSEEN = set(EVIL) - set('aFAKE {"level": info} [31mred') | {"\x1b", "\n"}


def told(as_json: bool, **event: object) -> str:
    """What is written of an event."""
    form = logs.as_line if as_json else logs.for_a_person
    return form(logging.getLogger("x"), "info", {"event": "e", "level": "info", "timestamp": "t", **event})


@pytest.mark.parametrize("key", ["event", "agent", "username", "filename", "operation", EVIL])
def test_an_event_is_one_line_of_json(key: str) -> None:
    line = told(True, **{key: EVIL})
    assert json.loads(line)[key] == EVIL
    assert not UNSEEN & set(line)
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize("key", ["event", "agent", EVIL])
def test_for_a_person_it_is_one_line_too(key: str) -> None:
    line = told(False, **{key: EVIL})
    plain = told(False, **{key if key != EVIL else "b": "b"})
    assert len(line.splitlines()) == len(plain.splitlines()) == 1
    assert line.count("\x1b") <= plain.count("\x1b") + 2, "the colours are our own"


def test_a_traceback_keeps_its_lines_and_nothing_else() -> None:
    line = told(False, exception=f"Traceback\n  File x\nValueError: {EVIL}")
    assert "\x9b" not in line and "\x1b[31mred" not in line and "\n  File x\n" in line
    assert json.loads(told(True, exception=f"Traceback\n{EVIL}"))["exception"].endswith(EVIL)
    assert len(told(True, exception=f"Traceback\n{EVIL}").splitlines()) == 1
