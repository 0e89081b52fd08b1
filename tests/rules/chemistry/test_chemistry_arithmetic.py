"""Calculations that are written out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.rules.chemistry.arithmetic import compute


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("23 + 35,5", "58.5"),
        ("27·2 + (32 + 64)·3", "342"),
        ("2-3-4", "-5"),
        ("8/2/2", "2"),
        ("1/3", "1/3"),
        ("(1+2)·(3-(4-5))", "12"),
        ("0·5 + 1", "1"),
        ("10:4", "2.5"),
        ("5", "5"),
    ],
)
def test_the_value(text: str, value: str) -> None:
    assert compute(text) == Fraction(value)


@pytest.mark.parametrize(
    "text",
    ["", "+", "1 +", "+1", "1 2", "(1", "1)", "()", "1/0", "1/(2-2)", "2(3)", "(2)3", "x", "1e5", "1,2,3", "1" * 13,
     "(" * 201, "__import__", ")(", "1+)2("],
)  # fmt: skip
def test_what_is_no_calculation(text: str) -> None:
    assert compute(text) is None


expressions = st.recursive(
    st.integers(0, 99).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-·/"), inner).map(lambda p: f"({p[0]}{p[1]}{p[2]})"),
    max_leaves=12,
)


@given(expressions)
def test_it_agrees_with_python(text: str) -> None:
    """The expression is ours, so it may be evaluated here; a text of a student never is."""
    exact = "".join(f"Fraction({token})" if token.isdigit() else token for token in _tokens(text)).replace("·", "*")
    try:
        expected = eval(exact, {"Fraction": Fraction})
    except ZeroDivisionError:
        expected = None
    assert compute(text) == expected


def _tokens(text: str) -> list[str]:
    tokens = [""]
    for char in text:
        if char.isdigit() and tokens[-1].isdigit():
            tokens[-1] += char
        else:
            tokens.append(char)
    return tokens


@given(st.text(alphabet="0123456789+-·/:()., ", max_size=60))
def test_anything_is_survived(text: str) -> None:
    compute(text)
